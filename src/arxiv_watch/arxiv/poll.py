"""What a poll of arXiv brings home."""

from __future__ import annotations

from dataclasses import dataclass

from arxiv_watch.papers import Announcement, Coverage, Paper


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll.

    Attributes:
        announcements: What was announced on days that are not processed yet, oldest first.
        coverage: For each category today, and each earlier day that was worked on or is still open.
        background: Papers of these categories announced one to three weeks ago, newest first: the
            unlisted examples of the classifier. None of them is among the announcements.
        cursor: How far the announcements reach; `Arxiv.handled` uses it.
    """

    announcements: tuple[Announcement, ...]
    coverage: tuple[Coverage, ...]
    background: tuple[Paper, ...]
    cursor: str = ""
