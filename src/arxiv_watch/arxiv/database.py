"""The cache's file: one SQLite database, opened, made anew, or put aside."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from arxiv_watch.errors import UsageError
from arxiv_watch.papers import Paper
from arxiv_watch.rows import paper_from_row, paper_to_row

FILE_NAME = "arxiv.sqlite3"
"""The name of the cache's file in its folder."""

_VERSION = 5
_SCHEMA = """
CREATE TABLE identity (token TEXT NOT NULL);
CREATE TABLE papers (id TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE announcements (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, version INTEGER NOT NULL, category TEXT NOT NULL, type TEXT NOT NULL,
    day TEXT NOT NULL, source TEXT NOT NULL,
    UNIQUE (id, version, category, type)
);
CREATE INDEX announcements_by_day ON announcements (day, category);
CREATE TABLE coverage (
    category TEXT NOT NULL, day TEXT NOT NULL, state TEXT NOT NULL,
    source TEXT NOT NULL, troubles TEXT NOT NULL, digest TEXT NOT NULL, lacks INTEGER NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (category, day)
);
CREATE TABLE readers (
    name TEXT NOT NULL, category TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (name, category)
);
CREATE TABLE batches (day TEXT PRIMARY KEY, min_id TEXT, max_id TEXT, missing TEXT NOT NULL);
CREATE TABLE records (
    id TEXT PRIMARY KEY, submitted TEXT NOT NULL, replaced TEXT, categories TEXT NOT NULL, row BLOB NOT NULL
);
CREATE INDEX records_by_replacement ON records (replaced);
CREATE INDEX records_by_date ON records (submitted);
CREATE TABLE harvests (oai_set TEXT PRIMARY KEY, since TEXT NOT NULL, day TEXT NOT NULL);
CREATE TABLE metadata (id TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE absent (id TEXT PRIMARY KEY, times INTEGER NOT NULL, until TEXT NOT NULL);
CREATE TABLE validators (url TEXT PRIMARY KEY, etag TEXT NOT NULL, day TEXT NOT NULL);
"""
_BUSY_SECONDS = 60.0

_logger = logging.getLogger(__name__)


class Database:
    """A connection to the cache.

    Every document is written in one transaction, so whoever is killed leaves all of it or none.

    Args:
        path: The file; it is made where it is missing, and made anew where it cannot be read.

    Raises:
        UsageError: The file can neither be read nor made.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = _open(path)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"the cache {path} cannot be used ({error})",
                "set arxiv.cache_dir to a writable folder",
            ) from error

    @property
    def identity(self) -> str:
        """What distinguishes this file from one that replaced it after it was deleted."""
        return str(self.connection.execute("SELECT token FROM identity").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing of what happens inside."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def _open(path: Path) -> sqlite3.Connection:
    """Open the file; one that is damaged or of another version is removed, for nothing depends on it."""
    try:
        return _connect(path)
    except sqlite3.OperationalError:
        raise  # locked, or a folder that cannot be written: the file itself may be fine
    except sqlite3.DatabaseError as error:
        _logger.warning("the cache %s is replaced by a new one: %s", path, error)
        path.unlink()
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in {0, _VERSION}:
            raise sqlite3.DatabaseError(f"it is of version {version}, not {_VERSION}")
        if version == 0:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute("INSERT INTO identity VALUES (?)", (secrets.token_hex(8),))
            database.execute(f"PRAGMA user_version = {_VERSION}")
        database.execute("COMMIT")
    except sqlite3.Error:
        database.close()
        raise
    return database


def pack(paper: Paper) -> bytes:
    """Return a paper as a compressed row."""
    return zlib.compress(json.dumps(paper_to_row(paper), ensure_ascii=False).encode())


def unpack(packed: bytes) -> Paper:
    """Return the paper of a compressed row."""
    return paper_from_row(json.loads(zlib.decompress(packed)))
