"""Damaged files of the cache are put aside: they can be made anew."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path

from arxiv_watch.errors import UsageError

_logger = logging.getLogger(__name__)


def unusable(path: Path, error: Exception) -> UsageError:
    """Return the error for a cache that can neither be read nor made."""
    return UsageError(
        f"the cache {path} cannot be used ({error})", "set arxiv.cache_dir to a writable folder"
    )


def put_aside(path: Path, reason: object) -> None:
    """Rename a damaged file, with one line to say so; there may be one such file, the latest."""
    _logger.warning("the cache's %s is replaced by a new one: %s", path.name, reason)
    aside = path.with_name(f"{path.name}.damaged")
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    else:
        aside.unlink(missing_ok=True)  # a folder cannot replace a file
    with contextlib.suppress(FileNotFoundError):
        path.replace(aside)
    for suffix in ("-journal", "-wal", "-shm"):  # they belong to the old file and would spoil the new one
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def make_room(path: Path) -> None:
    """Put aside whatever is in a file's place and is no file: a folder, a FIFO, a link to nowhere."""
    if os.path.lexists(path) and not path.is_file():
        put_aside(path, "it is not a regular file")
