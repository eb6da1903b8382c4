"""The ways in which arXiv does not answer, distinguished by what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.troubles import Trouble, TroubleKind


class NotNowError(ArxivUnavailableError):
    """A host will not answer now; asking again at once would only be rude.

    Args:
        trouble: Which host, why, and until when.
        advice: The one thing to do about it.
    """

    def __init__(self, trouble: Trouble, advice: str = "") -> None:
        super().__init__(trouble.words, advice)
        self.trouble = trouble


class RejectedError(ArxivUnavailableError):
    """A host says that the request itself is wrong; repeating it is of no use."""


class MalformedError(RejectedError):
    """A host does not understand the request: a query or an identifier of ours is malformed."""


class BadDocumentError(ArxivUnavailableError):
    """An answer arrived that is not the whole, well-formed document that was asked for."""


class RefusalError(Exception):
    """One request was refused: load shedding, a time-out or an answer without content.

    Attributes:
        reason: What happened, for people.
        retry_after: Seconds the host asked to wait, or None if it did not say.
        stop: Whether the host has blocked us and must not be asked again today.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, stop: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.stop = stop


def trouble_of(error: ArxivUnavailableError, source: str) -> Trouble:
    """Return what an error means for the source that was read."""
    if isinstance(error, NotNowError):
        return replace(error.trouble, source=source)
    kind = TroubleKind.REJECTED if isinstance(error, RejectedError) else TroubleKind.UNREADABLE
    return Trouble(kind, source, error.message.removeprefix(f"{source}: "))


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header in either of its forms, seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the year may have eleven digits
        return None
    if moment.tzinfo is None:  # "-0000" means UTC of unknown origin
        moment = moment.replace(tzinfo=now.tzinfo)
    return max((moment - now) / timedelta(seconds=1), 0.0)
