"""The result of a poll of arXiv."""

from __future__ import annotations

from dataclasses import dataclass, field

from arxiv_watch.papers import Announcement, Category, Coverage, Paper
from arxiv_watch.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Cursor:
    """The latest announcement of some categories and searches, by its number in the cache of an identity."""

    identity: str = ""
    seq: int = 0
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll.

    Attributes:
        announcements: Of days that are not processed yet, oldest first.
        coverage: Of today, and of each earlier day that was worked on or is still open.
        background: Papers announced one to three weeks ago, newest first: the unlisted examples of the
            classifier. None of them is among the announcements.
        background_trouble: Why the background is missing or incomplete, or None.
        handled: Announcements of the window that are left out because the reader has handled them.
        window: The coverage of every day of the window, as far as anything is known of it.
    """

    announcements: tuple[Announcement, ...]
    coverage: tuple[Coverage, ...]
    background: tuple[Paper, ...]
    background_trouble: Trouble | None = None
    handled: tuple[Announcement, ...] = ()
    window: tuple[Coverage, ...] = ()
    cursor: Cursor = field(default_factory=Cursor)
