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


_UNICORN = "<html><title>Unicorn! &middot; GitHub</title></html>"
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

RESET_BEFORE = Fault(None)
RESET_AFTER = Fault(None, after=True)
BAD_GATEWAY_BEFORE = Fault(502, _UNICORN)
BAD_GATEWAY_AFTER = Fault(502, _UNICORN, after=True)
SECONDARY_LIMIT = refusal(403, _SECONDARY)
SECONDARY_LIMIT_RETRY_AFTER = refusal(403, _SECONDARY, Retry_After="30")
TOO_MANY_REQUESTS = refusal(429, _SECONDARY, Retry_After="30")
BAD_CREDENTIALS = refusal(401, "Bad credentials", X_RateLimit_Limit="5000")
KILLED_BEFORE = Fault(None, deadly=True)
KILLED_AFTER = Fault(None, after=True, deadly=True)
