"""What a poll of arXiv brings home."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from arxiv_watch.identifiers import ArxivId
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
        days: The day of each paper that was new or cross-listed in the window, handled or not.
        handled_since: The first day of announcements that are left out because they are handled, or None.
        window: The coverage of every category and day of the window, as far as anything is known of it.
        cursor: How far the announcements reach; `Arxiv.handled` uses it.
    """

    announcements: tuple[Announcement, ...]
    coverage: tuple[Coverage, ...]
    background: tuple[Paper, ...]
    background_trouble: Trouble | None = None
    days: tuple[tuple[ArxivId, date], ...] = ()
    handled_since: date | None = None
    window: tuple[Coverage, ...] = ()
    cursor: Cursor = field(default_factory=Cursor)
