"""The requests that the forge makes, each by its name; one HTTP request a call, or one a page."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from urllib.parse import quote

from arxiv_watch.clock import Clock
from arxiv_watch.errors import GitHubError
from arxiv_watch.forge.facts import (
    CommitFacts,
    EventFacts,
    FileFacts,
    Json,
    PullFacts,
    RepositoryFacts,
    commit_facts,
    event_facts,
    file_facts,
    pull_facts,
    reading,
)
from arxiv_watch.forge.refusals import AnswerError, Kind
from arxiv_watch.forge.settings import ForgeSettings
from arxiv_watch.forge.transport import GRAPHQL, Transport

PAGE_SIZE = 100
ZEROS = "0" * 40


class Api:
    """One repository's REST interface, and the two GraphQL calls that REST has no match for.

    Args:
        settings: Where and as whom.
        clock: Paces the writes and waits for limits.
    """

    def __init__(self, settings: ForgeSettings, clock: Clock) -> None:
        self.settings = settings
        self._root = f"/repos/{settings.repository}"
        self._transport = Transport(settings, clock)

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self._transport.requests

    def repository(self) -> RepositoryFacts:
        """Read the repository; whatever is asked from then on is asked by the name that it has now."""
        row = self._get("")
        with reading("the repository"):
            self._root = f"/repos/{row['full_name']}"
            return RepositoryFacts(
                row["full_name"],
                row["node_id"],
                row["default_branch"],
                bool(row.get("archived")),
                bool((row.get("permissions") or {}).get("push", True)),
                bool(row.get("allow_merge_commit", True)),
                bool(row.get("allow_rebase_merge", True)),
            )

    def requires_linear_history(self, branch: str) -> bool:
        """Return whether a rule forbids merge commits on a branch; False also where that may not be asked."""
        try:
            rows = self._pages(f"/rules/branches/{quote(branch)}")
        except AnswerError as error:
            if error.refusal.kind in {Kind.ABSENT, Kind.DENIED}:
                return False
            raise
        with reading(f"the rules of branch {branch}"):
            return any(row["type"] == "required_linear_history" for row in rows)

    def may_open_pulls(self) -> bool | None:
        """Return whether Actions may open pull requests; None to a token that may not know."""
        try:
            row = self._get("/actions/permissions/workflow")
        except AnswerError as error:
            if error.refusal.kind in {Kind.ABSENT, Kind.DENIED}:
                return None
            raise
        with reading("the permissions of workflows"):
            return bool(row["can_approve_pull_request_reviews"])

    def viewer(self) -> str:
        """Return the login that the token belongs to; tokens of Actions may not ask `/user`."""
        answer = self._transport.send("POST", GRAPHQL, {"query": "query { viewer { login } }"}, paced=False)
        with reading("the token's login"):
            return str(answer.json["data"]["viewer"]["login"])

    def tip(self, branch: str) -> str | None:
        """Return the commit a branch is at, or None if the branch does not exist."""
        try:
            row = self._get(f"/git/ref/heads/{quote(branch)}")
        except AnswerError as error:
            if error.refusal.kind is Kind.ABSENT:
                return None
            raise
        with reading(f"branch {branch}"):
            return str(row["object"]["sha"])

    def branches(self, prefix: str) -> dict[str, str]:
        """Return the branches whose names start with `prefix`, each with its tip."""
        rows = self._pages(f"/git/matching-refs/heads/{quote(prefix.rstrip('/'))}")
        with reading("the branches"):
            tips = {row["ref"].removeprefix("refs/heads/"): str(row["object"]["sha"]) for row in rows}
        return {branch: tip for branch, tip in tips.items() if branch.startswith(prefix)}

    def tree_of(self, commit: str) -> str:
        """Return the tree of a commit."""
        row = self._get(f"/git/commits/{commit}")
        with reading(f"commit {commit}"):
            return str(row["tree"]["sha"])

    def files(self, tree: str) -> tuple[list[FileFacts], bool]:
        """Return every file below a tree, and whether GitHub cut the list short."""
        row = self._get(f"/git/trees/{tree}", {"recursive": "1"})
        with reading(f"tree {tree}"):
            files = [file_facts(entry) for entry in row["tree"] if entry["type"] == "blob"]
            return files, bool(row["truncated"])

    def folder(self, tree: str) -> dict[str, FileFacts]:
        """Return what lies right in a tree, files and folders, by name."""
        row = self._get(f"/git/trees/{tree}")
        with reading(f"tree {tree}"):
            return {entry["path"]: file_facts(entry) for entry in row["tree"]}

    def blob(self, sha: str) -> bytes:
        """Read a file's bytes."""
        row = self._get(f"/git/blobs/{sha}")
        with reading(f"blob {sha}"):
            return base64.b64decode(row["content"])

    def commit(self, sha: str) -> CommitFacts:
        """Read a commit with its author's login."""
        row = self._get(f"/commits/{sha}")
        with reading(f"commit {sha}"):
            return commit_facts(row)

    def former_names(self, old: str, new: str) -> dict[str, str]:
        """Return the files that were renamed between two commits, each with its name at the older one."""
        try:
            row = self._get(f"/compare/{old}...{new}")
        except AnswerError as error:
            if error.refusal.kind is Kind.ABSENT:  # a commit that was forced away
                return {}
            raise
        with reading(f"what changed from {old} to {new}"):
            return _renames(row)

    def renamed_to(self, path: str, commit: str) -> str | None:
        """Return what became of a file that a commit no longer has: its new name, or None."""
        rows = self._get("/commits", {"sha": commit, "path": path, "per_page": "1"})
        with reading(f"the history of {path}"):
            if not rows:
                return None
            renames = _renames(self._get(f"/commits/{rows[0]['sha']}"))
            return next((new for new, old in renames.items() if old == path), None)

    def pulls(self) -> list[PullFacts]:
        """Read every pull request, newest first."""
        rows = self._pages("/pulls", {"state": "all", "sort": "created", "direction": "desc"})
        with reading("the pull requests"):
            return [pull_facts(row) for row in rows]

    def pull(self, number: int) -> tuple[PullFacts, bool | None, int]:
        """Read one pull request, whether it merges (None: not known yet), and its number of comments."""
        row = self._get(f"/pulls/{number}")
        with reading(f"pull request {number}"):
            return pull_facts(row), row["mergeable"], int(row["comments"])

    def commits(self, number: int) -> list[CommitFacts]:
        """Read a pull request's commits, oldest first."""
        rows = self._pages(f"/pulls/{number}/commits")
        with reading(f"the commits of pull request {number}"):
            return [commit_facts(row) for row in rows]

    def has_people(self, number: int, comments: int, machine_users: Collection[str]) -> bool:
        """Return whether a person, and not a bot, reviewed a pull request or commented on it."""
        rows = self._pages(f"/pulls/{number}/reviews")
        if comments:
            rows += self._pages(f"/issues/{number}/comments")
        with reading(f"the reviews of pull request {number}"):
            return any(
                row["user"] is None
                or (row["user"]["type"] != "Bot" and row["user"]["login"] not in machine_users)
                for row in rows
            )

    def is_queued(self, number: int, base: str) -> bool:
        """Return whether a pull request is in the merge queue.

        The queue makes a branch for each of its entries; before that, only the timeline shows it.
        """
        if self.branches(f"gh-readonly-queue/{base}/pr-{number}-"):
            return True
        queueing = [event.kind for event in self.timeline(number) if event.kind.endswith("_merge_queue")]
        return queueing[-1:] == ["added_to_merge_queue"]

    def closer(self, number: int) -> EventFacts | None:
        """Return who closed a pull request and when; None where GitHub does not say who it was."""
        row = self._get(f"/issues/{number}")
        with reading(f"the end of pull request {number}"):
            by = row.get("closed_by")
            return (
                event_facts({"event": "closed", "actor": by, "created_at": row["closed_at"]}) if by else None
            )

    def timeline(self, number: int) -> list[EventFacts]:
        """Read what happened to a pull request, oldest first; nothing where the token may not know."""
        try:
            rows = self._pages(f"/issues/{number}/timeline")
        except AnswerError as error:
            if error.refusal.kind in {Kind.ABSENT, Kind.DENIED}:
                return []
            raise
        with reading(f"the timeline of pull request {number}"):
            return [event for row in rows if (event := event_facts(row)) is not None]

    def may_push(self, login: str) -> bool:
        """Return whether somebody has write access; False also where the token may not know."""
        try:
            row = self._get(f"/collaborators/{quote(login)}/permission")
        except AnswerError as error:
            if error.refusal.kind in {Kind.ABSENT, Kind.DENIED}:
                return False
            raise
        with reading(f"the permission of {login}"):
            return row["permission"] in {"admin", "write"}

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

    def force_branch(self, node_id: str, branch: str, sha: str, expected: str) -> None:
        """Move a branch to a commit that need not follow from the old one, if it still is at `expected`."""
        self._update_ref(node_id, branch, sha, expected, force=True)

    def delete_branch(self, node_id: str, branch: str, expected: str) -> None:
        """Delete a branch if it still is at `expected`; REST cannot make that condition."""
        self._update_ref(node_id, branch, ZEROS, expected)

    def _update_ref(self, node_id: str, branch: str, after: str, before: str, *, force: bool = False) -> None:
        update = {"name": f"refs/heads/{branch}", "beforeOid": before, "afterOid": after, "force": force}
        body = {
            "query": "mutation Mutation($input: UpdateRefsInput!) "
            "{ updateRefs(input: $input) { clientMutationId } }",
            "variables": {"input": {"repositoryId": node_id, "refUpdates": [update]}},
        }
        self._send("POST", GRAPHQL, body, repeatable=False)

    def create_pull(self, body: Mapping[str, Json]) -> PullFacts:
        """Open a pull request."""
        row = self._send("POST", f"{self._root}/pulls", body, repeatable=False)
        with reading("the new pull request"):
            return pull_facts(row)

    def edit_pull(self, number: int, changes: Mapping[str, Json]) -> PullFacts:
        """Change a pull request's title, body or state, and return what it is then."""
        row = self._send("PATCH", f"{self._root}/pulls/{number}", changes)
        with reading(f"pull request {number}"):
            return pull_facts(row)

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
        with reading("a new git object"):
            return str(row["sha"])

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        return self._transport.send("GET", self._root + path, query=query).json

    def _send(self, verb: str, path: str, body: Mapping[str, Json], *, repeatable: bool = True) -> Json:
        return self._transport.send(verb, path, body, repeatable=repeatable).json

    def _pages(self, path: str, query: Mapping[str, str] | None = None) -> list[Json]:
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
                raise GitHubError(f"GitHub answered GET {path} with something other than a list")
            rows += answer.json
            place, parameters = answer.next, None
        return rows


def _renames(row: Json) -> dict[str, str]:
    files = row.get("files") or []
    return {file["filename"]: file["previous_filename"] for file in files if file["status"] == "renamed"}
