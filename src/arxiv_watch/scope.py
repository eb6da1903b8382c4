"""What of a poll and of a list concerns one watch: announcements, coverage, what is known, headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.taxonomy import listed_under
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.decide import Known
from arxiv_watch.delivery import ListState
from arxiv_watch.headings import HeadingPath, select_paths
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList
from arxiv_watch.papers import Coverage, Paper
from arxiv_watch.proposals import Decision, Prediction, SkipReason, Verdict


def announced(watch: WatchConfig, poll: Poll) -> tuple[list[Paper], list[Verdict]]:
    """Return the papers that the watch's categories or queries name, and a skip for each mere replacement."""
    papers: dict[ArxivId, Paper] = {}
    replaced: dict[ArxivId, Paper] = {}
    for announcement in poll.announcements:
        types = {announcement.types[name] for name in watch.categories if name in announcement.types}
        is_found = not announcement.queries.isdisjoint(watch.queries)
        if is_found or any(kind.is_first for kind in types):
            papers.setdefault(announcement.paper.id, announcement.paper)
        elif types:
            replaced.setdefault(announcement.paper.id, announcement.paper)
    skips = [
        Verdict(paper, Prediction(paper.id), Decision.SKIP, SkipReason.REPLACEMENT)
        for key, paper in replaced.items()
        if key not in papers
    ]
    return list(papers.values()), skips


def restricted(watch: WatchConfig, poll: Poll) -> Poll:
    """Return a poll with the background of the watch's categories: it serves watches of other fields, too.

    So a watch proposes the same alone, beside others, and in any shard.
    """
    return replace(poll, background=listed_under(watch.categories, poll.background))


def coverage_of(watch: WatchConfig, poll: Poll) -> tuple[Coverage, ...]:
    """Return how completely the watch's categories and queries were read."""
    return tuple(line for line in poll.coverage if line.category in {*watch.categories, *watch.queries})


def known_of(watch: WatchConfig, state: ListState) -> Known:
    """Collect what is known before anything is predicted."""
    return Known(
        listed=state.paper_list.ids | (state.history.ids if state.history else frozenset()),
        titles=state.paper_list.titles,
        rejected=state.ledger.rejected,
        proposed=state.ledger.proposed,
        ignored=frozenset(ArxivId.parse(text) for text in watch.ignore),
    )


def spent(poll: Poll, known: Known, accepted: Collection[ArxivId]) -> Counter[date | None]:
    """Count how much of each announcement day's budget is used up, whatever this poll delivers of it.

    What was proposed, rejected, ignored or listed since has been read by somebody. Lists and pull requests
    tell that, so a cache that was lost spends no budget twice.
    """
    read = {*known.listed, *known.rejected, *known.proposed, *known.ignored, *accepted}
    days = dict(poll.days) or {each.paper.id: each.day for each in poll.announcements}
    return Counter(day for paper, day in days.items() if paper in read)


def headings_of(watch: WatchConfig, paper_list: PaperList) -> frozenset[HeadingPath]:
    """Return the headings that papers may be put under."""
    return frozenset(select_paths(paper_list.headings, watch.headings.include, watch.headings.exclude))
