"""The cache's file: one SQLite database, opened, made anew, or put aside."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

from arxiv_watch.arxiv.damage import make_room, put_aside, unusable
from arxiv_watch.papers import Paper
from arxiv_watch.rows import paper_from_row, paper_to_row

FILE_NAME = "arxiv.sqlite3"
"""The name of the cache's file in its folder."""

_VERSION = 7
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
    source TEXT NOT NULL, troubles TEXT NOT NULL, read_at TEXT NOT NULL,
    PRIMARY KEY (category, day)
);
CREATE TABLE readers (
    name TEXT NOT NULL, category TEXT NOT NULL, seq INTEGER NOT NULL CHECK (typeof(seq) = 'integer'),
    PRIMARY KEY (name, category)
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
"""
_STATEMENTS = tuple(statement.strip() for statement in _SCHEMA.split(";") if statement.strip())
_BUSY_SECONDS = 60.0


class DamagedRowError(sqlite3.DatabaseError):
    """A row of the cache is not what was written there."""


# Errors that a new file in its place would meet too.
# https://www.sqlite.org/rescode.html
_OBSTACLES = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


class Database:
    """A connection to the cache.

    Every document is written in one transaction, so a process that is killed leaves all of it or none. A file
    that is damaged, of another version or no database at all is put aside. A process that ends well leaves a
    checksum of the whole file beside it; without one SQLite's own check has to do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = _open(path)
        except (OSError, sqlite3.Error) as error:
            raise unusable(path, error) from error

    @property
    def identity(self) -> str:
        """A random name, to distinguish this file from one that replaced it after it was deleted."""
        row = self.connection.execute("SELECT token FROM identity").fetchone()
        if row is None:
            raise DamagedRowError("it has no identity")
        return str(row[0])

    def close(self) -> None:
        """Close the file and leave its checksum; without one, if another process is writing to it."""
        with contextlib.suppress(sqlite3.Error, OSError):
            self.connection.execute("PRAGMA busy_timeout = 0")
            self.connection.execute("BEGIN IMMEDIATE")
            _checksum_of(self._path).write_text(_fingerprint(self.connection), encoding="ascii")
        self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            with contextlib.suppress(sqlite3.OperationalError):  # a full disk has already ended it
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether a new file would help against an error."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    moved = code == sqlite3.SQLITE_READONLY_DBMOVED  # somebody deleted the open file
    return moved or code & 0xFF not in _OBSTACLES  # the low byte is the kind, the rest says more of it


def _open(path: Path) -> sqlite3.Connection:
    make_room(path)
    make_room(_checksum_of(path))
    try:
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        put_aside(path, error)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        if database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
            for statement in _STATEMENTS:
                database.execute(statement)
            database.execute("INSERT INTO identity VALUES (?)", (secrets.token_hex(8),))
            database.execute(f"PRAGMA user_version = {_VERSION}")
        else:
            _check(database, _checksum_of(path))
        database.execute("COMMIT")
        _checksum_of(path).unlink(missing_ok=True)  # it will not hold once something is written
    except UnicodeDecodeError as error:  # SQLite complains of a damaged schema in the schema's own words
        database.close()
        raise sqlite3.DatabaseError("its schema is not text") from error
    except (sqlite3.Error, OSError):
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection, checksum: Path) -> None:
    """Raise DatabaseError unless the file is ours and whole."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version != _VERSION:
        raise sqlite3.DatabaseError(f"it is of version {version}, not {_VERSION}")
    schema = database.execute("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'").fetchall()
    if {statement for (statement,) in schema} != set(_STATEMENTS):
        raise sqlite3.DatabaseError("its tables are not ours")
    now = _fingerprint(database)
    left = checksum.read_text(encoding="ascii", errors="replace") if checksum.is_file() else ""
    if left == now:
        return
    if left.partition(" ")[0] == now.partition(" ")[0]:
        raise sqlite3.DatabaseError("it is not what was written")
    [finding, *_] = database.execute("PRAGMA integrity_check(1)").fetchone()
    if finding != "ok":
        raise sqlite3.DatabaseError(str(finding).splitlines()[-1])


def _checksum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.checksum")


def _fingerprint(database: sqlite3.Connection) -> str:
    """Return how often the file was changed, and a digest of all its bytes.

    A process that is killed leaves an older checksum, so the count says whether it is of this state:
    https://www.sqlite.org/fileformat2.html#file_change_counter
    """
    content = database.serialize()
    return f"{int.from_bytes(content[24:28])} {hashlib.blake2b(content, digest_size=16).hexdigest()}"


Given = ParamSpec("Given")
Result = TypeVar("Result")


def decoding(read: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorate a function that reads rows: one that does not decode is damage of the file."""

    @functools.wraps(read)
    def reading(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return read(*args, **kwargs)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, zlib.error) as error:
            raise DamagedRowError(f"a row of {read.__name__} does not decode: {error}") from error

    return reading


def pack(paper: Paper) -> bytes:
    """Return a paper as a compressed row."""
    return zlib.compress(json.dumps(paper_to_row(paper), ensure_ascii=False).encode())


def unpack(packed: bytes) -> Paper:
    """Return the paper of a compressed row."""
    return paper_from_row(json.loads(zlib.decompress(packed)))
