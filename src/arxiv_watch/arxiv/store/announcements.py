"""Announcements, how completely each day was read, and which readers processed them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from arxiv_watch.arxiv.poll import Cursor
from arxiv_watch.arxiv.sources.page import Event, Item
from arxiv_watch.arxiv.store.database import FILE_NAME, Database, decoding, pack, unpack
from arxiv_watch.arxiv.timetable import NEW_YORK, is_weekend, next_slot
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, AnnounceType, Category, Coverage, CoverageState
from arxiv_watch.troubles import dump_troubles, load_troubles, together

QUERY = "query:"
"""Announcements that an extra search found bear this and the search in place of a category."""


_WHOLE_STATES = json.dumps([state for state in CoverageState if state.is_whole])


class AnnouncementStore:
    """Announcements, coverage and readers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.connection

    @decoding
    def first_day(self) -> date | None:
        """Return the first day that any category was read on, or None if none ever was."""
        row = self._db.execute("SELECT min(read_at) FROM coverage").fetchone()
        return datetime.fromisoformat(row[0]).astimezone(NEW_YORK).date() if row[0] else None

    def enter(self, coverage: Coverage, items: Iterable[Item], read_at: datetime) -> None:
        """Write a document's announcements and the day's coverage, both or neither."""
        category, day = coverage.category, coverage.day
        with self._database.transaction():
            for item in items:
                self._record(item, category, day, coverage.source)
            self._db.execute(
                "INSERT OR REPLACE INTO coverage VALUES (?, ?, ?, ?, ?, ?)",
                (
                    category,
                    day.isoformat(),
                    coverage.state.value,
                    coverage.source,
                    dump_troubles(together(coverage.troubles)),
                    read_at.isoformat(),
                ),
            )

    def add(self, category: Category, day: date, items: Collection[Item], source: str) -> int:
        """Write announcements alone; return how many were not known."""
        if not items:
            return 0
        with self._database.transaction():
            return sum([self._record(item, category, day, source) for item in items])

    def _record(self, item: Item, category: Category, day: date, source: str) -> int:
        """Write one announcement unless it is known; return 1 if it was not, or only from OAI-PMH.

        OAI-PMH does not know the day of a later cross-list: the feed or page that shows it does.
        A paper is new or cross-listed in a category once. A replacement is known by its version; pages
        do not always show it, so one without is the same as any of its paper, category and day.
        """
        base, version, announce_type = item.event
        same_day = (base, category, announce_type.value, day.isoformat())
        if not announce_type.is_first:
            known = self._db.execute(
                "SELECT version FROM announcements WHERE id = ? AND category = ? AND type = ? AND day = ?",
                same_day,
            ).fetchone()
            if known and (known[0] == 0 or version == 0):
                self._db.execute(
                    "UPDATE OR IGNORE announcements SET version = max(version, ?)"
                    " WHERE id = ? AND category = ? AND type = ? AND day = ?",
                    (version, *same_day),
                )
                return 0
        self._db.execute(
            "INSERT INTO papers VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET row = excluded.row"
            " WHERE length(excluded.row) > length(row)",
            (base, pack(item.paper)),
        )
        cursor = self._db.execute(
            "INSERT INTO announcements (id, version, category, type, day, source) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id, version, category, type) DO UPDATE SET day = excluded.day,"
            " source = excluded.source WHERE source = 'oai' AND excluded.source != 'oai'",
            (base, version, category, announce_type.value, day.isoformat(), source),
        )
        return cursor.rowcount

    @decoding
    def known(self, category: Category, since: date, before: date) -> set[Event]:
        """Return the announcements in a category's feeds and pages from one day to before another.

        Those that only OAI-PMH supplied are not among them.
        """
        rows = self._db.execute(
            "SELECT id, version, type FROM announcements"
            " WHERE category = ? AND day >= ? AND day < ? AND source != 'oai'",
            (category, since.isoformat(), before.isoformat()),
        )
        return {(base, version, AnnounceType(announce_type)) for base, version, announce_type in rows}

    def ids(self, category: Category, day: date) -> set[str]:
        """Return the papers a category has announced on a day, as bare identifiers."""
        rows = self._db.execute(
            "SELECT id FROM announcements WHERE category = ? AND day = ?", (category, day.isoformat())
        )
        return {base for (base,) in rows}

    @decoding
    def new_ids(self, category: Category, since: date, before: date) -> list[ArxivId]:
        """Return the papers that a category announced as new from one day to before another."""
        rows = self._db.execute(
            "SELECT id FROM announcements WHERE category = ? AND day >= ? AND day < ? AND type = 'new'",
            (category, since.isoformat(), before.isoformat()),
        )
        return [ArxivId(base) for (base,) in rows]

    def has_paper(self, identifier: ArxivId) -> bool:
        """Return whether any category has shown a paper."""
        row = self._db.execute("SELECT 1 FROM papers WHERE id = ?", (identifier.base,)).fetchone()
        return row is not None

    @decoding
    def announcements(
        self, categories: Collection[Category], since: date, reader: str | None = None
    ) -> tuple[list[Announcement], list[Announcement]]:
        """Return the announcements from `since` on, merged by paper and day, oldest first.

        The first list is of those that the reader has not handled, the second of those that it has, each
        category by itself; the reader None has handled nothing. A paper is described as OAI-PMH has it, where
        that is known, and else as a feed or page did: OAI-PMH has the comment and the journal reference too,
        and nothing depends on which source came first.
        """
        rows = self._db.execute(
            "SELECT a.seq <= coalesce(m.seq, 0), a.id, a.version, a.category, a.type, a.day,"
            " coalesce(r.row, p.row), r.submitted"
            " FROM announcements a JOIN papers p ON p.id = a.id LEFT JOIN records r ON r.id = a.id"
            " LEFT JOIN readers m ON m.name = ? AND m.category = a.category"
            " WHERE a.day >= ? AND a.category IN (SELECT value FROM json_each(?)) ORDER BY a.seq",
            (reader, since.isoformat(), json.dumps(list(categories))),
        )
        to_handle, handled = dict[tuple[str, str], Announcement](), dict[tuple[str, str], Announcement]()
        for is_handled, base, version, category, announce_type, day, packed, submitted in rows:
            merged = handled if is_handled else to_handle
            known = merged.get((base, day)) or _announcement(base, day, packed, submitted)
            types, queries = known.types, known.queries
            if category.startswith(QUERY):
                queries |= {category.removeprefix(QUERY)}
            else:
                types = {**types, category: AnnounceType(announce_type)}
            announced = version or int(announce_type == AnnounceType.NEW)  # new is version 1
            latest = ArxivId(base, max(announced, known.paper.id.version or 0) or None)
            paper = replace(known.paper, id=latest)
            merged[base, day] = Announcement(paper, known.day, types, queries)
        return _oldest_first(to_handle.values()), _oldest_first(handled.values())

    def unread(self, categories: Collection[Category], since: date, before: date, reader: str) -> set[str]:
        """Return the categories and searches with days that a reader has not handled completely."""
        rows = self._db.execute(
            "SELECT DISTINCT a.category FROM announcements a"
            " LEFT JOIN readers m ON m.name = ? AND m.category = a.category"
            " WHERE a.day >= ? AND a.day < ? AND a.seq > coalesce(m.seq, 0)"
            " AND a.category IN (SELECT value FROM json_each(?))",
            (reader, since.isoformat(), before.isoformat(), json.dumps(list(categories))),
        )
        return {category for (category,) in rows}

    def cursor(self, categories: Iterable[Category]) -> Cursor:
        """Return the place of the latest announcement, in this very file."""
        row = self._db.execute("SELECT max(seq) FROM announcements").fetchone()
        return Cursor(self._database.identity, row[0] or 0, tuple(categories))

    def mark_read(self, reader: str, cursor: Cursor) -> None:
        """Record how far a reader has processed announcements, unless of another file."""
        if cursor.identity != self._database.identity:
            return
        with self._database.transaction():
            self._db.executemany(
                "INSERT INTO readers VALUES (?, ?, ?)"
                " ON CONFLICT (name, category) DO UPDATE SET seq = max(seq, excluded.seq)",
                [(reader, category, cursor.seq) for category in cursor.categories],
            )

    def forget(self, before: date) -> None:
        """Drop announcements older than any that can come again, with their papers."""
        with self._database.transaction():
            self._db.execute("DELETE FROM announcements WHERE day < ?", (before.isoformat(),))
            self._db.execute("DELETE FROM papers WHERE id NOT IN (SELECT id FROM announcements)")

    @decoding
    def coverage(self, category: Category, day: date) -> Coverage | None:
        """Return the coverage of a category's day, with the counts of its announcements, or None."""
        place = category, day.isoformat()
        row = self._db.execute(
            "SELECT state, source, troubles, read_at FROM coverage WHERE category = ? AND day = ?", place
        ).fetchone()
        if row is None:
            return None
        rows = self._db.execute(
            "SELECT type, count(*), min(id), max(id) FROM announcements"
            " WHERE category = ? AND day = ? GROUP BY type",
            place,
        )
        counts, ends = dict[str, int](), dict[str, list[ArxivId]]()
        for kind, count, *bases in rows:
            counts[kind], ends[kind] = count, [ArxivId(base) for base in bases]
        smallest, largest = ends.get(AnnounceType.NEW, (None, None))
        return replace(
            _coverage(category, day, row),
            new=counts.pop(AnnounceType.NEW, 0),
            cross=counts.pop(AnnounceType.CROSS, 0),
            replace=sum(counts.values()),
            min_id=smallest,
            max_id=largest,
        )

    def recent_counts(self, category: Category, before: date) -> list[int]:
        """Return how many papers a category announced as new on each weekday of four weeks that is whole.

        A small category has days without any, and those count too.
        """
        since = before - timedelta(weeks=4)
        rows = self._db.execute(
            "SELECT c.day, (SELECT count(*) FROM announcements a"
            " WHERE a.category = c.category AND a.day = c.day AND a.type = 'new')"
            " FROM coverage c WHERE c.category = ? AND c.day >= ? AND c.day < ?"
            " AND c.state IN (SELECT value FROM json_each(?))",
            (category, since.isoformat(), before.isoformat(), _WHOLE_STATES),
        )
        return [count for day, count in rows if not is_weekend(date.fromisoformat(day))]


def last_coverage(cache_dir: Path, categories: Collection[Category]) -> list[Coverage] | None:
    """Return each category's latest day and how completely it was read, without a poll, by category.

    A missing cache has none; for one that cannot be read it is None: the next poll makes it anew.
    """
    path = cache_dir / FILE_NAME
    if not path.exists():
        return []
    query = (
        "SELECT category, max(day), state, source, troubles, read_at FROM coverage"
        " WHERE category IN (SELECT value FROM json_each(?)) GROUP BY category ORDER BY category"
    )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query, (json.dumps(list(categories)),)).fetchall()
        return [_coverage(category, date.fromisoformat(day), row) for category, day, *row in rows]
    except (sqlite3.Error, ValueError, TypeError, LookupError):
        return None


def _coverage(category: Category, day: date, row: Sequence[str]) -> Coverage:
    state_name, source, troubles, read_at = row
    state, moment = CoverageState(state_name), datetime.fromisoformat(read_at)
    return Coverage(
        category,
        day,
        state,
        source=source,
        troubles=load_troubles(troubles),
        again=None if state.is_whole else next_slot(moment),
        lateness=moment - datetime.combine(day, time(), NEW_YORK),
    )


def _oldest_first(announcements: Iterable[Announcement]) -> list[Announcement]:
    return sorted(announcements, key=lambda announcement: (announcement.day, announcement.paper.id))


def _announcement(base: str, day: str, packed: bytes, submitted: str | None) -> Announcement:
    paper, announced = unpack(packed), date.fromisoformat(day)
    published = date.fromisoformat(submitted[:10]) if submitted else paper.published
    paper = replace(paper, id=ArxivId(base), published=published, announced=announced)
    return Announcement(paper, announced, {})
