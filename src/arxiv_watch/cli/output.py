"""Commands and their user: the files that are given and written, errors, and progress on a terminal."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from arxiv_watch.arxiv import PAGE
from arxiv_watch.errors import ArxivUnavailableError, ArxivWatchError, UsageError
from arxiv_watch.files import check_kind, writing
from arxiv_watch.forge import actions
from arxiv_watch.papers import Paper
from arxiv_watch.rows import read_papers
from arxiv_watch.wording import plural

if TYPE_CHECKING:
    from rich.status import Status


log = logging.getLogger(__name__)


def complain(error: ArxivWatchError, environ: Mapping[str, str]) -> None:
    """Write an error to stderr, in GitHub Actions as an annotation too."""
    for line in str(error).splitlines():
        sys.stderr.write(f"arxiv-watch: {line}\n")
    if environ.get("GITHUB_ACTIONS") == "true":
        sys.stderr.write(actions.annotation("error", str(error), title="arxiv-watch") + "\n")


def tell_unavailable(message: str, advice: str, environ: Mapping[str, str]) -> int:
    """Complain of what arXiv could not give; return the exit code for it."""
    complain(ArxivUnavailableError(message, advice), environ)
    return ArxivUnavailableError.exit_code


def check_output(path: Path | None) -> None:
    """Refuse a file that could not be written, before any work is done for it."""
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
    """Refuse what cannot be read as a file or a pipe, before any work is done for it."""
    try:
        if path is not None:
            path.stat()
            check_kind(path)
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "choose another file") from error


def papers_in(paths: Iterable[Path]) -> Iterator[Paper]:
    """Read the papers of files of rows, one after the other; a bad row is logged and left out."""
    for path in paths:
        yield from read_papers(path, log.warning)


def write_output(path: Path, text: str) -> None:
    """Write a result to a file."""
    try:
        with writing(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another file") from error


Advance = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""


def time_words(requests: int, interval: float) -> str:
    """Say about how long so many requests take, which start so many seconds apart."""
    minutes, seconds = divmod(max(ceil(requests * interval), 1), 60)
    return f"about {minutes + 1} min" if minutes else f"about {seconds} s"


def look_up_words(papers: int, interval: float) -> str:
    """Say how many requests the metadata of so many papers takes, which start so many seconds apart."""
    requests = ceil(papers / PAGE)
    return f"at most {plural(requests, 'request')} to arXiv, {time_words(requests, interval)}"


@contextmanager
def show_steps() -> Iterator[None]:
    """Show the latest step, as the modules log it, until the block ends."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # only on a terminal

    logger = logging.getLogger("arxiv_watch")
    with Console(stderr=True).status("starting") as status:
        handler = _StatusHandler(status)
        logger.addHandler(handler)
        level = logger.level
        logger.setLevel(min(level, logging.INFO))
        # What would have been logged anyway still is; the rest is shown and forgotten.
        keep = [(other, other.level) for other in logging.getLogger().handlers]
        for other, own in keep:
            other.setLevel(max(own, level))
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
            for other, own in keep:
                other.setLevel(own)


@contextmanager
def show_progress() -> Iterator[Advance]:
    """Show a bar until the block ends; call what is yielded to move it."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    from rich.console import Console  # only on a terminal
    from rich.progress import Progress  # only on a terminal

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda what, done, of: progress.update(task, description=what, completed=done, total=of)


class _StatusHandler(logging.Handler):
    def __init__(self, status: Status) -> None:
        super().__init__(logging.INFO)
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        from rich.text import Text  # only on a terminal

        step = Text(record.getMessage())
        step.truncate(self._status.console.width - 2, overflow="ellipsis")  # two for the spinner
        self._status.update(step)
