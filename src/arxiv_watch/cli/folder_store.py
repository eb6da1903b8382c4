"""A mapping kept in a folder: one file an entry, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path


class FolderStore(MutableMapping[str, str]):
    """Text by name; deleting the folder forgets everything and harms nothing.

    Args:
        folder: Where the files are; it is made when something is stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, key: str) -> str:
        try:
            return self._path(key).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: str) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(value, encoding="utf-8")
        partial.replace(path)

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
