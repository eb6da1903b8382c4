"""What OAI-PMH and the search API show: which batches there were, and what they must hold.

It is the second source: feeds and pages are judged by it, and it fills in what they lack.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import AnnouncementStore
from arxiv_watch.arxiv.api import PAGE, SearchApi
from arxiv_watch.arxiv.batches import Batch, batch_days, batches_of, merge_batches, scheduled_days
from arxiv_watch.arxiv.oai import Oai, OaiRecord, sets_for, sets_of
from arxiv_watch.arxiv.page import Item
from arxiv_watch.arxiv.record_store import HELD, RecordStore
from arxiv_watch.arxiv.refusals import trouble_of
from arxiv_watch.arxiv.taxonomy import OAI_SETS, belongs, spellings
from arxiv_watch.errors import ArxivUnavailableError, UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, AnnounceType, Category, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

WINDOW = timedelta(days=7)  # days that are read again, proven and repaired
CATCH_UP = timedelta(days=90)  # arXiv's catch-up pages reach no further back
KEPT = WINDOW + 2 * HELD  # what no poll can need again is dropped
BACKGROUND = timedelta(days=21)  # the background is as old as that at most, and older than the window
BACKGROUND_LIMIT = 20_000
_OVERLAP = timedelta(days=2)  # "nothing found" of today can be pinned in a cache until midnight UTC
_BEFORE = timedelta(days=6)  # holds two batches at least, which batches_of needs to find the next

_logger = logging.getLogger(__name__)


def first_day(since: date | None, today: date) -> date:
    """Return the first announcement day that a poll looks at: a week ago, or as asked and as arXiv has it.

    Raises:
        UsageError: The day that was asked for is still to come.
    """
    if since is not None and since > today + timedelta(days=1):  # that one may have begun elsewhere
        raise UsageError(f"{since} is still to come: in New York it is {today}", "name an earlier day")
    return max(since or today - WINDOW, today - CATCH_UP)


@dataclass(slots=True)
class Harvest:
    """Batches and records of the days of a poll's window.

    Attributes:
        oai: The second source.
        api: The third: what no other knows of a batch is asked for by identifier.
        records: Remembers both.
        store: Knows what feeds and pages have shown.
        categories: What is read.
        first: The first day of the window.
        today: The listing day.
        troubles: Why OAI-PMH could not be asked, or not for all, the first reason; empty if it was.
        was_harvested: Whether the records were brought up to date in this run, as far as OAI-PMH let them be.
        was_asked: Whether OAI-PMH has answered in this run, with the latest batch that is known at least.
    """

    oai: Oai
    api: SearchApi
    records: RecordStore
    store: AnnouncementStore
    categories: Sequence[Category]
    first: date
    today: date
    troubles: tuple[Trouble, ...] = ()
    was_harvested: bool = False
    was_asked: bool = False
    _unharvested: dict[str, Trouble] = field(default_factory=dict)

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

    def update(self, *, even_if_known: bool = False) -> None:
        """Ask OAI-PMH for what is not known yet of the last days' batches, and of their records.

        Args:
            even_if_known: Whether to ask for the batches in any case, to hear that there is no newer one.
        """
        self._ask_batches(even_if_known=even_if_known)
        self._ask_records()

    def _ask_batches(self, *, even_if_known: bool) -> None:
        """Ask for the identifiers of the last days, unless all their batches are known and whole."""
        start = self.first
        known = self.records.batches(start, self.today)
        days = timetable.announcement_days(start, self.today)
        wanted = [day for day in days if day not in known or known[day].missing]
        if even_if_known:
            wanted.append(self.today)
        if not wanted:
            return
        since = min(*wanted, self.today - _OVERLAP) - _BEFORE
        try:
            found = batches_of(batch_days(self.oai.identifiers(since)))
        except ArxivUnavailableError as error:
            self.troubles = (trouble_of(error, "oai"),)
            return
        found = {day: batch for day, batch in found.items() if day <= self.today}
        latest = max((day for day, batch in known.items() if not batch.is_empty), default=date.min)
        self.was_asked = bool(found) and max(found) >= latest
        if not self.was_asked:
            about = "OAI-PMH does not list the latest batch that is known"
            self.troubles = (Trouble(TroubleKind.STALE, "oai", about),)
        newest = max(found, default=date.min)
        for day in days:
            # A later batch shows that a day without one will not get any; so does the day's end.
            if day not in found and min(found, default=day) < day and (day < newest or day < self.today):
                found[day] = Batch(day)
        self.records.put_batches(merge_batches(known, found).values())

    def _ask_records(self) -> None:
        """Fetch the records of these categories that changed since the last harvest."""
        self.was_harvested = True
        newest = max((day for day, batch in self.batches().items() if not batch.is_empty), default=None)
        wanted = min(self.first, self.today - BACKGROUND)
        for oai_set in sets_for(self.categories):
            covered = self.records.harvest(oai_set)
            is_deep = covered is not None and covered[0] <= wanted
            if covered and is_deep and newest is not None and covered[1] >= newest:
                continue
            since = covered[1] - _OVERLAP if covered and is_deep else wanted
            try:
                records = _recent(self.oai, oai_set, since)
            except ArxivUnavailableError as error:
                _logger.warning("OAI-PMH set %s: %s", oai_set, error.message)
                self._unharvested[oai_set] = trouble_of(error, "oai")
                self.troubles = self.troubles or (self._unharvested[oai_set],)
                continue
            self.records.put_records(oai_set, since, newest or since, records)
            self._miss(self.oai.unread)
            self.records.forget(self.today - KEPT)
            self.store.forget(self.today - KEPT)

    def is_unread(self, category: Category, ids: Iterable[ArxivId]) -> bool:
        """Return whether one of these is known to be a category's, though its record cannot be read."""
        sets = {OAI_SETS[name] for name in spellings(category)}
        return any(not sets.isdisjoint(self.oai.unread.get(each, ())) for each in ids)

    def _miss(self, ids: Collection[ArxivId]) -> None:
        """Take papers whose records cannot be read for missing from their batches, as if nobody had them."""
        for batch in self.batches().values():
            missing = tuple(sorted({*batch.missing, *(each for each in ids if each in batch)}))
            if missing != batch.missing:
                self.records.put_batches([replace(batch, missing=missing)])

    def is_whole(self, category: Category, day: date) -> bool:
        """Return whether OAI-PMH has a whole batch of a day, and the records of the category in it.

        That there was no batch is certain once a later one is known: OAI-PMH may lag behind.
        """
        batch = self.batch(day)
        if batch is None or batch.missing:
            return False
        if batch.is_empty:
            return any(other > day and not known.is_empty for other, known in self.batches().items())
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

    def items(self, category: Category, day: date) -> list[Item]:
        """Return what the records hold for a category's day and no source has shown on that day."""
        shown = self.store.ids(category, day)
        first = self._papers(self.expected(category, day) - shown)
        replaced = self._papers(self.replaced(category, day) - shown)
        return [
            *(item_of(paper, category) for paper in first),
            *(item_of(paper, category, is_first=False) for paper in replaced),
        ]

    def chase_holes(self) -> list[tuple[Category, date, Item]]:
        """Ask for the identifiers that no source has shown; return those of these categories.

        What the search API knows is not a hole any more; what it does not know stays one, for a week.
        """
        filled: list[tuple[Category, date, Item]] = []
        batches = self.records.batches(max(self.first, self.today - WINDOW), self.today)
        for day, batch in batches.items():
            unseen = [each for each in batch.missing if not self.store.has_paper(each)]
            papers = self._ask(unseen[:PAGE]) if unseen else {}
            filled += [
                (category, day, item_of(paper, category))
                for paper in papers.values()
                for category in self.categories
                if belongs(category, paper.categories)
            ]
            left = tuple(each for each in unseen if each not in papers)
            if left != batch.missing:
                self.records.put_batches([replace(batch, missing=left)])
        return filled

    def background(self) -> tuple[Paper, ...]:
        """Return the unlisted examples: one to three weeks old, announced before the window, newest first.

        It follows from the records and the schedule alone: what else the cache happens to hold, such as
        which feeds were read, must not decide which papers are proposed.
        """
        since = self.today - BACKGROUND
        rows = self.records.submitted(since, self.today + timedelta(days=1))
        chosen = [
            identifier
            for identifier, day, names in scheduled_days(rows)
            if day < self.today - WINDOW and any(belongs(category, names) for category in self.categories)
        ]
        papers = (self.records.record(each) for each in reversed(chosen[-BACKGROUND_LIMIT:]))
        return tuple(paper for paper in papers if paper is not None)

    def background_trouble(self) -> Trouble | None:
        """Return why the background is missing or not the whole one, or None.

        A harvest that failed today is made good by one of the last week.
        """
        for oai_set, trouble in self._unharvested.items():
            covered = self.records.harvest(oai_set)
            is_whole = covered is not None and covered[0] <= self.today - BACKGROUND
            if covered is None or not is_whole or covered[1] < self.today - WINDOW:
                return trouble
        return None

    def _papers(self, bases: Iterable[str]) -> list[Paper]:
        papers = (self.records.record(ArxivId(base)) for base in sorted(bases))
        return [paper for paper in papers if paper is not None]

    def _ask(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        try:
            return self.api.by_ids(ids)
        except ArxivUnavailableError as error:
            _logger.info("%d identifiers that no source has shown: %s", len(ids), error.message)
            return {}


def _recent(oai: Oai, oai_set: str, since: date) -> list[OaiRecord]:
    """Return the records that changed since a day, of papers that may still have been held before it."""
    return [each for each in oai.records(oai_set, since) if each.submitted.date() >= since - HELD]


def item_of(paper: Paper, category: Category, *, is_first: bool = True) -> Item:
    """Return a paper as a category announces it first, or its latest version: new where it is at home."""
    is_home = belongs(category, paper.categories[:1])
    if is_first:
        first = replace(paper, id=ArxivId(paper.id.base, 1))
        return Item(first, AnnounceType.NEW if is_home else AnnounceType.CROSS)
    return Item(paper, AnnounceType.REPLACE if is_home else AnnounceType.REPLACE_CROSS)


def replayed(
    oai: Oai, record_store: RecordStore, *, since: date, until: date, categories: Sequence[Category]
) -> Iterator[Announcement]:
    """Yield the first announcements from one day to another, oldest first.

    Raises:
        ArxivUnavailableError: OAI-PMH cannot be read completely.
    """
    for oai_set in sets_for(categories):
        covered = record_store.harvest(oai_set)
        if covered is None or covered[0] > since or covered[1] < until:
            record_store.put_records(oai_set, since, until, _recent(oai, oai_set, since))
    rows = record_store.submitted(since - HELD, until + timedelta(days=1))
    for identifier, day, names in scheduled_days(rows):
        listed = [category for category in categories if belongs(category, names)]
        paper = record_store.record(identifier) if listed and since <= day <= until else None
        if paper is not None:
            first = replace(paper, id=ArxivId(identifier.base, 1), announced=day)
            yield Announcement(first, day, {category: item_of(paper, category).type for category in listed})
