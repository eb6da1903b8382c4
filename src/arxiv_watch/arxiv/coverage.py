"""What a feed says about a day: pure judgement by identifiers, never by the dates it bears."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from arxiv_watch.arxiv.feeds import MAX_ITEMS, Feed
from arxiv_watch.arxiv.store import Batch
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType


class Finding(Enum):
    """How a feed compares with the day it was fetched for."""

    WHOLE = "whole"
    EMPTY = "empty"
    STALE = "stale"
    TRUNCATED = "truncated"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the days before.

    Attributes:
        batches: The batches of all arXiv by day, as far as a second source told.
        known: What the category itself announced on earlier days.
        max_id: The largest identifier that was new on any earlier day, or None on a first run.
    """

    batches: Mapping[date, Batch]
    known: Collection[tuple[ArxivId, AnnounceType]]
    max_id: ArxivId | None


def judge(feed: Feed, day: date, past: Past) -> tuple[Finding, str]:
    """Tell what a feed fetched on `day` holds, and why in words.

    New papers bear identifiers that no earlier batch reached. So a feed whose new papers do not is an
    old one, whatever its dates say; a feed of replacements alone is old if all of it is known.
    """
    if not feed.length:
        return Finding.EMPTY, "no items"
    if feed.length >= MAX_ITEMS:
        return Finding.TRUNCATED, f"{feed.length} items, which is where arXiv cuts feeds off"
    new = feed.ids(AnnounceType.NEW)
    events = {(item.paper.id, item.type) for item in feed.items}
    if events and events <= set(past.known):
        return Finding.STALE, f"all of its {len(events)} items were announced before"
    old = {identifier for identifier in new if _is_old(identifier, day, past)}
    if old:
        return (
            Finding.STALE,
            f"{len(old)} of its {len(new)} new papers belong to an earlier batch (such as {min(old)})",
        )
    if not _is_proven(feed, day, past):
        return Finding.UNPROVEN, "nothing shows yet that this is today's batch"
    return Finding.WHOLE, ""


def _is_proven(feed: Feed, day: date, past: Past) -> bool:
    """Tell whether a feed without old papers is this day's: it is not like what was seen before."""
    if past.known:
        return True
    batch = past.batches.get(day)
    recent = feed.ids(AnnounceType.NEW, AnnounceType.CROSS)
    if batch is not None and any(identifier in batch for identifier in recent):
        return True
    return past.max_id is not None and any(identifier > past.max_id for identifier in recent)


def _is_old(identifier: ArxivId, day: date, past: Past) -> bool:
    if past.max_id is not None and identifier <= past.max_id:
        return True
    return any(identifier in batch for other, batch in past.batches.items() if other < day)


def batches_of(days: Mapping[ArxivId, date]) -> dict[date, Batch]:
    """Return the batches that identifiers with their announcement days make up, the oldest day left out.

    The oldest day is where everything older was put that changed since, so nothing is known of it.
    """
    groups: dict[date, list[ArxivId]] = {}
    for identifier, day in days.items():
        groups.setdefault(day, []).append(identifier)
    oldest = min(groups, default=None)
    return {
        day: Batch(day, min(ids), max(ids), tuple(_holes(ids)))
        for day, ids in groups.items()
        if day != oldest
    }


def _holes(ids: Collection[ArxivId]) -> list[ArxivId]:
    """Return what is missing of a run of identifiers: a batch's are contiguous within their month."""
    holes: list[ArxivId] = []
    months: dict[str, list[int]] = {}
    for identifier in ids:
        month, number = identifier.base.split(".")
        months.setdefault(month, []).append(int(number))
    for month, numbers in months.items():
        present = set(numbers)
        width = len(next(identifier for identifier in ids).base.split(".")[1])
        holes += [
            ArxivId(f"{month}.{number:0{width}}")
            for number in range(min(present), max(present))
            if number not in present
        ]
    return holes
