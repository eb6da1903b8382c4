"""Requests and responses of the stand-in, and its log."""

from __future__ import annotations

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
