"""The requests that the forge makes, one HTTP request a call, through PyGithub's requester.

PyGithub's objects fetch what they lack behind one's back and its default retries repeat POSTs that
may have been done; its requester makes exactly the request it is asked for, and that is what the
budget, the pacing and the bounded retries here need.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from arxiv_watch import __version__
from arxiv_watch.clock import Clock
from arxiv_watch.errors import GitHubError
from arxiv_watch.forge.refusals import (
    AnswerError,
    Kind,
    LostAnswerError,
    Refusal,
    WorldMovedError,
    understand,
)
from arxiv_watch.forge.settings import ForgeSettings

if TYPE_CHECKING:
    from github.Requester import Requester

log = logging.getLogger(__name__)

API_VERSION = "2022-11-28"
TIMEOUT_SECONDS = 30
WRITE_INTERVAL_SECONDS = 1.0  # GitHub's best practices: at least a second between requests that write
ATTEMPTS = 3
WAIT_BUDGET_SECONDS = 300.0  # all waiting of one run for limits to pass
FIRST_WAIT_SECONDS = 60.0  # GitHub's advice where a secondary limit names no time
PAGE_SIZE = 100
ZEROS = "0" * 40

Json = Any
"""An answer's JSON; every use of it stands in `_reading`, which turns surprises into a GitHubError."""


@dataclass(frozen=True, slots=True)
class PullFacts:
    """A pull request as GitHub's list tells it."""

    number: int
    url: str
    title: str
    body: str
    login: str
    branch: str
    repository: str
    head: str
    base: str
    open: bool
    created_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    assignees: frozenset[str]


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit, with the login behind it where GitHub knows one."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    login: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """The repository's name now, its node id for GraphQL, and its default branch."""

    name: str
    node_id: str
    default_branch: str
    archived: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of a tree."""

    path: str
    mode: str
    sha: str
    size: int


class Api:
    """One repository's REST interface, and the two GraphQL calls that REST has no match for.

    Args:
        settings: Where and as whom.
        clock: Paces the writes and waits for limits.
    """

    def __init__(self, settings: ForgeSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._root = f"/repos/{settings.repository}"
        self._requester: Requester | None = None
        self._last_write: datetime | None = None
        self._waited = 0.0
        self.requests = 0

    def repository(self) -> RepositoryFacts:
        """Read the repository."""
        row = self._get("")
        with _reading("the repository"):
            return RepositoryFacts(
                row["full_name"], row["node_id"], row["default_branch"], bool(row.get("archived"))
            )

    def viewer(self) -> str:
        """Return the login that the token belongs to; tokens of Actions may not ask `/user`."""
        answer = self._send("POST", "/graphql", {"query": "query { viewer { login } }"}, paced=False)
        with _reading("the token's login"):
            return str(answer["data"]["viewer"]["login"])

    def tip(self, branch: str) -> str | None:
        """Return the commit a branch is at, or None where there is no such branch."""
        try:
            row = self._get(f"/git/ref/heads/{quote(branch)}")
        except AnswerError as error:
            if error.refusal.kind is Kind.ABSENT:
                return None
            raise
        with _reading(f"branch {branch}"):
            return str(row["object"]["sha"])

    def branches(self, prefix: str) -> dict[str, str]:
        """Return the branches whose names start with `prefix`, each with its tip."""
        rows = self._pages(f"/git/matching-refs/heads/{quote(prefix)}")
        with _reading("the branches"):
            return {row["ref"].removeprefix("refs/heads/"): row["object"]["sha"] for row in rows}

    def tree_of(self, commit: str) -> str:
        """Return the tree of a commit."""
        row = self._get(f"/git/commits/{commit}")
        with _reading(f"commit {commit}"):
            return str(row["tree"]["sha"])

    def files(self, tree: str) -> tuple[list[FileFacts], bool]:
        """Return every file below a tree, and whether GitHub cut the list short."""
        row = self._get(f"/git/trees/{tree}", {"recursive": "1"})
        with _reading(f"tree {tree}"):
            files = [
                FileFacts(entry["path"], entry["mode"], entry["sha"], entry.get("size", 0))
                for entry in row["tree"]
                if entry["type"] == "blob"
            ]
            return files, bool(row["truncated"])

    def blob(self, sha: str) -> bytes:
        """Read a file's bytes."""
        row = self._get(f"/git/blobs/{sha}")
        with _reading(f"blob {sha}"):
            return base64.b64decode(row["content"])

    def commit(self, sha: str) -> CommitFacts:
        """Read a commit with its author's login."""
        row = self._get(f"/commits/{sha}")
        with _reading(f"commit {sha}"):
            return _commit(row)

    def pulls(self) -> list[PullFacts]:
        """Read every pull request, newest first."""
        rows = self._pages("/pulls", {"state": "all", "sort": "created", "direction": "desc"})
        with _reading("the pull requests"):
            return [_pull(row) for row in rows]

    def pull(self, number: int) -> tuple[PullFacts, bool | None, int]:
        """Read one pull request, whether it merges (None: not known yet), and its number of comments."""
        row = self._get(f"/pulls/{number}")
        with _reading(f"pull request {number}"):
            return _pull(row), row["mergeable"], int(row["comments"])

    def commits(self, number: int) -> list[CommitFacts]:
        """Read a pull request's commits, oldest first."""
        rows = self._pages(f"/pulls/{number}/commits")
        with _reading(f"the commits of pull request {number}"):
            return [_commit(row) for row in rows]

    def has_people(self, number: int, comments: int) -> bool:
        """Tell whether a person reviewed a pull request or commented on it."""
        rows = self._pages(f"/pulls/{number}/reviews")
        if comments:
            rows += self._pages(f"/issues/{number}/comments")
        with _reading(f"the reviews of pull request {number}"):
            return any(row["user"] is None or row["user"]["type"] != "Bot" for row in rows)

    def create_blob(self, content: bytes) -> str:
        """Store a file that is not UTF-8."""
        body = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
        return self._sha(self._send("POST", f"{self._root}/git/blobs", body))

    def create_tree(self, base: str, entries: list[dict[str, str]]) -> str:
        """Store a tree: `base` with the entries put in."""
        return self._sha(self._send("POST", f"{self._root}/git/trees", {"base_tree": base, "tree": entries}))

    def create_commit(self, message: str, tree: str, parents: tuple[str, ...]) -> str:
        """Store a commit; with no author named, GitHub signs it in the name of a bot."""
        body = {"message": message, "tree": tree, "parents": list(parents)}
        return self._sha(self._send("POST", f"{self._root}/git/commits", body))

    def create_branch(self, branch: str, sha: str) -> None:
        """Make a branch; the loser of a race is refused."""
        body = {"ref": f"refs/heads/{branch}", "sha": sha}
        self._send("POST", f"{self._root}/git/refs", body, repeatable=False)

    def move_branch(self, branch: str, sha: str) -> None:
        """Move a branch forward; a branch that somebody else moved is refused."""
        self._send("PATCH", f"{self._root}/git/refs/heads/{quote(branch)}", {"sha": sha, "force": False})

    def delete_branch(self, node_id: str, branch: str, expected: str) -> None:
        """Delete a branch if it still is at `expected`; REST cannot make that condition."""
        update = {"name": f"refs/heads/{branch}", "beforeOid": expected, "afterOid": ZEROS}
        body = {
            "query": "mutation Mutation($input: UpdateRefsInput!) "
            "{ updateRefs(input: $input) { clientMutationId } }",
            "variables": {"input": {"repositoryId": node_id, "refUpdates": [update]}},
        }
        self._send("POST", "/graphql", body, repeatable=False)

    def create_pull(self, body: Mapping[str, Json]) -> PullFacts:
        """Open a pull request."""
        row = self._send("POST", f"{self._root}/pulls", body, repeatable=False)
        with _reading("the new pull request"):
            return _pull(row)

    def edit_pull(self, number: int, changes: Mapping[str, Json]) -> None:
        """Change a pull request's title, body or state."""
        self._send("PATCH", f"{self._root}/pulls/{number}", changes)

    def add_labels(self, number: int, labels: list[str]) -> None:
        """Put labels on, beside those that are there."""
        self._send("POST", f"{self._root}/issues/{number}/labels", {"labels": labels})

    def request_review(self, number: int, reviewer: str) -> None:
        """Ask one person, or a team named `org/team`, for a review."""
        _, is_team, team = reviewer.partition("/")
        body = {"team_reviewers": [team]} if is_team else {"reviewers": [reviewer]}
        self._send("POST", f"{self._root}/pulls/{number}/requested_reviewers", body)

    def add_assignees(self, number: int, assignees: list[str]) -> None:
        """Assign people; those who cannot be assigned GitHub leaves out in silence."""
        self._send("POST", f"{self._root}/issues/{number}/assignees", {"assignees": assignees})

    def _sha(self, row: Json) -> str:
        with _reading("a new git object"):
            return str(row["sha"])

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        return self._send("GET", self._root + path, query=query)

    def _pages(self, path: str, query: Mapping[str, str] | None = None) -> list[Json]:
        rows: list[Json] = []
        page = 1
        while True:
            part = self._get(path, {**(query or {}), "per_page": str(PAGE_SIZE), "page": str(page)})
            if not isinstance(part, list):
                raise GitHubError(f"GitHub answered GET {path} with something that is no list")
            rows += part
            if len(part) < PAGE_SIZE:
                return rows
            page += 1

    def _send(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Json] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        repeatable: bool = True,
        paced: bool = True,
    ) -> Json:
        """Make one request, waiting for limits and repeating what may be repeated, within bounds.

        Raises:
            AnswerError: GitHub refused.
            WorldMovedError: Somebody else was faster.
            LostAnswerError: The answer to a write that must not be repeated was lost.
        """
        attempt = 1
        while True:
            if verb != "GET" and paced:
                self._pace()
            refusal = self._attempt(verb, path, body, query)
            if not isinstance(refusal, Refusal):
                return refusal
            log.info("%s %s: %s", verb, path, refusal.message)
            again = attempt < ATTEMPTS and refusal.kind in {Kind.LIMITED, Kind.TRANSIENT}
            if refusal.kind is Kind.TRANSIENT and not repeatable:
                raise LostAnswerError(f"GitHub's answer to {verb} {path} was lost", refusal.advice)
            if refusal.kind is Kind.STALE:
                raise WorldMovedError(f"GitHub refused {verb} {path}: {refusal.message}", "run again")
            if not again or not self._wait(refusal, attempt):
                raise AnswerError(refusal, f"{verb} {path}")
            attempt += 1

    def _attempt(
        self, verb: str, path: str, body: Mapping[str, Json] | None, query: Mapping[str, str] | None
    ) -> Json | Refusal:
        # Here and not above: whoever never talks to GitHub need not load PyGithub.
        import requests  # noqa: PLC0415 - likewise
        from github import GithubException  # noqa: PLC0415 - see above

        self.requests += 1
        try:
            requester = self._connect()
            if path == "/graphql":
                _, answer = requester.graphql_query(**_graphql(body))
            else:
                _, answer = requester.requestJsonAndCheck(
                    verb, path, parameters=dict(query or {}), input=dict(body) if body is not None else None
                )
        except GithubException as error:
            headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
            return understand(error.status, error.data, headers, self._clock.now().timestamp())
        except (requests.RequestException, json.JSONDecodeError, UnicodeDecodeError) as error:
            kind = type(error).__name__
            return Refusal(Kind.TRANSIENT, kind, f"is {self._settings.api_url} reachable?")
        except RuntimeError as error:
            # What PyGithub raises when it is redirected to another host or scheme.
            raise GitHubError(f"GitHub redirected {verb} {path}: {error}", "check GITHUB_API_URL") from error
        return answer

    def _connect(self) -> Requester:
        if self._requester is None:
            from github import Auth, Github  # noqa: PLC0415 - see _attempt

            client = Github(
                auth=Auth.Token(self._settings.token),
                base_url=self._settings.api_url,
                user_agent=f"arxiv-watch/{__version__}",
                timeout=TIMEOUT_SECONDS,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                api_version=API_VERSION,
            )
            self._requester = client.requester
        return self._requester

    def _pace(self) -> None:
        if self._last_write is not None:
            since = (self._clock.now() - self._last_write).total_seconds()
            if since < WRITE_INTERVAL_SECONDS:
                self._clock.sleep(WRITE_INTERVAL_SECONDS - max(since, 0.0))
        self._last_write = self._clock.now()

    def _wait(self, refusal: Refusal, attempt: int) -> bool:
        """Wait as asked; False where that would take longer than a run should."""
        if refusal.kind is Kind.LIMITED:
            seconds = refusal.wait if refusal.wait is not None else FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
        else:
            seconds = float(2 ** (attempt - 1))
        if self._waited + seconds > WAIT_BUDGET_SECONDS:
            return False
        self._waited += seconds
        self._clock.sleep(seconds)
        return True


@contextmanager
def _reading(what: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise GitHubError(
            f"GitHub's answer about {what} is not understood ({error!r})", "is GITHUB_API_URL right?"
        ) from error


def _graphql(body: Mapping[str, Json] | None) -> dict[str, Json]:
    body = body or {}
    return {"query": body["query"], "variables": body.get("variables", {})}


def _pull(row: Json) -> PullFacts:
    head = row["head"]
    return PullFacts(
        number=int(row["number"]),
        url=row["html_url"],
        title=row["title"],
        body=(row["body"] or "").replace("\r\n", "\n"),
        login=row["user"]["login"] if row["user"] else "",
        branch=head["ref"],
        repository=head["repo"]["full_name"] if head["repo"] else "",
        head=head["sha"],
        base=row["base"]["ref"],
        open=row["state"] == "open",
        created_at=datetime.fromisoformat(row["created_at"]),
        closed_at=_moment(row["closed_at"]),
        merged_at=_moment(row["merged_at"]),
        assignees=frozenset(user["login"] for user in row["assignees"] or []),
    )


def _commit(row: Json) -> CommitFacts:
    commit = row["commit"]
    return CommitFacts(
        sha=row["sha"],
        tree=commit["tree"]["sha"],
        parents=tuple(parent["sha"] for parent in row["parents"]),
        message=commit["message"],
        login=row["author"]["login"] if row["author"] else None,
        verified=bool((commit.get("verification") or {}).get("verified")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
