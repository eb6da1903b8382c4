"""Faults that a test asks for: what GitHub answers instead of, or after, doing its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong answer.

    Attributes:
        status: The HTTP status, or None to close the connection without an answer.
        body: The JSON body, or text for a body that is not JSON.
        headers: More headers.
        after: True to do the request's work first and then answer wrongly.
        deadly: True to answer every later request in the same way, as if the client had died.
    """

    status: int | None
    body: Mapping[str, Any] | str = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    deadly: bool = False


def refusal(status: int, message: str, *errors: Mapping[str, str], **headers: str) -> Fault:
    """Make an answer in GitHub's own form; keyword arguments are headers, `_` for `-`."""
    body: dict[str, Any] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    if errors:
        body["errors"] = list(errors)
    return Fault(status, body, {key.replace("_", "-"): value for key, value in headers.items()})
