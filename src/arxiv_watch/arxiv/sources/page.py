"""A source of announcements, as a value: each shows pages of items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self, TypeVar

from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Paper

Entry = TypeVar("Entry")

Event = tuple[str, int, AnnounceType]
"""The key of an announcement within its category: bare identifier, version, type."""


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of a page, with the type that its category announced it as."""

    paper: Paper
    type: AnnounceType

    @property
    def event(self) -> Event:
        """The key of this announcement; the version counts for replacements alone."""
        return self.paper.id.base, 0 if self.type.is_first else self.paper.id.version or 0, self.type


@dataclass(frozen=True, slots=True)
class Page:
    """The answer of a source about a category: a feed, a listing, or all pages of one.

    Attributes:
        items: Each paper once, in their order.
        quarantined: For each entry that could not be read: which one and why.
        length: Number of entries, duplicates and unreadable ones included.
        day: The day it bears; None for a feed, whose dates say nothing.
        declared: How many papers it says there are, by type as it groups them.
        total: How many it says there are altogether, on its other pages too; 0 if it does not say.
    """

    items: tuple[Item, ...]
    quarantined: tuple[str, ...] = ()
    length: int = 0
    day: date | None = None
    declared: Mapping[AnnounceType, int] = field(default_factory=dict)
    total: int = 0

    @classmethod
    def of(cls, entries: Sequence[Entry], read: Callable[[Entry], Item]) -> Self:
        """Return the page of some entries; one that `read` refuses with a ValueError is quarantined."""
        items: dict[Event, Item] = {}
        quarantined: list[str] = []
        for entry in entries:
            try:
                item = read(entry)
            except ValueError as error:
                quarantined.append(str(error))
            else:
                items.setdefault(item.event, item)
        return cls(tuple(items.values()), tuple(quarantined), len(entries))

    @property
    def expected(self) -> int:
        """How many papers there must be; a section that begins on another page is in the total alone."""
        return max(self.total, sum(self.declared.values()))

    @property
    def is_whole(self) -> bool:
        """Whether there are as many papers as it says."""
        return len(self.items) + len(self.quarantined) >= self.expected

    def ids(self, *types: AnnounceType) -> set[ArxivId]:
        """Return the papers announced as one of these types."""
        return {item.paper.id for item in self.items if item.type in types}

    def joined(self, other: Page) -> Page:
        """Return this page and another of the same day as one."""
        if other.day != self.day:
            raise BadDocumentError(f"one page shows {self.day}, another {other.day}")
        return replace(
            self,
            items=tuple({item.event: item for item in (*self.items, *other.items)}.values()),
            quarantined=(*self.quarantined, *other.quarantined),
            length=self.length + other.length,
            declared={**self.declared, **other.declared},
            total=max(self.total, other.total),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A place where the announcements of a category can be read.

    Attributes:
        name: In coverage and troubles.
        read: Returns its page of a category for a day; raises `ArxivUnavailableError`. The page may be of
            another day: whether it is believed is for `coverage.days.fault_of` to say.
        shows_latest: Whether its pages bear the day of the latest batch, whichever that is.
        has_past: Whether it shows the days before the latest one.
    """

    name: str
    read: Callable[[Category, date], Page]
    shows_latest: bool = False
    has_past: bool = False
