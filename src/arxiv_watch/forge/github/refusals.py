"""What GitHub's refusals mean, and the one switch or permission that would change its mind.

The texts are GitHub's own, as its users report them; the table is tried from top to bottom.
GraphQL refuses with status 200, so there only the types and texts of its errors count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from arxiv_watch.forge.host import Kind


@dataclass(frozen=True, slots=True)
class Refusal:
    """What GitHub said, what to do about it, and what a person can do.

    Attributes:
        wait: Seconds GitHub asks to wait, or None where it does not say.
        status: The HTTP status; 0 where no answer came.
    """

    kind: Kind
    message: str
    advice: str = ""
    wait: float | None = None
    status: int = 0


_LOGIN = "give the job a valid GITHUB_TOKEN; a fine-grained token may have expired"
_PERMISSIONS = "give the job `permissions: {contents: write, pull-requests: write, issues: write}`"
SWITCH = (
    'tick "Allow GitHub Actions to create and approve pull requests" under Settings → Actions → General '
    "→ Workflow permissions of the repository (an organisation may have it greyed out)"
)
_RULES = "a branch rule forbids it: exempt branches `arxiv-watch/**` from that ruleset under Settings → Rules"
_ABSENT = (
    "this token cannot see it, or it is misnamed, renamed or missing: check GITHUB_REPOSITORY and the token"
)
_TROUBLE = "GitHub has trouble; the next run continues from here"
_SINGLE_SIGN_ON = "authorise the token for the organisation's single sign-on, or use the job's own token"
_LABELS = "create the label by hand or give `issues: write`"
_ARCHIVED = "the repository is archived: unarchive it or disable the workflow"
_BLOCKED = "GitHub blocked this repository: ask its support"
_WORKFLOWS = "a list must not be in .github/workflows: change `list` in the config"
_EMPTY = "make a first commit with the list"
_ISSUES = "enable issues to use labels and assignees"
_IN_THE_WAY = "a branch `arxiv-watch` is in the way, or a branch rule: rename it, or exempt `arxiv-watch/**`"
_BASE = "the base branch does not exist: check `pull_request.base` in the config"

# The statuses, a part of the message, what to do about it, and what a person can do. GraphQL's status is
# 200, and its messages begin with a type. tests/forge/github/test_forge_refusals.py has the messages whole.
_TABLE: tuple[tuple[set[int], str, Kind, str], ...] = (
    ({200}, r"\bRATE_LIMIT(ED)?\b", Kind.LIMITED, ""),  # matches "RATE_LIMITED API rate limit exceeded"
    ({200}, r"STALE_DATA|beforeOid|does not match", Kind.STALE, ""),
    ({200}, r"^NOT_FOUND\b", Kind.ABSENT, _ABSENT),
    ({200}, r"SAML", Kind.DENIED, _SINGLE_SIGN_ON),
    ({200}, r"\bINSUFFICIENT_SCOPES\b", Kind.DENIED, _LOGIN),
    ({403, 429}, r"secondary rate limit|abuse detection|too quickly", Kind.LIMITED, ""),
    ({403, 429}, r"API rate limit exceeded", Kind.LIMITED, ""),
    ({429}, r"", Kind.LIMITED, ""),
    ({422}, r"submitted too quickly", Kind.LIMITED, ""),
    ({401}, r"", Kind.DENIED, _LOGIN),
    ({403}, r"not permitted to create or approve pull requests", Kind.DENIED, SWITCH),
    ({403}, r"Resource not accessible by", Kind.DENIED, _PERMISSIONS),
    ({403}, r"SAML", Kind.DENIED, _SINGLE_SIGN_ON),
    ({403}, r"permission to create labels", Kind.DENIED, _LABELS),
    ({403}, r"archived", Kind.DENIED, _ARCHIVED),
    ({403, 451}, r"access blocked", Kind.DENIED, _BLOCKED),
    # matches "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`"
    ({403, 404}, r"refusing to allow .* workflow", Kind.DENIED, _WORKFLOWS),
    ({409, 422}, r"rule violations|must be made through a pull request", Kind.DENIED, _RULES),
    ({422}, r"being restricted|force-push|verified signatures", Kind.DENIED, _RULES),
    ({409}, r"repository is empty", Kind.DENIED, _EMPTY),
    # matches "Issues are disabled for this"
    ({410}, r"issues (are|has been) disabled", Kind.DENIED, _ISSUES),
    ({422}, r"pull request already exists", Kind.STALE, ""),
    ({422}, r"No commits between", Kind.STALE, ""),
    ({422}, r"Reference (already exists|does not exist|cannot be updated)", Kind.STALE, ""),
    ({422}, r"not a fast[ -]forward", Kind.STALE, ""),
    ({422}, r"(Object|Tree SHA|Parent SHA) does not exist", Kind.TRANSIENT, ""),
    ({422}, r"Could not resolve to a node", Kind.TRANSIENT, ""),
    ({422}, r"Reference update failed", Kind.TRANSIENT, _IN_THE_WAY),
    ({422}, r"field=base", Kind.DENIED, _BASE),
    ({422}, r"field=head", Kind.STALE, ""),
    ({404}, r"", Kind.ABSENT, _ABSENT),
    ({409}, r"", Kind.STALE, ""),
    ({200}, r"^FORBIDDEN\b", Kind.DENIED, _PERMISSIONS),
    # What is left is trouble of GitHub's own: "Something went wrong while executing your query".
    ({200}, r"", Kind.TRANSIENT, _TROUBLE),
)


def understand(status: int, data: object, headers: Mapping[str, str], now: float) -> Refusal:
    """Return what an answer means.

    The headers' names are in lower case; `now` is in seconds since 1970, for limits that end at a moment.
    """
    text = message_of(data)
    kind, advice = _judge(status, text, headers)
    wait = _wait(headers, now)
    if status in {403, 429} and wait is not None:
        kind, advice = Kind.LIMITED, ""
    message = f"{'GraphQL:' if status == HTTPStatus.OK else status} {text}"
    return _complete(Refusal(kind, message, advice, wait, status), headers)


def _complete(refusal: Refusal, headers: Mapping[str, str]) -> Refusal:
    """Add what only the headers say: the missing permission, the request to name to GitHub's support."""
    if refusal.kind is Kind.LIMITED:
        return replace(refusal, advice="the next run continues from here")
    needed, request = headers.get("x-accepted-github-permissions"), headers.get("x-github-request-id")
    if refusal.advice == _PERMISSIONS and needed:
        return replace(refusal, advice=f"{_PERMISSIONS} (GitHub asks for: {needed})")
    if refusal.kind is Kind.UNKNOWN and request:
        return replace(refusal, message=f"{refusal.message} (request {request})")
    return refusal


def _judge(status: int, text: str, headers: Mapping[str, str]) -> tuple[Kind, str]:
    # A good token that gets the limits of an anonymous caller is a hiccup of GitHub's; a bad one gets them as
    # well: so it is tried again, and in the end the advice names both.
    hiccup = status == HTTPStatus.UNAUTHORIZED and headers.get("x-ratelimit-limit") == "60"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or hiccup:
        return Kind.TRANSIENT, f"{_LOGIN}; else {_TROUBLE}" if hiccup else _TROUBLE
    for statuses, pattern, kind, advice in _TABLE:
        fits = status in statuses or (status == HTTPStatus.OK and pattern)  # GraphQL has REST's texts as well
        if fits and re.search(pattern, text, re.IGNORECASE):
            return kind, advice
    return Kind.UNKNOWN, ""


def message_of(data: object) -> str:
    """Collect the message and the details of each error of an answer into one line."""
    if not isinstance(data, Mapping):
        return " ".join(str(data or "").split())[:200]
    parts = [str(data.get("message") or "")]
    errors = data.get("errors")
    parts += [_detail(error) for error in errors] if isinstance(errors, list) else []
    return " ".join("; ".join(part for part in parts if part).split())[:1000]


def _detail(error: object) -> str:
    if not isinstance(error, Mapping):
        return str(error)
    keys = ("type", "message", "code", "field")
    return " ".join(
        f"{key}={error[key]}" if key == "field" else str(error[key]) for key in keys if error.get(key)
    )


def _wait(headers: Mapping[str, str], now: float) -> float | None:
    after = headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(float(reset) - now, 1.0)
    return None
