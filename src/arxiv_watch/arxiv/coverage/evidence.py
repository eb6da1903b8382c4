"""What a day must hold: OAI-PMH's batches and records, by which feeds and pages are judged and completed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.coverage.judge import Past
from arxiv_watch.arxiv.sources.oai import sets_of
from arxiv_watch.arxiv.sources.page import Item
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.arxiv.store.records import RecordStore
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.arxiv.timetable import WINDOW
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Paper


@dataclass(frozen=True, slots=True)
class BatchEvidence:
    """What is known of batches and of the records in them; no source is asked for it.

    Attributes:
        records: What OAI-PMH has supplied.
        store: What feeds and pages have shown.
        first: The first day of the window.
        today: The listing day.
    """

    records: RecordStore
    store: AnnouncementStore
    first: date
    today: date

    @property
    def recent(self) -> date:
        """The first day of the window that holes are looked for on."""
        return max(self.first, self.today - WINDOW)

    def batches(self) -> dict[date, Batch]:
        """Return the batches of the window and the week before, by day."""
        return self.records.batches(self.first - WINDOW, self.today)

    def batch(self, day: date) -> Batch | None:
        """Return a day's batch, an empty one if it is known that there was none, or None."""
        return self.records.batches(day, day).get(day)

    def has_batch(self, day: date) -> bool:
        """Return whether it is known that something was announced on a day."""
        batch = self.batch(day)
        return batch is not None and not batch.is_empty

    def newest(self) -> date | None:
        """Return the day of the latest batch that is known, or None."""
        return max((day for day, batch in self.batches().items() if not batch.is_empty), default=None)

    def is_whole(self, category: Category, day: date) -> bool:
        """Return whether OAI-PMH has a whole batch of a day, and the records of the category in it.

        That there was no batch is certain once a later one is known: OAI-PMH may lag behind.
        """
        batch, newest = self.batch(day), self.newest()
        if batch is None or batch.missing:
            return False
        if batch.is_empty:
            return newest is not None and newest > day
        harvests = (self.records.harvest(each) for each in sets_of(category))
        return any(covered and covered[1] >= day for covered in harvests)

    def is_silent(self, category: Category, day: date) -> bool:
        """Return whether a whole batch of OAI-PMH has nothing in a category."""
        is_whole = self.is_whole(category, day)
        return is_whole and not (self.expected(category, day) or self.replaced(category, day))

    def expected(self, category: Category, day: date) -> frozenset[str]:
        """Return what the records list under a category in a day's batch, as bare identifiers.

        What the category showed in the week before is of an earlier batch, wherever the border seems to be.
        """
        batch = self.batch(day)
        if batch is None:
            return frozenset()
        listed = self.records.listed(batch)
        bases = {identifier.base for identifier, names in listed if belongs(category, names)}
        earlier = self.store.known(category, day - WINDOW, day)
        return frozenset(bases - {base for base, _, kind in earlier if kind.is_first})

    def replaced(self, category: Category, day: date) -> frozenset[str]:
        """Return what the schedule lets a category announce as replaced on a day, as bare identifiers."""
        if not self.has_batch(day):
            return frozenset()
        listed = self.records.replaced(day)
        return frozenset(identifier.base for identifier, names in listed if belongs(category, names))

    def past(self, category: Category, day: date) -> Past:
        """Return what a page of a category's day is judged by."""
        ends = [batch.max_id for other, batch in self.batches().items() if other < day and batch.max_id]
        return Past(
            batch=self.batch(day),
            known=self.store.known(category, date.min, day),
            max_id=max([*ends, *self.store.new_ids(category, day - WINDOW, day)], default=None),
            expected=self.expected(category, day),
            replaced=self.replaced(category, day),
            usual=self.store.recent_counts(category, day),
            is_proven=self.is_whole(category, day),
        )

    def unshown(self, category: Category, day: date) -> list[Item]:
        """Return what the records hold for a category's day and no source has shown on that day."""
        shown = self.store.ids(category, day)
        first = self._papers(self.expected(category, day) - shown)
        replaced = self._papers(self.replaced(category, day) - shown)
        return [
            *(item_of(paper, category) for paper in first),
            *(item_of(paper, category, is_first=False) for paper in replaced),
        ]

    def _papers(self, bases: Iterable[str]) -> list[Paper]:
        papers = (self.records.record(ArxivId(base)) for base in sorted(bases))
        return [paper for paper in papers if paper is not None]


def item_of(paper: Paper, category: Category, *, is_first: bool = True) -> Item:
    """Return a paper as a category announces it first, or its latest version: new where it is at home."""
    is_home = belongs(category, paper.categories[:1])
    if is_first:
        first = replace(paper, id=ArxivId(paper.id.base, 1))
        return Item(first, AnnounceType.NEW if is_home else AnnounceType.CROSS)
    return Item(paper, AnnounceType.REPLACE if is_home else AnnounceType.REPLACE_CROSS)
