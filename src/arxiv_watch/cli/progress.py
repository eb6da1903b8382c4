"""How long what is asked of arXiv takes; and progress bars, where stderr is a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING

from arxiv_watch.wording import plural

if TYPE_CHECKING:
    from rich.status import Status

Advance = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""


def time_words(requests: int, interval: float) -> str:
    """Say about how long so many requests take, which start so many seconds apart."""
    minutes, seconds = divmod(max(ceil(requests * interval), 1), 60)
    return f"about {minutes + 1} min" if minutes else f"about {seconds} s"


def look_up_words(papers: int, interval: float) -> str:
    """Say how many requests the metadata of so many papers takes, which start so many seconds apart."""
    from arxiv_watch.arxiv.sources.api import PAGE  # `--help` starts without it

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
