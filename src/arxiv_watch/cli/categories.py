"""The categories that announce a list's papers: from files, from the cache, or asked of arXiv."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.arxiv.api import PAGE
from arxiv_watch.arxiv.taxonomy import canonical
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.progress import show_steps
from arxiv_watch.config.starter import propose_categories
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Category, Paper
from arxiv_watch.report.words import plural

log = logging.getLogger(__name__)

MOST_ASKED = 500  # of the latest listed papers: enough to tell what a list is about
PATIENCE_SECONDS = 60.0  # a person waits for the answer


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """Which categories to watch for a list, and why.

    Attributes:
        categories: The most useful first; empty if nothing is known of any paper.
        reason: How they were chosen, for a comment.
        trouble: Why arXiv could not be asked for all papers, or empty.
    """

    categories: tuple[Category, ...]
    reason: str = ""
    trouble: str = ""


def choose_categories(papers: Collection[Paper], wanted: int, trouble: str = "") -> CategoryChoice:
    """Choose the categories that announce nearly all of the papers.

    Args:
        papers: What is known of the listed papers.
        wanted: How many papers were looked up.
        trouble: Why some could not be, or empty.
    """
    chosen = propose_categories(papers)
    if not chosen:
        return CategoryChoice((), trouble=trouble)
    counts = Counter(name for paper in papers for name in {*map(canonical, paper.categories)})
    told = ", ".join(f"{name} {counts[name]}" for name in chosen)
    missing = f", and {trouble}" if trouble else ""
    reason = f"they announce nearly all of the {len(papers)} listed papers that are known of {wanted}: {told}"
    return CategoryChoice(tuple(chosen), reason + missing, trouble)


def look_up_categories(
    context: Context, settings: ArxivSettings, ids: Collection[ArxivId], given: Mapping[ArxivId, Paper]
) -> CategoryChoice:
    """Choose a list's categories by what is given of its papers, or by what arXiv knows of the latest."""
    known = [given[arxiv_id] for arxiv_id in ids if arxiv_id in given]
    if known or given:
        return choose_categories(known, len(ids))
    asked = sorted(ids)[-MOST_ASKED:]
    log.warning(
        "looking up the categories of %d listed papers: at most %s to arXiv, %s",
        len(asked),
        plural(requests_for(asked), "request"),
        duration(requests_for(asked), settings.request_interval),
    )
    patient = replace(settings, time_limit=min(settings.time_limit, PATIENCE_SECONDS))
    with show_steps(), context.open_arxiv(patient) as arxiv:
        found = arxiv.metadata(asked)
        return choose_categories(list(found.values()), len(asked), arxiv.trouble)


def requests_for(ids: Iterable[ArxivId]) -> int:
    """Return how many requests the metadata of these papers takes at most."""
    return ceil(len(list(ids)) / PAGE)


def duration(requests: int, interval: float) -> str:
    """Say about how long so many requests take, which start so many seconds apart."""
    minutes, seconds = divmod(max(ceil(requests * interval), 1), 60)
    return f"about {minutes + 1} min" if minutes else f"about {seconds} s"
