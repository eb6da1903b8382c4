"""The cache: one file that may be deleted at any time, opened at its first use and renewed where damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from arxiv_watch.arxiv.damage import put_aside, unusable
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.arxiv.store.database import Database, is_damage
from arxiv_watch.arxiv.store.records import RecordStore

_Result = TypeVar("_Result")


class Cache:
    """The file of what is remembered from run to run; a new one may take its place once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: Database | None = None
        self._is_renewed = False

    @property
    def database(self) -> Database:
        """The file, opened."""
        if self._database is None:
            self._database = Database(self._path)
        return self._database

    @property
    def announcements(self) -> AnnouncementStore:
        """The store of what feeds and pages have shown."""
        return AnnouncementStore(self.database)

    @property
    def records(self) -> RecordStore:
        """The store of what OAI-PMH and the search API have supplied."""
        return RecordStore(self.database)

    def attempt(self, work: Callable[[], _Result]) -> _Result:
        """Do some work with the cache, and again with a new one where its file turns out damaged or gone."""
        while True:
            try:
                return work()
            except sqlite3.Error as error:
                self.renew(error)

    def renew(self, error: sqlite3.Error) -> None:
        """Put the file aside, unless the error has another cause or the file was renewed already."""
        self.close()
        if self._is_renewed or not is_damage(error):
            raise unusable(self._path, error) from error
        self._is_renewed = True
        try:
            put_aside(self._path, error)
        except OSError as refusal:
            raise unusable(self._path, refusal) from refusal

    def close(self) -> None:
        """Close the file, which is opened again when it is used again."""
        if self._database is not None:
            self._database.close()
            self._database = None
