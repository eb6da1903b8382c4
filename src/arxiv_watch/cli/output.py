"""The files that commands are given and write, and where errors are told."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from arxiv_watch.errors import ArxivUnavailableError, ArxivWatchError, UsageError
from arxiv_watch.files import check_kind, writing

if TYPE_CHECKING:
    from arxiv_watch.papers import Paper

log = logging.getLogger(__name__)


def complain(error: ArxivWatchError, environ: Mapping[str, str]) -> None:
    """Tell an error on stderr, in GitHub Actions as an annotation too."""
    for line in str(error).splitlines():
        sys.stderr.write(f"arxiv-watch: {line}\n")
    if environ.get("GITHUB_ACTIONS") == "true":
        from arxiv_watch.forge import actions  # only where something went wrong

        sys.stderr.write(actions.annotation("error", str(error), title="arxiv-watch") + "\n")


def tell_unavailable(message: str, advice: str, environ: Mapping[str, str]) -> int:
    """Tell what arXiv could not give; return the exit code for it."""
    complain(ArxivUnavailableError(message, advice), environ)
    return ArxivUnavailableError.exit_code


def check_output(path: Path | None) -> None:
    """Refuse a file that could not be written, before any work is done for it.

    Raises:
        UsageError: It is a folder or a device, its folder is missing, or may not be written.
    """
    if path is None:
        return
    try:
        check_kind(path)
        in_a_folder = path.parent.is_dir()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another file") from error
    if not in_a_folder:
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}", "create it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: permission denied", "choose another file")


def check_input(path: Path | None) -> None:
    """Refuse what cannot be read as a file or a pipe, before any work is done for it.

    Raises:
        UsageError: It is missing, or a folder, a socket or a device.
    """
    try:
        if path is not None:
            path.stat()
            check_kind(path)
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "choose another file") from error


def papers_in(paths: Iterable[Path]) -> Iterator[Paper]:
    """Read the papers of files of rows, one after the other; a bad row is told and left out."""
    from arxiv_watch.rows import read_papers  # `--help` starts without it

    for path in paths:
        yield from read_papers(path, log.warning)


def write_output(path: Path, text: str) -> None:
    """Write a result.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        with writing(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another file") from error
