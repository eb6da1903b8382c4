"""What a poll of arXiv brings home."""

from __future__ import annotations

from dataclasses import dataclass, field

from arxiv_watch.papers import Announcement, Category, Coverage, Paper
from arxiv_watch.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the announcements of some categories reach.

    Attributes:
        identity: The cache they are in.
        seq: The number of the latest one.
        categories: The categories and searches it holds for.
    """

    identity: str = ""
    seq: int = 0
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll.

    Attributes:
        announcements: What was announced on days that are not processed yet, oldest first.
        coverage: For each category today, and each earlier day that was worked on or is still open.
        background: Papers of these categories announced one to three weeks ago, newest first: the
            unlisted examples of the classifier. None of them is among the announcements.
        background_trouble: Why the background is missing or not the whole one, or None.
        handled: What was announced in the window and is left out because the reader has handled it.
        window: The coverage of every category and day of the window, as far as anything is known of it.
        cursor: How far the announcements reach; `Arxiv.handled` uses it.
    """

    announcements: tuple[Announcement, ...]
    coverage: tuple[Coverage, ...]
    background: tuple[Paper, ...]
    background_trouble: Trouble | None = None
    handled: tuple[Announcement, ...] = ()
    window: tuple[Coverage, ...] = ()
    cursor: Cursor = field(default_factory=Cursor)
