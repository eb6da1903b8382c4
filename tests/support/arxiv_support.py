"""A small arXiv with a known history, and settings that point at its stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arxiv_watch.arxiv import Arxiv, ArxivSettings
from arxiv_watch.demo.arxiv_server import ArxivServer
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from fakes import FakeClock

FRIDAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 12, tzinfo=UTC)  # 07:00 in New York

# What the papers of a batch are about, over and over.
CATEGORIES: Sequence[tuple[str, ...]] = (("cs.LG", "cs.CL"), ("cs.CL",), ("cs.DC", "cs.LG"), ("math.NT",))


def working_days(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def batches(days: Sequence[date], size: int = 12, start: int = 1) -> Iterator[Paper]:
    """Papers of contiguous identifiers, `size` a day, categories in turn."""
    number, month = start, f"{days[0]:%y%m}"
    for day in days:
        if f"{day:%y%m}" != month:
            number, month = 1, f"{day:%y%m}"
        for index in range(size):
            categories = CATEGORIES[index % len(CATEGORIES)]
            yield Paper(
                ArxivId(f"{month}.{number:05d}"),
                f"Paper {number} with $x<y$ in its title",
                f"Abstract {number}.",
                ("Ada Lovelace", "Emmy Noether"),
                categories,
                announced=day,
            )
            number += 1


def november(last: date = FRIDAY, size: int = 12) -> list[Paper]:
    return list(batches(working_days(date(2026, 11, 2), last), size))


def settings_of(cache_dir: Path, **changes: object) -> ArxivSettings:
    return ArxivSettings(cache_dir=str(cache_dir), **changes)


def settings_for(server: ArxivServer, cache_dir: Path, **changes: float) -> ArxivSettings:
    return settings_of(
        cache_dir,
        contact="someone@example.org",
        rss_url=server.rss_url,
        api_url=server.api_url,
        oai_url=server.oai_url,
        listing_url=server.listing_url,
        **changes,
    )


def open_arxiv(server: ArxivServer, cache_dir: Path, clock: FakeClock, **changes: float) -> Arxiv:
    return Arxiv(settings_for(server, cache_dir, **changes), clock, jitter=lambda: 0.5)
