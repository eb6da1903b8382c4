"""What one watch takes of a poll and of its list: what to judge, what is known, and what to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.taxonomy import listed_under
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.decide import Known
from arxiv_watch.delivery import ListState
from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath, select_paths
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList
from arxiv_watch.papers import Announcement, Coverage, Paper
from arxiv_watch.proposals import Decision, Mention, Prediction, Record, SkipReason, Verdict

MOST_BACKGROUND = 10_000  # papers, the newest: the cost of a normal day in docs/classifier.md is measured so
_NOT_WANTED = (None, SkipReason.REJECTED, SkipReason.IGNORED)


def announced(watch: WatchConfig, poll: Poll) -> tuple[list[Paper], list[Verdict]]:
    """Return the papers that the watch's categories or queries name, and a skip for each mere replacement."""
    papers: dict[ArxivId, Paper] = {}
    replaced: dict[ArxivId, Paper] = {}
    for announcement in poll.announcements:
        if _is_news(watch, announcement):
            papers.setdefault(announcement.paper.id, announcement.paper)
        elif not announcement.types.keys().isdisjoint(watch.categories):
            replaced.setdefault(announcement.paper.id, announcement.paper)
    skips = [
        Verdict(paper, Prediction(paper.id), Decision.SKIP, SkipReason.REPLACEMENT)
        for key, paper in replaced.items()
        if key not in papers
    ]
    return list(papers.values()), skips


def _is_news(watch: WatchConfig, announcement: Announcement) -> bool:
    """Return whether a query of the watch found the paper, or a category of it announced it first."""
    types = (announcement.types.get(name) for name in watch.categories)
    is_found = not announcement.queries.isdisjoint(watch.queries)
    return is_found or any(kind is not None and kind.is_first for kind in types)


def restricted(watch: WatchConfig, poll: Poll) -> Poll:
    """Return a poll with the background of the watch's categories: it serves watches of other fields, too.

    So a watch proposes the same alone, beside others, and in any shard.
    """
    return replace(poll, background=listed_under(watch.categories, poll.background))


def coverage_of(watch: WatchConfig, poll: Poll) -> tuple[Coverage, ...]:
    """Return how completely the watch's categories and queries were read."""
    return tuple(each for each in poll.coverage if each.category in {*watch.categories, *watch.queries})


def known_of(watch: WatchConfig, state: ListState) -> Known:
    """Collect the listed, proposed and refused papers, of which none is predicted."""
    return Known(
        listed=state.paper_list.ids | (state.history.ids if state.history else frozenset()),
        titles=state.paper_list.titles,
        rejected=state.ledger.rejected,
        proposed=state.ledger.proposed,
        ignored=frozenset(ArxivId.parse(text) for text in watch.ignore),
    )


def spent(
    watch: WatchConfig, poll: Poll, known: Known, accepted: Collection[ArxivId]
) -> Counter[date | None]:
    """Count how much of each announcement day's budget is used up, whatever this poll delivers of it.

    A paper that was proposed, rejected, ignored or listed since has been read by a person. Lists and pull
    requests say so, and a cache that was lost spends no budget twice. As in `decide`, a paper that a rule
    asks for costs nothing, and one that other watches look for is none of this one's.
    """
    read = {*known.listed, *known.rejected, *known.proposed, *known.ignored, *accepted}
    first: dict[ArxivId, Announcement] = {}
    for announcement in sorted((*poll.handled, *poll.announcements), key=lambda each: each.day):
        if _is_news(watch, announcement):
            first.setdefault(announcement.paper.id, announcement)
    return Counter(
        announcement.day
        for announcement in first.values()
        if announcement.paper.id in read and watch.rules.reason_to_look(announcement.paper) is None
    )


def headings_of(watch: WatchConfig, paper_list: PaperList) -> frozenset[HeadingPath]:
    """Return the headings that papers may be put under."""
    return frozenset(select_paths(paper_list.headings, watch.headings.include, watch.headings.exclude))


def check_learnable(paper_list: PaperList, name: str) -> None:
    """Refuse a list to learn from, called `name`, that links no paper.

    Raises:
        ListError: It links none.
    """
    if not paper_list.ids:
        advice = "there is nothing to learn from; add some entries"
        raise ListError(f"{name} links no paper on arXiv", advice)


def records_of(paper_list: PaperList, metadata: Mapping[ArxivId, Paper]) -> list[Record]:
    """Make one record for each listed paper and heading, in the order of the list.

    A paper whose metadata is missing is learned from by the title the list gives it.
    """
    records: dict[tuple[ArxivId, HeadingPath], Record] = {}
    for entry, path in paper_list.placed:
        for arxiv_id in entry.ids:
            paper = metadata.get(arxiv_id) or Paper(arxiv_id, entry.title)
            records.setdefault((arxiv_id, path), Record(paper, path))
    return list(records.values())


def mentions_of(paper_list: PaperList) -> list[Mention]:
    """Keep the entries that link no paper on arXiv, in the order of the list."""
    return [Mention(entry.title, path) for entry, path in paper_list.placed if entry.title and not entry.ids]


def background_of(
    papers: Iterable[Paper], known: Known, candidates: Iterable[Paper] = (), most: int | None = None
) -> list[Paper]:
    """Keep a sample of papers that the list does not want: nobody has listed or proposed them.

    Those that a person turned down stay: they are the nearest to the list that are not wanted.

    `candidates` are yet to be judged, so left out: an old one that is cross-listed now may be among `papers`.
    `most` is how many to keep, the first; None for all.
    """
    kept: dict[ArxivId, Paper] = {}
    open_ones = {paper.id for paper in candidates}
    for paper in papers:
        if paper.id not in open_ones and known.reason_to_skip(paper) in _NOT_WANTED:
            kept.setdefault(paper.id, paper)
            if len(kept) == most:
                break
    return list(kept.values())
