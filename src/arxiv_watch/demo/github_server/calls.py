"""One request, understood, and GitHub's ways of refusing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arxiv_watch.demo.github_server.git_payloads import Json
from arxiv_watch.demo.github_server.payloads import Payloads
from arxiv_watch.demo.github_server.world import GitHubWorld, Pull

BODY_LIMIT = 65_536  # characters, as GitHub counts them


class RefusedError(Exception):
    """GitHub's answer to a request that it does not grant."""

    def __init__(self, status: int, message: str, *errors: Mapping[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.payload: Json = {"message": message, "documentation_url": "https://docs.github.com/rest"}
        if errors:
            self.payload["errors"] = list(errors)


class MovedError(Exception):
    """GitHub's answer to a request by a name that the repository had before: 301 to reads, 307 to writes."""

    def __init__(self, verb: str, location: str) -> None:
        super().__init__(location)
        self.status, message = (301, "Moved Permanently") if verb == "GET" else (307, "Temporary Redirect")
        self.location = location
        self.payload: Json = {"message": message, "url": location}


class Rows(list[Any]):
    """One page of a list; `number` counts from 1, and `more` says whether another page follows."""

    def __init__(self, rows: list[Any], *, number: int, more: bool) -> None:
        super().__init__(rows)
        self.number = number
        self.more = more


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: the parts of its path, its query and its JSON body."""

    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: Json


Answer = tuple[int, Any]
Handler = Callable[[Call], Answer]

_FIELDS: dict[str, dict[str, type]] = {
    "create_blob": {"content": str, "encoding": str},
    "create_tree": {"tree": list, "base_tree": str},
    "create_commit": {"message": str, "tree": str, "parents": list},
    "create_ref": {"ref": str, "sha": str},
    "update_ref": {"sha": str, "force": bool},
    "create_pull": {
        **dict.fromkeys(("title", "head", "base", "body"), str),
        **dict.fromkeys(("draft", "maintainer_can_modify"), bool),
    },
    "update_pull": dict.fromkeys(("title", "body", "state", "base"), str),
    "add_labels": {"labels": list},
    "request_reviewers": {"reviewers": list, "team_reviewers": list},
    "add_assignees": {"assignees": list},
    "graphql": {"query": str, "variables": dict},
}
_REQUIRED = {
    "create_blob": ("content",),
    "create_tree": ("tree",),
    "create_commit": ("message", "tree"),
    "create_ref": ("ref", "sha"),
    "update_ref": ("sha",),
    "create_pull": ("head", "base", "title"),
    "graphql": ("query",),
}


class Handlers:
    """What the handlers of requests on one world share."""

    def __init__(self, world: GitHubWorld, payloads: Payloads) -> None:
        self._world = world
        self._git = world.repository
        self._show = payloads

    def _pull(self, call: Call) -> Pull:
        try:
            return self._world.pulls[int(call.parts[0])]
        except KeyError:
            raise RefusedError(404, "Not Found") from None

    def _known(self, sha: str, kind: str) -> str:
        """Return the object's name; a commit may stand for its tree."""
        found = self._git.type_of(sha)
        if kind == "tree" and found == "commit":
            return self._git.commit(sha).tree
        if found != kind:
            raise RefusedError(404, "Not Found")
        return sha


def check_fields(operation: str, body: Json) -> None:
    """Refuse a body with unknown, missing or wrong fields."""
    fields = _FIELDS.get(operation, {})
    for name, value in body.items():
        if name not in fields:
            raise RefusedError(422, f"Invalid request.\n\n{name!r} is not a permitted key.")
        if not isinstance(value, fields[name]):
            raise RefusedError(422, f"Invalid request.\n\nFor {name!r}, {value!r} is not of the right type.")
    missing = [name for name in _REQUIRED.get(operation, ()) if name not in body]
    if missing:
        raise RefusedError(422, f"Invalid request.\n\n{', '.join(missing)} wasn't supplied.")


def check_body(body: str | None) -> None:
    """Refuse a text that is too long."""
    if body is not None and len(body) > BODY_LIMIT:
        raise custom("Issue", f"body is too long (maximum is {BODY_LIMIT} characters)", field="body")


def custom(resource: str, message: str, **more: str) -> RefusedError:
    """Make a refusal with a text of its own."""
    return invalid({"resource": resource, "code": "custom", "message": message, **more})


def invalid(error: Mapping[str, str]) -> RefusedError:
    """Make the refusal of what fails validation."""
    return RefusedError(422, "Validation Failed", error)


def page(rows: list[Any], query: Mapping[str, str], most: int) -> Rows:
    """Cut out the page that was asked for; GitHub may put fewer rows on it than was asked, `most` at most."""
    size, number = min(int(query.get("per_page", "30")), most), int(query.get("page", "1"))
    return Rows(rows[(number - 1) * size : number * size], number=number, more=number * size < len(rows))
