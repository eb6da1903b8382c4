"""The standard replay: lists as they stood on a day, and what arXiv announced after it."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList, parse_list
from arxiv_watch.markdown import read_rows as read_history
from arxiv_watch.model.history import listed_on
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HistoryRow, Record
from arxiv_watch.rows import read_papers

SHARED = Path(__file__).resolve().parents[2] / "shared"
FEED = SHARED / "data" / "feed-2025-03--2025-11.jsonl.gz"
BACKGROUND = 20_000


@dataclass(frozen=True)
class Window:
    """A list, the day it is learned, and the day to which candidates are scored."""

    name: str
    file: str
    cut: date
    end: date


WINDOWS = (
    Window(
        "chenhongyu2048",
        "chenhongyu2048+LLM-inference-optimization-paper",
        date(2025, 6, 1),
        date(2025, 12, 1),
    ),
    Window("codefuse-ai", "codefuse-ai+Awesome-Code-LLM", date(2025, 9, 1), date(2025, 12, 1)),
    Window("HuangOwen", "HuangOwen+Awesome-LLM-Compression", date(2025, 6, 1), date(2025, 9, 1)),
    Window("ddz16", "ddz16+TSFpaper", date(2025, 6, 1), date(2025, 9, 1)),
)

# Too little was added to it in the months of the feed for a window of its own.
OTHERS = (Window("xlite-dev", "xlite-dev+Awesome-LLM-Inference", date(2025, 6, 1), date(2025, 12, 1)),)

# Its headings are years.
OF_YEARS = "Yochengliu+awesome-point-cloud-analysis"

# Months before the windows' cuts: what settings were chosen on.
EARLIER = (
    *(
        Window(window.name, window.file, start, end)
        for window in (*WINDOWS, *OTHERS)
        for start, end in pairwise(date(2025, month, 1) for month in (4, 5, 6))
    ),
    *(
        Window(WINDOWS[1].name, WINDOWS[1].file, start, end)
        for start, end in pairwise(date(2025, month, 1) for month in (6, 7, 8, 9))
    ),
)


@dataclass(frozen=True)
class Replay:
    """One window's inputs and its answers.

    Attributes:
        window: The list and the days.
        records: The list at the cut, oldest first.
        background: Unlisted papers announced before the cut.
        candidates: Papers announced in the window that were not listed at the cut.
        wanted: For each candidate whether the list holds it later.
        chosen: Identifier of a wanted paper → the headings people gave it.
    """

    window: Window
    records: list[Record]
    background: list[Paper]
    candidates: list[Paper]
    wanted: list[bool]
    chosen: dict[str, set[HeadingPath]]

    @property
    def days(self) -> list[date]:
        """The announcement day of each candidate."""
        return [paper.announced or self.window.cut for paper in self.candidates]


@dataclass(frozen=True)
class Feed:
    """Nine months of announcements, and what is known of every paper.

    Attributes:
        papers: The announced papers.
        known: Every paper by its identifier: these, and the listed ones that were announced before.
        by_day: The announced papers of each day, days in order.
    """

    papers: Sequence[Paper]
    known: Mapping[str, Paper]
    by_day: Mapping[date, Sequence[Paper]]

    @classmethod
    def read(cls) -> Feed:
        """Read them; end with a clear message where the data is absent."""
        if not FEED.is_file():
            sys.exit("the benchmark needs its data beside the checkout: ../shared/data and ../shared/lists")
        papers = list(_read(FEED))
        by_day: dict[date, list[Paper]] = {}
        for paper in papers:
            if paper.announced:
                by_day.setdefault(paper.announced, []).append(paper)
        listed = _read(SHARED / "data" / "listed.jsonl.gz")
        known = {paper.id.base: paper for paper in (*listed, *papers)}
        return cls(papers, known, dict(sorted(by_day.items())))

    def between(self, start: date, end: date, without: Container[str]) -> list[Paper]:
        """Return what was announced from one day to another, without some papers, days in order."""
        days = [papers for day, papers in self.by_day.items() if start <= day < end]
        return [paper for papers in days for paper in papers if paper.id.base not in without]

    def paper(self, row: HistoryRow) -> Paper:
        """Return a listed paper; without metadata it is known by its title alone."""
        return self.known.get(row.id.base) or Paper(row.id, row.title)


def _read(path: Path) -> Iterator[Paper]:
    return read_papers(path, lambda complaint: print(complaint, file=sys.stderr))


def load(window: Window, feed: Feed, *, draw: int = 0, rows: Sequence[HistoryRow] | None = None) -> Replay:
    """Set up one window, with one draw of the background; `rows` are the history of a list without file."""
    rows = read_rows(window) if rows is None else rows
    before = listed_on(rows, window.cut)
    ids = {row.id.base for row in before}
    records = [Record(feed.paper(row), row.path, row.added) for row in before]
    unlisted = sorted(feed.between(date.min, window.cut, ids), key=lambda paper: paper.id)
    random.Random(draw).shuffle(unlisted)  # noqa: S311 - a draw that must come out the same
    candidates = [
        p
        for p in feed.papers
        if p.id.base not in ids and p.announced and window.cut <= p.announced < window.end
    ]
    later: dict[str, set[HeadingPath]] = {}
    for row in rows:
        if row.added >= window.cut:
            later.setdefault(row.id.base, set()).add(row.path)
    wanted = [paper.id.base in later for paper in candidates]
    return Replay(window, records, unlisted[:BACKGROUND], candidates, wanted, later)


def read_list(file: str) -> PaperList:
    """Read a list as it is now."""
    return parse_list({"README.md": (SHARED / "lists" / "raw" / f"{file}.md").read_bytes()})


def read_rows(window: Window) -> Sequence[HistoryRow]:
    """Read which paper stood under which heading of a list when."""
    history = SHARED / "lists" / "history" / f"{window.file}.jsonl"
    return [_history_row(json.loads(line)) for line in history.read_text(encoding="utf-8").splitlines()]


def read_clone(folder: Path) -> Sequence[HistoryRow]:
    """Read the same of a cloned list, from its README.md."""
    return read_history(folder, ["README.md"])


def _history_row(row: dict[str, Any]) -> HistoryRow:
    added, removed = (row[key] and date.fromisoformat(row[key]) for key in ("added", "removed"))
    return HistoryRow(ArxivId.parse(row["id"]), row["title"], tuple(row["path"]), added, removed)
