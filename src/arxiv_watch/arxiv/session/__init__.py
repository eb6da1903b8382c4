"""The ways in which arXiv does not answer, distinguished by what to do next."""

from __future__ import annotations

from dataclasses import replace

from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.troubles import Trouble, TroubleKind


class NotNowError(ArxivUnavailableError):
    """A host will not answer now; asking again at once would only be rude."""

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
        retry_after: Seconds the host asked to wait, or None if it did not say.
        stop: Whether the host has blocked us and must not be asked again today.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, stop: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.stop = stop


def trouble_of(error: ArxivUnavailableError, source: str) -> Trouble:
    """Return an error as a trouble of the source that was read."""
    if isinstance(error, NotNowError):
        return replace(error.trouble, source=source)
    kind = TroubleKind.REJECTED if isinstance(error, RejectedError) else TroubleKind.UNREADABLE
    return Trouble(kind, source, error.message.removeprefix(f"{source}: "))
