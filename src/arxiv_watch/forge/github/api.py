"""The requests that are made of GitHub, each by its name, and the facts that its answers are read into.

A call makes one HTTP request, or one a page.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from urllib.parse import quote

from arxiv_watch.clock import Clock
from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.github.transport import GRAPHQL, GitHubSettings, Json, Transport
from arxiv_watch.forge.host import Actor, CommitFacts, FileFacts, Kind, PullFacts, RepositoryFacts, unless

PAGE_SIZE = 100
ZEROS = "0" * 40
HIDDEN = (Kind.ABSENT, Kind.DENIED)
T = TypeVar("T")


class Api:
    """One repository's REST interface, and the two GraphQL calls that REST has no match for."""

    def __init__(self, settings: GitHubSettings, clock: Clock) -> None:
        self._root = f"/repos/{settings.repository}"
        self._node_id = ""
        self._transport = Transport(settings, clock)

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self._transport.requests

    def repository(self) -> RepositoryFacts:
        """Read the repository; whatever is asked from then on is asked by the name that it has now."""
        facts, self._node_id = self._read("", lambda row: (_repository_facts(row), str(row["node_id"])))
        self._root = f"/repos/{facts.name}"
        return facts

    def requires_linear_history(self, branch: str) -> bool:
        """Return whether a rule forbids merge commits on a branch; False also where that may not be asked."""
        path = f"/rules/branches/{quote(branch)}"
        rules = unless(HIDDEN, lambda: self._pages(path, lambda row: row["type"]), [])
        return "required_linear_history" in rules

    def may_open_pulls(self) -> bool | None:
        """Return whether Actions may open pull requests; None to a token that may not know."""
        path = "/actions/permissions/workflow"
        permissions = unless(HIDDEN, lambda: self._read(path, dict), {})
        return permissions.get("can_approve_pull_request_reviews")

    def viewer(self) -> str:
        """Return the login that the token belongs to; tokens of Actions may not ask `/user`."""
        answer = self._transport.send("POST", GRAPHQL, {"query": "query { viewer { login } }"}, paced=False)
        with _reading("the token's login"):
            return str(answer.json["data"]["viewer"]["login"])

    def tip(self, branch: str) -> str | None:
        """Return the commit a branch is at, or None if the branch does not exist."""
        path = f"/git/ref/heads/{quote(branch)}"
        return unless({Kind.ABSENT}, lambda: self._read(path, lambda row: str(row["object"]["sha"])), None)

    def branches(self, prefix: str) -> dict[str, str]:
        """Return the branches whose names start with `prefix`, each with its tip."""
        tips = self._pages(
            f"/git/matching-refs/heads/{quote(prefix.rstrip('/'))}",
            lambda row: (row["ref"].removeprefix("refs/heads/"), str(row["object"]["sha"])),
        )
        return {branch: tip for branch, tip in tips if branch.startswith(prefix)}

    def tree_of(self, commit: str) -> str:
        """Return the tree of a commit."""
        return self._read(f"/git/commits/{commit}", lambda row: str(row["tree"]["sha"]))

    def files_below(self, tree: str) -> tuple[list[FileFacts], bool]:
        """Return every file below a tree, and whether GitHub cut the list short."""

        def parse(row: Json) -> tuple[list[FileFacts], bool]:
            files = [_file_facts(entry) for entry in row["tree"] if entry["type"] == "blob"]
            return files, bool(row["truncated"])

        return self._read(f"/git/trees/{tree}", parse, {"recursive": "1"})

    def folder(self, tree: str) -> dict[str, FileFacts]:
        """Return what lies right in a tree, files and folders, by name."""
        return self._read(
            f"/git/trees/{tree}", lambda row: {entry["path"]: _file_facts(entry) for entry in row["tree"]}
        )

    def read_blob(self, sha: str) -> bytes:
        """Read a file's bytes."""
        return self._read(f"/git/blobs/{sha}", lambda row: base64.b64decode(row["content"]))

    def commit(self, sha: str) -> CommitFacts:
        """Read a commit with its author's login."""
        return self._read(f"/commits/{sha}", _commit_facts)

    def former_names(self, old: str, new: str) -> dict[str, str]:
        """Return the files that were renamed between two commits, each with its name at the older one."""
        # The older commit may have been forced away.
        return unless({Kind.ABSENT}, lambda: self._read(f"/compare/{old}...{new}", _renames), {})

    def renamed_to(self, path: str, commit: str) -> str | None:
        """Return what became of a file that a commit no longer has: its new name, or None."""
        query = {"sha": commit, "path": path, "per_page": "1"}
        last = self._read("/commits", lambda rows: [row["sha"] for row in rows], query)
        renamed = self._read(f"/commits/{last[0]}", _renames) if last else {}
        return next((new for new, old in renamed.items() if old == path), None)

    def pulls(self) -> list[PullFacts]:
        """Read every pull request, newest first."""
        return self._pages("/pulls", _pull_facts, {"state": "all", "sort": "created", "direction": "desc"})

    def pull(self, number: int) -> tuple[PullFacts, bool | None, int]:
        """Read one pull request, whether it merges (None: not known yet), and its number of comments."""
        return self._read(
            f"/pulls/{number}", lambda row: (_pull_facts(row), row["mergeable"], int(row["comments"]))
        )

    def commits(self, number: int) -> list[CommitFacts]:
        """Read a pull request's commits, oldest first."""
        return self._pages(f"/pulls/{number}/commits", _commit_facts)

    def has_people(self, number: int, comments: int, machine_users: Collection[str]) -> bool:
        """Return whether a person, and not a bot, reviewed a pull request or commented on it."""
        places = [f"/pulls/{number}/reviews", *([f"/issues/{number}/comments"] if comments else [])]
        return any(any(self._pages(place, lambda row: _is_person(row, machine_users))) for place in places)

    def closer(self, number: int) -> Actor | None:
        """Return who closed a pull request; None where GitHub does not say, or not to this token."""
        return unless(HIDDEN, lambda: self._read(f"/issues/{number}", _closer), None)

    def timeline(self, number: int) -> list[EventFacts]:
        """Read what happened to a pull request, oldest first; nothing where the token may not know."""
        events = unless(HIDDEN, lambda: self._pages(f"/issues/{number}/timeline", _event_facts), [])
        return [event for event in events if event is not None]

    def permission(self, login: str) -> str | None:
        """Return what somebody may do here, such as `write`; None to a token that may not know."""
        path = f"/collaborators/{quote(login)}/permission"
        return unless(HIDDEN, lambda: self._read(path, lambda row: str(row["permission"])), None)

    def store(self, kind: Literal["blobs", "trees", "commits"], body: Mapping[str, Json]) -> str:
        """Store a git object, which nobody sees yet, and return its hash."""
        row = self._send("POST", f"{self._root}/git/{kind}", body)
        with _reading("a new git object"):
            return str(row["sha"])

    def create_branch(self, branch: str, sha: str) -> None:
        """Make a branch; the loser of a race is refused."""
        body = {"ref": f"refs/heads/{branch}", "sha": sha}
        self._send("POST", f"{self._root}/git/refs", body, repeatable=False)

    def move_branch(self, branch: str, sha: str) -> None:
        """Move a branch forward; a branch that somebody else moved is refused."""
        self._send("PATCH", f"{self._root}/git/refs/heads/{quote(branch)}", {"sha": sha, "force": False})

    def force_branch(self, branch: str, sha: str, expected: str) -> None:
        """Move a branch to a commit that need not follow from the old one, if it still is at `expected`."""
        self._update_ref(branch, sha, expected, force=True)

    def delete_branch(self, branch: str, expected: str) -> None:
        """Delete a branch if it still is at `expected`; REST cannot make that condition."""
        self._update_ref(branch, ZEROS, expected)

    def _update_ref(self, branch: str, after: str, before: str, *, force: bool = False) -> None:
        update = {"name": f"refs/heads/{branch}", "beforeOid": before, "afterOid": after, "force": force}
        body = {
            "query": "mutation Mutation($input: UpdateRefsInput!) "
            "{ updateRefs(input: $input) { clientMutationId } }",
            "variables": {"input": {"repositoryId": self._node_id, "refUpdates": [update]}},
        }
        self._send("POST", GRAPHQL, body, repeatable=False)

    def create_pull(self, body: Mapping[str, Json]) -> PullFacts:
        """Open a pull request."""
        row = self._send("POST", f"{self._root}/pulls", body, repeatable=False)
        with _reading("the new pull request"):
            return _pull_facts(row)

    def edit_pull(self, number: int, changes: Mapping[str, Json]) -> PullFacts:
        """Change a pull request's title, body or state, and return what it is then."""
        row = self._send("PATCH", f"{self._root}/pulls/{number}", changes)
        with _reading(f"pull request {number}"):
            return _pull_facts(row)

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

    def _send(self, verb: str, path: str, body: Mapping[str, Json], *, repeatable: bool = True) -> Json:
        return self._transport.send(verb, path, body, repeatable=repeatable).json

    def _read(self, path: str, parse: Callable[[Json], T], query: Mapping[str, str] | None = None) -> T:
        row = self._transport.send("GET", self._root + path, query=query).json
        with _reading(f"GET {path}" if path else "the repository"):
            return parse(row)

    def _pages(
        self, path: str, parse: Callable[[Json], T], query: Mapping[str, str] | None = None
    ) -> list[T]:
        """Read a list page by page, each where the one before says; a short page need not be the last.

        https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        rows: list[Json] = []
        place: str | None = self._root + path
        parameters: Mapping[str, str] | None = {**(query or {}), "per_page": str(PAGE_SIZE)}
        seen: set[str] = set()
        while place is not None and place not in seen:
            seen.add(place)
            answer = self._transport.send("GET", place, query=parameters)
            if not isinstance(answer.json, list):
                raise ForgeError(f"GitHub answered GET {path} with something other than a list")
            rows += answer.json
            place, parameters = answer.next, None
        with _reading(f"GET {path}"):
            return [parse(row) for row in rows]


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Something that somebody did to a pull request; `kind` is GitHub's name of it, such as `closed`."""

    kind: str
    at: datetime


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Turn an answer that is not of the documented shape into a ForgeError that names `what`."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ForgeError(
            f"GitHub's answer about {what} is not understood ({error!r})", "is GITHUB_API_URL right?"
        ) from error


def _repository_facts(row: Json) -> RepositoryFacts:
    return RepositoryFacts(
        row["full_name"],
        row["default_branch"],
        bool(row.get("archived")),
        bool((row.get("permissions") or {}).get("push", True)),
        bool(row.get("allow_merge_commit", True)),
        bool(row.get("allow_rebase_merge", True)),
    )


def _pull_facts(row: Json) -> PullFacts:
    head = row["head"]
    return PullFacts(
        number=int(row["number"]),
        url=row["html_url"],
        title=row["title"],
        body=(row["body"] or "").replace("\r\n", "\n"),
        login=row["user"]["login"] if row["user"] else "",
        is_bot=_is_bot(row["user"]),
        by_owner=row.get("author_association") == "OWNER",
        branch=head["ref"],
        repository=head["repo"]["full_name"] if head["repo"] else "",
        head=head["sha"],
        base=row["base"]["ref"],
        open=row["state"] == "open",
        created_at=datetime.fromisoformat(row["created_at"]),
        closed_at=_moment(row["closed_at"]),
        merged_at=_moment(row["merged_at"]),
        assignees=frozenset(user["login"].casefold() for user in row["assignees"] or []),
        auto_merge=row.get("auto_merge") is not None,
    )


def _commit_facts(row: Json) -> CommitFacts:
    """Read a commit; whether it is as made, its signature or its committer shows.

    GitHub signs what bots commit through its API, and not what is amended. A personal token's commits are
    not signed; there the committer is another one after somebody else amended them.
    """
    commit, is_bot = row["commit"], _is_bot(row["author"])
    login = row["author"]["login"] if row["author"] else None
    committer = row["committer"]["login"] if row.get("committer") else None
    verified = bool((commit.get("verification") or {}).get("verified"))
    return CommitFacts(
        sha=row["sha"],
        parents=tuple(parent["sha"] for parent in row["parents"]),
        message=commit["message"],
        login=login,
        is_bot=is_bot,
        as_made=verified if is_bot else committer == login,
    )


def _event_facts(row: Json) -> EventFacts | None:
    """Read a row of a timeline; None for one without a time, as a commit is."""
    if not row.get("created_at") or not row.get("event"):
        return None
    return EventFacts(row["event"], datetime.fromisoformat(row["created_at"]))


def _closer(row: Json) -> Actor | None:
    """Read from an issue who closed it."""
    by = row.get("closed_by")
    return Actor(by["login"], _is_bot(by)) if by else None


def _is_person(row: Json, machine_users: Collection[str]) -> bool:
    """Return whether a comment or a review is by a person; accounts that are gone were some."""
    user = row["user"]
    return user is None or (user["type"] != "Bot" and user["login"].casefold() not in machine_users)


def _renames(row: Json) -> dict[str, str]:
    """Read from a comparison or a commit which files it renamed, each with its former name."""
    files = row.get("files") or []
    return {file["filename"]: file["previous_filename"] for file in files if file["status"] == "renamed"}


def _is_bot(user: Json) -> bool:
    return bool(user) and user.get("type") == "Bot"


def _file_facts(row: Json) -> FileFacts:
    return FileFacts(row["path"], row["mode"], row["sha"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
