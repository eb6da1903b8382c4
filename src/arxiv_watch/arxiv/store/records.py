"""The answers of OAI-PMH and the search API: batches, records, metadata, and unknown papers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.sources.oai import OaiRecord
from arxiv_watch.arxiv.store.database import Database, decoding, pack, unpack
from arxiv_watch.arxiv.timetable import scheduled_day
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Category, Paper

HELD = timedelta(days=60)  # moderation has held papers for a month; an older paper is not announced any more

HIDDEN_VERSION = 6  # arXiv's feeds leave out replacements from this version on
_LONGEST_REST = 6  # doublings of a day for which an unknown identifier is not asked for again: a month


Categorised = tuple[ArxivId, tuple[Category, ...]]
"""A paper with its categories."""


class RecordStore:
    """Batches, records and metadata."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.connection

    def put_batches(self, batches: Iterable[Batch]) -> None:
        """Write batches in the place of those of their days."""
        with self._database.transaction():
            for batch in batches:
                self._db.execute(
                    "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)",
                    (
                        batch.day.isoformat(),
                        batch.min_id and batch.min_id.base,
                        batch.max_id and batch.max_id.base,
                        json.dumps([identifier.base for identifier in batch.missing]),
                    ),
                )

    @decoding
    def batches(self, since: date, until: date) -> dict[date, Batch]:
        """Return the batches from one day to another, by day."""
        rows = self._db.execute(
            "SELECT day, min_id, max_id, missing FROM batches WHERE day >= ? AND day <= ? ORDER BY day",
            (since.isoformat(), until.isoformat()),
        )
        return {
            date.fromisoformat(day): Batch(
                date.fromisoformat(day),
                ArxivId.parse(smallest) if smallest else None,
                ArxivId.parse(largest) if largest else None,
                tuple(ArxivId.parse(base) for base in json.loads(missing)),
            )
            for day, smallest, largest, missing in rows
        }

    def put_records(self, oai_set: str, since: date, day: date, records: Iterable[OaiRecord]) -> None:
        """Write a whole harvest: the records of a set changed since a day, as of a listing day."""
        with self._database.transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        record.paper.id.base,
                        record.submitted.isoformat(),
                        _replaced_on(record),
                        " ".join(record.paper.categories),
                        pack(record.paper),
                    )
                    for record in records
                ),
            )
            self._db.execute(
                "INSERT INTO harvests VALUES (?, ?, ?) ON CONFLICT (oai_set)"
                " DO UPDATE SET since = min(since, excluded.since), day = max(day, excluded.day)",
                (oai_set, since.isoformat(), day.isoformat()),
            )

    @decoding
    def harvest(self, oai_set: str) -> tuple[date, date] | None:
        """Return the first UTC day and the listing day that the harvests of a set cover, or None."""
        row = self._db.execute("SELECT since, day FROM harvests WHERE oai_set = ?", (oai_set,)).fetchone()
        return (date.fromisoformat(row[0]), date.fromisoformat(row[1])) if row else None

    def listed(self, batch: Batch) -> list[Categorised]:
        """Return the harvested papers of a batch."""
        if batch.min_id is None or batch.max_id is None:
            return []
        return self._categorised(
            "SELECT id, categories FROM records WHERE id >= ? AND id <= ?",
            batch.min_id.base,
            batch.max_id.base,
        )

    def replaced(self, day: date) -> list[Categorised]:
        """Return the harvested papers whose latest version the schedule announces on a day."""
        return self._categorised("SELECT id, categories FROM records WHERE replaced = ?", day.isoformat())

    @decoding
    def _categorised(self, query: str, *values: str) -> list[Categorised]:
        rows = self._db.execute(query, values)
        return [(ArxivId(base), tuple(categories.split())) for base, categories in rows]

    @decoding
    def record(self, identifier: ArxivId) -> Paper | None:
        """Return a harvested paper, or None."""
        row = self._db.execute("SELECT row FROM records WHERE id = ?", (identifier.base,)).fetchone()
        return unpack(row[0]) if row else None

    @decoding
    def submitted(self, since: date, until: date) -> list[tuple[ArxivId, datetime, tuple[Category, ...]]]:
        """Return the harvested papers submitted from one UTC day to before another, latest first."""
        rows = self._db.execute(
            "SELECT id, submitted, categories FROM records WHERE submitted >= ? AND submitted < ?"
            " ORDER BY submitted DESC, id",
            (since.isoformat(), until.isoformat()),
        )
        return [
            (ArxivId(base), datetime.fromisoformat(moment), tuple(categories.split()))
            for base, moment, categories in rows
        ]

    def forget(self, before: date) -> None:
        """Drop what no poll will ask for again."""
        text = before.isoformat()
        with self._database.transaction():
            self._db.execute("DELETE FROM records WHERE submitted < ?", (text,))
            self._db.execute("UPDATE harvests SET since = max(since, ?)", ((before + HELD).isoformat(),))
            self._db.execute("DELETE FROM batches WHERE day < ?", (text,))

    @decoding
    def metadata(self, ids: Iterable[ArxivId]) -> dict[ArxivId, Paper]:
        """Return the papers whose metadata the search API has given."""
        found = {}
        for identifier in ids:
            row = self._db.execute("SELECT row FROM metadata WHERE id = ?", (identifier.base,)).fetchone()
            if row:
                found[identifier] = unpack(row[0])
        return found

    def put_metadata(self, papers: Mapping[ArxivId, Paper]) -> None:
        """Write metadata; the papers are not absent any more."""
        with self._database.transaction():
            for identifier, paper in papers.items():
                self._db.execute(
                    "INSERT OR REPLACE INTO metadata VALUES (?, ?)", (identifier.base, pack(paper))
                )
                self._db.execute("DELETE FROM absent WHERE id = ?", (identifier.base,))

    @decoding
    def absent(self, now: datetime) -> set[ArxivId]:
        """Return the papers that arXiv did not know and is not to be asked for again yet."""
        rows = self._db.execute("SELECT id FROM absent WHERE until > ?", (now.astimezone(UTC).isoformat(),))
        return {ArxivId(base) for (base,) in rows}

    @decoding
    def put_absent(self, ids: Iterable[ArxivId], now: datetime) -> None:
        """Remember that arXiv does not know these; each time doubles the days until the next try."""
        with self._database.transaction():
            for identifier in ids:
                row = self._db.execute("SELECT times FROM absent WHERE id = ?", (identifier.base,)).fetchone()
                times = min((row[0] if row else 0) + 1, _LONGEST_REST)
                until = now.astimezone(UTC) + timedelta(days=2 ** (times - 1))
                self._db.execute(
                    "INSERT OR REPLACE INTO absent VALUES (?, ?, ?)",
                    (identifier.base, times, until.isoformat()),
                )


def _replaced_on(record: OaiRecord) -> str | None:
    """Return the day on which the latest version is announced, if it is one that feeds show."""
    version = record.paper.id.version or 1
    if not 1 < version < HIDDEN_VERSION:
        return None
    return scheduled_day(record.updated).isoformat()
