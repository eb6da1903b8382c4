"""The files that commands write their results into."""

from __future__ import annotations

import os
from pathlib import Path

from arxiv_watch.errors import UsageError


def check_output(path: Path | None) -> None:
    """Refuse a file that could not be written, before any work is done for it.

    Raises:
        UsageError: It is a folder, its folder is missing, or may not be written.
    """
    if path is None:
        return
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}", "create it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: permission denied", "choose another file")


def write_output(path: Path, text: str) -> None:
    """Write a result.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another file") from error
