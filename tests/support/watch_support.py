"""A small world for the use case: a list, what arXiv announced, and a fake arXiv over both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from arxiv_watch.arxiv import Poll
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, AnnounceType, Coverage, CoverageState, Paper

DAY = date(2025, 11, 20)
LONG_AGO = date(2024, 2, 1)

SERVING = "scheduling requests in a language model serving engine with paged key value caches and batching"
QUANTIZATION = "quantization of language model weights to four bits with calibration of outlier channels"
BIRDS = "tracking migrating birds over coastal wetlands with radar images and acoustic sensors"


def paper(base: str, title: str, abstract: str, announced: date = DAY) -> Paper:
    return Paper(ArxivId(base), title, abstract, categories=("cs.DC",), announced=announced)


LISTED = [
    *(paper(f"2401.{n:05}", f"Serving Engine {n}", f"{SERVING} number {n}", LONG_AGO) for n in range(1, 31)),
    *(
        paper(f"2402.{n:05}", f"Four-bit Weights {n}", f"{QUANTIZATION} number {n}", LONG_AGO)
        for n in range(1, 31)
    ),
]
# What arXiv announced on the working days before: identifiers without a gap, as arXiv's own are.
BACKGROUND = [
    paper(f"2511.{1 + 16 * place + n:05}", f"Birds and Radar {day} {n}", f"{BIRDS} season {n}", day)
    for place, day in enumerate(date(2025, 11, 3) + timedelta(days) for days in range(17) if days % 7 < 5)
    for n in range(16)
]
BELONGS = paper("2511.00209", "Paged Serving for Everyone", f"{SERVING} for everyone")
STRANGER = paper("2511.00210", "Birds over Wetlands", BIRDS)


def entry(listed: Paper) -> str:
    return f"- [{listed.title}]({listed.id.abs_url})\n"


LIST = (
    "# Papers\n\n## Serving\n\n"
    + "".join(entry(listed) for listed in LISTED[:30])
    + "\n## Quantization\n\n"
    + "".join(entry(listed) for listed in LISTED[30:])
)


def watch(**fields: object) -> WatchConfig:
    return WatchConfig.model_validate({"list": "README.md", "categories": ["cs.DC"], **fields})


def announce(subject: Paper, kind: AnnounceType = AnnounceType.NEW, category: str = "cs.DC") -> Announcement:
    return Announcement(subject, DAY, {category: kind})


def find(subject: Paper, *queries: str, types: Mapping[str, AnnounceType] | None = None) -> Announcement:
    return Announcement(subject, DAY, types or {}, frozenset(queries))


def coverage(state: CoverageState = CoverageState.FRESH, category: str = "cs.DC") -> Coverage:
    return Coverage(category, DAY, state, source="rss")


class FakeArxiv:
    """An arXiv that announced what it is told to have announced, and counts what it is asked."""

    def __init__(
        self, *announcements: Announcement, coverage: Sequence[Coverage] = (), **others: Any
    ) -> None:
        whole = Poll(tuple(announcements), tuple(coverage), tuple(BACKGROUND))
        self._poll = replace(whole, **others)
        self.requests = 0
        self.trouble = ""
        self.handled_by: list[str] = []
        self.polled: list[tuple[Sequence[str], Sequence[str], date | None]] = []

    def poll(
        self,
        categories: Sequence[str],
        *,
        queries: Sequence[str] = (),
        since: date | None = None,
        reader: str = "",
    ) -> Poll:
        del reader
        self.requests += 1
        self.polled.append((categories, queries, since))
        return self._poll

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        assert poll is self._poll
        self.handled_by.append(reader)

    def metadata(self, ids: Iterable[ArxivId]) -> Mapping[ArxivId, Paper]:
        self.requests += 1
        known = {listed.id: listed for listed in LISTED}
        return {arxiv_id: known[arxiv_id] for arxiv_id in ids if arxiv_id in known}
