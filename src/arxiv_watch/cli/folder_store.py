"""A mapping kept in a folder: one file an entry, written whole or not at all."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from arxiv_watch.files import MEGABYTE, read_file, writing

log = logging.getLogger(__name__)

_MOST_BYTES = 10 * MEGABYTE  # an entry is the outcome of one month: some kilobytes


class FolderStore(MutableMapping[str, str]):
    """Text by name, below its digest; what is damaged is not there, so it is computed anew.

    Deleting the folder forgets everything and harms nothing.

    Args:
        folder: Where the files are; it is made when something is stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, key: str) -> str:
        try:
            digest, _, data = read_file(self._path(key), _MOST_BYTES).partition(b"\n")
        except OSError:
            raise KeyError(key) from None
        if digest != _digest(data):
            raise KeyError(key)
        return data.decode()

    def __setitem__(self, key: str, value: str) -> None:
        path, data = self._path(key), value.encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with writing(path) as file:
                file.write(_digest(data) + b"\n" + data)
        except OSError as error:
            log.warning("%s cannot be kept, so it will be computed again: %s", path, error.strerror)

    def __delitem__(self, key: str) -> None:
        try:
            self._path(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted(self._folder.glob("*.json")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).hexdigest().encode()
