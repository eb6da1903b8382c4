"""The cache: one SQLite file that saves requests and may be deleted at any moment.

Every document is written in one transaction, so whoever is killed leaves either all of it or none.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arxiv_watch.arxiv.feeds import Item
from arxiv_watch.arxiv.oai import Record
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, AnnounceType, Category, Coverage, CoverageState, Paper
from arxiv_watch.rows import paper_from_row, paper_to_row

_VERSION = 1
QUERY = "query:"
"""Announcements that an extra search found are kept under this and the search, in place of a category."""

_SCHEMA = """
CREATE TABLE papers (id TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE announcements (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, version INTEGER NOT NULL, category TEXT NOT NULL, type TEXT NOT NULL,
    day TEXT NOT NULL, source TEXT NOT NULL,
    UNIQUE (id, version, category, type)
);
CREATE INDEX announcements_by_day ON announcements (day, category);
CREATE TABLE coverage (
    category TEXT NOT NULL, day TEXT NOT NULL,
    state TEXT NOT NULL, source TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (category, day)
);
CREATE TABLE batches (day TEXT PRIMARY KEY, min_id TEXT, max_id TEXT, missing TEXT NOT NULL);
CREATE TABLE records (id TEXT PRIMARY KEY, submitted TEXT NOT NULL, row BLOB NOT NULL);
CREATE TABLE harvests (oai_set TEXT PRIMARY KEY, since TEXT NOT NULL, day TEXT NOT NULL);
CREATE TABLE metadata (id TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE absent (id TEXT PRIMARY KEY, times INTEGER NOT NULL, until TEXT NOT NULL);
CREATE TABLE readers (name TEXT PRIMARY KEY, seq INTEGER NOT NULL);
"""
_BUSY_SECONDS = 60.0

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """The new papers of one announcement, over all of arXiv.

    Attributes:
        day: The listing's date.
        min_id: Smallest identifier, or None if nothing was announced.
        max_id: Largest identifier, or None.
        missing: Identifiers between the two that no source has shown yet.
    """

    day: date
    min_id: ArxivId | None = None
    max_id: ArxivId | None = None
    missing: tuple[ArxivId, ...] = ()

    def __contains__(self, identifier: ArxivId) -> bool:
        return (
            self.min_id is not None and self.max_id is not None and self.min_id <= identifier <= self.max_id
        )


class Store:
    """Reads and writes the cache.

    Args:
        path: The file; it is made where it is missing, and made anew where it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = _open(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing of what happens inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @property
    def is_empty(self) -> bool:
        """Whether no category of any day was ever read."""
        return self._db.execute("SELECT 1 FROM coverage LIMIT 1").fetchone() is None

    # Announcements

    def record(self, items: Iterable[Item], category: Category, day: date, source: str) -> int:
        """Write announcements that are not known yet; return how many were new."""
        before = self._db.total_changes
        for item in items:
            paper = item.paper
            self._db.execute(
                "INSERT INTO papers VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET row = excluded.row"
                " WHERE length(excluded.row) > length(row)",
                (paper.id.base, _pack(paper)),
            )
        before = self._db.total_changes
        for item in items:
            version = (item.paper.id.version or 0) if _is_replacement(item.type) else 0
            self._db.execute(
                "INSERT OR IGNORE INTO announcements (id, version, category, type, day, source)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (item.paper.id.base, version, category, item.type.value, day.isoformat(), source),
            )
        return self._db.total_changes - before

    def known(self, category: Category, *, before: date) -> set[tuple[ArxivId, AnnounceType]]:
        """Return what a category has announced on earlier days."""
        rows = self._db.execute(
            "SELECT id, type FROM announcements WHERE category = ? AND day < ?",
            (category, before.isoformat()),
        )
        return {(ArxivId(base), AnnounceType(announce_type)) for base, announce_type in rows}

    def announcements(
        self, categories: Collection[Category], since: date, after: int = 0
    ) -> list[Announcement]:
        """Return the announcements from `since` on, merged by paper and day, oldest first."""
        marks = ",".join("?" * len(categories))
        rows = self._db.execute(
            "SELECT a.id, a.version, a.category, a.type, a.day, p.row, r.submitted"  # noqa: S608 - marks are question marks
            " FROM announcements a JOIN papers p ON p.id = a.id LEFT JOIN records r ON r.id = a.id"
            f" WHERE a.day >= ? AND a.seq > ? AND a.category IN ({marks}) ORDER BY a.seq",
            (since.isoformat(), after, *categories),
        )
        merged: dict[tuple[str, str], Announcement] = {}
        for base, version, category, announce_type, day, packed, submitted in rows:
            known = merged.get((base, day))
            paper = _unpack(packed)
            if category.startswith(QUERY):
                category = paper.categories[0]  # noqa: PLW2901 - the search stands for it
            types = {**(known.types if known else {}), category: AnnounceType(announce_type)}
            if known:
                merged[base, day] = replace(known, types=types)
            else:
                identifier = ArxivId(base, version or paper.id.version)
                published = date.fromisoformat(submitted[:10]) if submitted else paper.published
                announced = date.fromisoformat(day)
                paper = replace(paper, id=identifier, published=published, announced=announced)
                merged[base, day] = Announcement(paper, announced, types)
        return sorted(merged.values(), key=lambda announcement: (announcement.day, announcement.paper.id))

    def last_seq(self) -> int:
        """Return the number of the latest announcement."""
        row = self._db.execute("SELECT max(seq) FROM announcements").fetchone()
        return int(row[0] or 0)

    def read_until(self, reader: str) -> int:
        """Return the number of the latest announcement that a reader has dealt with."""
        row = self._db.execute("SELECT seq FROM readers WHERE name = ?", (reader,)).fetchone()
        return int(row[0]) if row else 0

    def mark_read(self, reader: str, seq: int) -> None:
        """Remember that a reader has dealt with everything up to this number."""
        with self.transaction():
            self._db.execute(
                "INSERT INTO readers VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)",
                (reader, seq),
            )

    # Coverage

    def cover(self, category: Category, day: date, state: CoverageState, source: str, detail: str) -> None:
        """Write what is known of a category's day."""
        self._db.execute(
            "INSERT OR REPLACE INTO coverage VALUES (?, ?, ?, ?, ?)",
            (category, day.isoformat(), state.value, source, detail),
        )

    def coverage(self, category: Category, day: date) -> Coverage | None:
        """Return what is known of a category's day, with the counts of what is recorded, or None."""
        row = self._db.execute(
            "SELECT state, source, detail FROM coverage WHERE category = ? AND day = ?",
            (category, day.isoformat()),
        ).fetchone()
        if row is None:
            return None
        counts = self._counts(category, day)
        smallest, largest = self._extremes(category, day)
        replaced = counts.get("replace", 0) + counts.get("replace-cross", 0)
        return Coverage(
            category,
            day,
            CoverageState(row[0]),
            counts.get("new", 0),
            counts.get("cross", 0),
            replaced,
            smallest,
            largest,
            row[1],
            row[2],
        )

    def _counts(self, category: Category, day: date) -> dict[str, int]:
        return dict(
            self._db.execute(
                "SELECT type, count(*) FROM announcements WHERE category = ? AND day = ? GROUP BY type",
                (category, day.isoformat()),
            )
        )

    def _extremes(self, category: Category, day: date) -> tuple[ArxivId | None, ArxivId | None]:
        rows = self._db.execute(
            "SELECT id FROM announcements WHERE category = ? AND day = ? AND type = 'new'",
            (category, day.isoformat()),
        )
        ids = [ArxivId(base) for (base,) in rows]
        return min(ids, default=None), max(ids, default=None)

    # Batches

    def put_batch(self, batch: Batch) -> None:
        """Write what is known of a day's batch."""
        self._db.execute(
            "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)",
            (
                batch.day.isoformat(),
                batch.min_id and batch.min_id.base,
                batch.max_id and batch.max_id.base,
                json.dumps([identifier.base for identifier in batch.missing]),
            ),
        )

    def batches(self, since: date) -> dict[date, Batch]:
        """Return the batches from a day on."""
        rows = self._db.execute(
            "SELECT day, min_id, max_id, missing FROM batches WHERE day >= ?", (since.isoformat(),)
        )
        return {
            date.fromisoformat(day): Batch(
                date.fromisoformat(day),
                ArxivId(smallest) if smallest else None,
                ArxivId(largest) if largest else None,
                tuple(ArxivId(base) for base in json.loads(missing)),
            )
            for day, smallest, largest, missing in rows
        }

    # OAI-PMH records

    def put_records(self, oai_set: str, since: date, day: date, records: Iterable[Record]) -> None:
        """Write a whole harvest: the records of a set changed since a day, as of a listing day."""
        self._db.executemany(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            (
                (
                    record.paper.id.base,
                    record.submitted.isoformat(),
                    _pack(record.paper),
                )
                for record in records
            ),
        )
        self._db.execute(
            "INSERT INTO harvests VALUES (?, ?, ?) ON CONFLICT (oai_set)"
            " DO UPDATE SET since = min(since, excluded.since), day = max(day, excluded.day)",
            (oai_set, since.isoformat(), day.isoformat()),
        )

    def harvest(self, oai_set: str) -> tuple[date, date] | None:
        """Return the first UTC day and the listing day that the harvests of a set cover, or None."""
        row = self._db.execute("SELECT since, day FROM harvests WHERE oai_set = ?", (oai_set,)).fetchone()
        return (date.fromisoformat(row[0]), date.fromisoformat(row[1])) if row else None

    def records(self, submitted: date, until: date) -> Iterator[tuple[datetime, Paper]]:
        """Yield the papers submitted from one UTC day to before another, latest first."""
        rows = self._db.execute(
            "SELECT submitted, row FROM records WHERE submitted >= ? AND submitted < ?"
            " ORDER BY submitted DESC, id",
            (submitted.isoformat(), until.isoformat()),
        )
        for moment, packed in rows:
            yield datetime.fromisoformat(moment), _unpack(packed)

    def forget(self, before: date) -> None:
        """Drop what no poll will ask for again."""
        text = before.isoformat()
        with self.transaction():
            self._db.execute("DELETE FROM records WHERE submitted < ?", (text,))
            self._db.execute("DELETE FROM batches WHERE day < ?", (text,))

    # Metadata by identifier

    def metadata(self, ids: Iterable[ArxivId]) -> dict[ArxivId, Paper]:
        """Return the papers whose metadata the search API has given."""
        found = {}
        for identifier in ids:
            row = self._db.execute("SELECT row FROM metadata WHERE id = ?", (identifier.base,)).fetchone()
            if row:
                found[identifier] = _unpack(row[0])
        return found

    def put_metadata(self, papers: Mapping[ArxivId, Paper]) -> None:
        """Write metadata; the papers are not absent any more."""
        with self.transaction():
            for identifier, paper in papers.items():
                self._db.execute(
                    "INSERT OR REPLACE INTO metadata VALUES (?, ?)", (identifier.base, _pack(paper))
                )
                self._db.execute("DELETE FROM absent WHERE id = ?", (identifier.base,))

    def absent(self, ids: Iterable[ArxivId], now: datetime) -> set[ArxivId]:
        """Return those that arXiv did not know when last asked and that are not to be asked for again yet."""
        rows = self._db.execute("SELECT id FROM absent WHERE until > ?", (now.astimezone(UTC).isoformat(),))
        resting = {base for (base,) in rows}
        return {identifier for identifier in ids if identifier.base in resting}

    def put_absent(self, ids: Iterable[ArxivId], now: datetime) -> None:
        """Remember that arXiv does not know these; each time doubles the days until the next try."""
        with self.transaction():
            for identifier in ids:
                row = self._db.execute("SELECT times FROM absent WHERE id = ?", (identifier.base,)).fetchone()
                times = min((row[0] if row else 0) + 1, 5)
                until = now.astimezone(UTC) + timedelta(days=2 ** (times - 1))
                self._db.execute(
                    "INSERT OR REPLACE INTO absent VALUES (?, ?, ?)",
                    (identifier.base, times, until.isoformat()),
                )


def _open(path: Path) -> sqlite3.Connection:
    """Open the file; one that is damaged or of another version is put aside, for nothing depends on it."""
    for _ in range(2):
        database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {_VERSION}")
            database.execute("COMMIT")
            if version in {0, _VERSION}:
                return database
            _logger.info("the cache %s is of version %d: started anew", path, version)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            _logger.warning("the cache %s cannot be read (%s): started anew", path, error)
        database.close()
        path.unlink(missing_ok=True)
    raise AssertionError("a new file is always readable")


def _is_replacement(announce_type: AnnounceType) -> bool:
    return announce_type in {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}


def _pack(paper: Paper) -> bytes:
    return zlib.compress(json.dumps(paper_to_row(paper), ensure_ascii=False).encode())


def _unpack(packed: bytes) -> Paper:
    return paper_from_row(json.loads(zlib.decompress(packed)))
