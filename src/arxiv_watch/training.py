"""From a list to what a classifier learns from: records, background, and what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from arxiv_watch.decide import Known
from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Mention, Record, SkipReason

MOST_BACKGROUND = 10_000  # papers, the newest: the cost of a normal day in docs/classifier.md is measured so
_NOT_WANTED = (None, SkipReason.REJECTED, SkipReason.IGNORED)


def check_learnable(paper_list: PaperList, name: str) -> None:
    """Make sure that there is something to learn from.

    Raises:
        ListError: The list, which the config or the user calls `name`, links no paper.
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
    """Keep the papers that stand for what the list does not want: nobody has listed or proposed them.

    Those that a person turned down stay: they are what comes nearest to the list without being wanted.

    Args:
        papers: Papers that arXiv announced.
        known: What is known of them.
        candidates: Papers yet to be judged; an old one that is cross-listed now may be among `papers`.
        most: How many of them to keep, the first; None for all.
    """
    kept: dict[ArxivId, Paper] = {}
    open_ones = {paper.id for paper in candidates}
    for paper in papers:
        if paper.id not in open_ones and known.reason_to_skip(paper) in _NOT_WANTED:
            kept.setdefault(paper.id, paper)
            if len(kept) == most:
                break
    return list(kept.values())
