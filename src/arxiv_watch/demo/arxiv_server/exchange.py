"""Requests and responses of the stand-in."""

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
        path: Without the query.
        headers: By lower-case name.
        moment: When it started, in UTC.
    """

    role: Role
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    moment: datetime


@dataclass(frozen=True)
class Response:
    """The answer to a request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
