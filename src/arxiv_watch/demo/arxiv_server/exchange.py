"""Requests and responses of the stand-in, its log, and scripted faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The hosts of arXiv."""

    RSS = "rss"
    API = "api"
    OAI = "oai"
    PAGES = "pages"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in.

    Attributes:
        role: The host it came to.
        path: The path, without the query.
        query: The arguments.
        headers: Header fields by lower-case name.
        moment: When it started, in UTC.
    """

    role: Role
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    moment: datetime


@dataclass(slots=True)
class Response:
    """What is sent back.

    Attributes:
        status: The HTTP status.
        body: The body.
        headers: Header fields.
        reset: Whether to cut the connection in place of an answer.
        reset_after: Whether to cut the connection after the body.
        seconds: How long the first byte takes, on the stand-in's clock.
        real_seconds: How long it takes on the real clock.
        pause: How long it takes from one byte of the body to the next, in seconds of the stand-in's clock.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    reset_after: bool = False
    seconds: float = 0.0
    real_seconds: float = 0.0
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the request log."""

    request: Request
    status: int
    in_flight: int


Change = Callable[[Request, Response], Response]
"""Turns an honest response into a faulty one."""


@dataclass(slots=True)
class Fault:
    """A scripted fault.

    Attributes:
        change: What becomes of the honest response.
        role: The host it strikes.
        path: It strikes paths that contain this text.
        times: How often it still strikes; None for always.
    """

    change: Change
    role: Role
    path: str = ""
    times: int | None = None

    def strikes(self, request: Request) -> bool:
        """Return whether it strikes this request; each strike counts."""
        if request.role is not self.role or self.path not in request.path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True
