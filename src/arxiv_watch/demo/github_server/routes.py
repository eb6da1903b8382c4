"""The routes of GitHub that the demo walks, and their JSON; every other route or verb is refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import unquote

from arxiv_watch.demo.github_server.repository import ZEROS, Commit, GitHubWorld, Pull, TreeEntry

Json = dict[str, Any]


class RefusedError(Exception):
    """GitHub's answer to a request that it does not grant."""

    def __init__(self, status: int, message: str, *errors: Mapping[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.payload: Json = {"message": message, "documentation_url": "https://docs.github.com/rest"}
        if errors:
            self.payload["errors"] = list(errors)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: the parts of its path, its query and its JSON body."""

    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: Json


Answer = tuple[int, Any]


class Payloads:
    """The JSON of one world for clients that reached it under a URL: what this program reads of GitHub's."""

    def __init__(self, world: GitHubWorld, url: str) -> None:
        self.world = world
        self.url = url
        self.root = f"{url}/repos/{world.name}"
        self.page = f"{url}/{world.name}"

    def user(self, login: str) -> Json:
        """A simple user."""
        return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}

    def repository(self, name: str | None = None) -> Json:
        """The repository, or a fork of that name."""
        name = name or self.world.name
        return {
            "node_id": f"R_{name}",
            "full_name": name,
            "default_branch": self.world.default_branch,
            "permissions": {"push": True},
        }

    def ref(self, name: str, sha: str) -> Json:
        """A git ref."""
        return {"ref": name, "object": {"sha": sha}}

    def git_commit(self, commit: Commit) -> Json:
        """A commit of the Git Data API."""
        return {"sha": commit.sha, "tree": {"sha": commit.tree}}

    def tree(self, sha: str, entries: list[TreeEntry]) -> Json:
        """A tree."""
        rows = [{"path": row.path, "mode": row.mode, "type": row.type, "sha": row.sha} for row in entries]
        return {"sha": sha, "tree": rows, "truncated": False}

    def blob(self, sha: str, content: bytes) -> Json:
        """A blob, in base64 as GitHub wraps it."""
        return {"sha": sha, "content": base64.encodebytes(content).decode()}

    def label(self, name: str) -> Json:
        """A label."""
        return {"name": name}

    def pull_simple(self, pull: Pull) -> Json:
        """A pull request as lists show it."""
        return {
            "number": pull.number,
            "html_url": f"{self.page}/pull/{pull.number}",
            "state": "open" if pull.open else "closed",
            "title": pull.title,
            "user": self.user(pull.login),
            "body": pull.body,
            "created_at": when(pull.created_at),
            "closed_at": when(pull.closed_at),
            "merged_at": None,
            "assignees": [],
            "head": self.end(pull.branch, pull.head_sha, self.world.name),
            "base": self.end(pull.base, pull.base_sha, self.world.name),
        }

    def pull(self, pull: Pull) -> Json:
        """A pull request by itself."""
        return {**self.pull_simple(pull), "mergeable": True, "comments": 0}

    def end(self, branch: str, sha: str, repository: str) -> Json:
        """One end of a pull request."""
        return {"ref": branch, "sha": sha, "repo": self.repository(repository)}


def when(moment: datetime | None) -> str | None:
    """Write a moment as GitHub does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


class Routes:
    """Answers requests on one world."""

    # The verb, the path below the repository, and the method that answers.
    table: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("GET", "", "repository"),
        ("GET", "/git/ref/(.+)", "ref"),
        ("GET", "/git/matching-refs/(.+)", "matching_refs"),
        ("GET", "/git/commits/([0-9a-f]{40})", "git_commit"),
        ("GET", "/git/trees/([^/]+)", "tree"),
        ("GET", "/git/blobs/([0-9a-f]{40})", "blob"),
        ("GET", "/pulls", "pulls"),
        ("GET", r"/pulls/(\d+)", "pull"),
        ("GET", r"/pulls/(\d+)/reviews", "reviews"),
        ("GET", r"/issues/(\d+)/timeline", "timeline"),
        ("POST", "/git/trees", "create_tree"),
        ("POST", "/git/commits", "create_commit"),
        ("POST", "/git/refs", "create_ref"),
        ("PATCH", "/git/refs/(.+)", "update_ref"),
        ("POST", "/pulls", "create_pull"),
        ("PATCH", r"/pulls/(\d+)", "update_pull"),
        ("POST", r"/issues/(\d+)/labels", "add_labels"),
    )
    payloads_type: ClassVar[type[Payloads]] = Payloads
    pull_type: ClassVar[type[Pull]] = Pull

    def __init__(self, world: GitHubWorld, url: str) -> None:
        self.world = world
        self.git = world.repository
        self.show = self.payloads_type(world, url)

    def answer(self, verb: str, path: str, query: Mapping[str, str], body: Json) -> Answer:
        """Answer one request.

        Raises:
            RefusedError: GitHub would not do it.
        """
        if (verb, path) == ("POST", "/graphql"):
            return self.call("graphql", Call((), query, body))
        root = f"/repos/{self.world.name}"
        for method, pattern, name in self.table:
            match = re.fullmatch(pattern, path.removeprefix(root))
            if method == verb and match and path.startswith(root):
                return self.call(name, Call(tuple(map(unquote, match.groups())), query, body))
        raise RefusedError(404, "Not Found")

    def call(self, name: str, call: Call) -> Answer:
        """Let the method of that name answer."""
        answer: Answer = getattr(self, name)(call)
        return answer

    def repository(self, _call: Call) -> Answer:
        """GET /repos/{owner}/{repo}."""
        return 200, self.show.repository()

    def ref(self, call: Call) -> Answer:
        """GET …/git/ref/{ref}: one ref, by its exact name."""
        name = f"refs/{call.parts[0]}"
        sha = self.git.ref(name)
        if sha is None:
            raise RefusedError(404, "Not Found")
        return 200, self.show.ref(name, sha)

    def matching_refs(self, call: Call) -> Answer:
        """GET …/git/matching-refs/{ref}: every ref that starts with it."""
        found = self.git.refs(f"refs/{call.parts[0]}")
        return 200, [self.show.ref(name, sha) for name, sha in sorted(found.items())]

    def git_commit(self, call: Call) -> Answer:
        """GET …/git/commits/{sha}."""
        return 200, self.show.git_commit(self.git.commit(self.known(call.parts[0], "commit")))

    def tree(self, call: Call) -> Answer:
        """GET …/git/trees/{sha}."""
        sha = self.known(call.parts[0], "tree")
        return 200, self.show.tree(sha, self.git.tree(sha, recursive="recursive" in call.query))

    def blob(self, call: Call) -> Answer:
        """GET …/git/blobs/{sha}."""
        sha = self.known(call.parts[0], "blob")
        return 200, self.show.blob(sha, self.git.blob(sha))

    def pulls(self, call: Call) -> Answer:
        """GET …/pulls, newest first."""
        state = call.query.get("state", "open")
        return 200, [
            self.show.pull_simple(pull)
            for _, pull in sorted(self.world.pulls.items(), reverse=True)
            if state == "all" or pull.open == (state == "open")
        ]

    def pull(self, call: Call) -> Answer:
        """GET …/pulls/{number}."""
        return 200, self.show.pull(self.found(call))

    def reviews(self, call: Call) -> Answer:
        """GET …/pulls/{number}/reviews: nobody reviews in the demo."""
        self.found(call)
        return 200, []

    def timeline(self, call: Call) -> Answer:
        """GET …/issues/{number}/timeline: nobody does anything in the demo."""
        self.found(call)
        return 200, []

    def create_tree(self, call: Call) -> Answer:
        """POST …/git/trees."""
        entries = [self.tree_entry(row) for row in call.body["tree"]]
        sha = self.git.write_tree(self.known(call.body["base_tree"], "tree"), entries)
        return 201, self.show.tree(sha, self.git.tree(sha))

    def create_commit(self, call: Call) -> Answer:
        """POST …/git/commits."""
        tree, parents, message = (call.body[key] for key in ("tree", "parents", "message"))
        sha = self.world.commit(tree, parents, message, self.world.bot)
        return 201, self.show.git_commit(self.git.commit(sha))

    def create_ref(self, call: Call) -> Answer:
        """POST …/git/refs: atomic; the loser of a race gets the answer that it exists."""
        name, sha = call.body["ref"], call.body["sha"]
        if self.git.ref(name):
            raise RefusedError(422, "Reference already exists")
        self.world.move(name, sha, ZEROS, self.world.bot)
        return 201, self.show.ref(name, sha)

    def update_ref(self, call: Call) -> Answer:
        """PATCH …/git/refs/{ref}: forward only, unless forced."""
        name, sha = f"refs/{call.parts[0]}", call.body["sha"]
        old = self.git.ref(name)
        if old is None:
            raise RefusedError(422, "Reference does not exist")
        if not call.body.get("force") and not self.git.is_ancestor(old, sha):
            raise RefusedError(422, "Update is not a fast forward")
        self.world.move(name, sha, old, self.world.bot)
        return 200, self.show.ref(name, sha)

    def create_pull(self, call: Call) -> Answer:
        """POST …/pulls."""
        world, body = self.world, call.body
        pull = self.pull_type(
            number=world.next_number(),
            login=world.bot,
            title=body["title"],
            body=body.get("body"),
            branch=body["head"],
            head_sha=self.tip(body["head"]),
            base=body["base"],
            base_sha=self.tip(body["base"]),
            draft=body.get("draft", False),
            created_at=world.clock.now(),
            updated_at=world.clock.now(),
        )
        world.pulls[pull.number] = pull
        return 201, self.show.pull(pull)

    def update_pull(self, call: Call) -> Answer:
        """PATCH …/pulls/{number}."""
        pull = self.found(call)
        pull.title = call.body.get("title", pull.title)
        pull.body = call.body.get("body", pull.body)
        pull.updated_at = self.world.clock.now()
        return 200, self.show.pull(pull)

    def add_labels(self, call: Call) -> Answer:
        """POST …/issues/{number}/labels; a label that does not exist yet is created."""
        pull = self.found(call)
        pull.labels += [name for name in call.body.get("labels", []) if name not in pull.labels]
        return 200, [self.show.label(name) for name in pull.labels]

    def graphql(self, call: Call) -> Answer:
        """POST /graphql: only `viewer { login }`."""
        # Matches "query { viewer { login } }".
        if re.fullmatch(r"(query)?\s*\{\s*viewer\s*\{\s*login\s*\}\s*\}", call.body["query"]):
            return 200, {"data": {"viewer": {"login": self.world.bot}}}
        return 200, {"errors": [{"type": "undefinedField", "message": "the stand-in does not know this"}]}

    def found(self, call: Call) -> Pull:
        """Return the pull request that a path names."""
        try:
            return self.world.pulls[int(call.parts[0])]
        except KeyError:
            raise RefusedError(404, "Not Found") from None

    def known(self, sha: str, kind: str) -> str:
        """Return the object's name; a commit may stand for its tree."""
        found = self.git.type_of(sha)
        if kind == "tree" and found == "commit":
            return self.git.commit(sha).tree
        if found != kind:
            raise RefusedError(404, "Not Found")
        return sha

    def tip(self, branch: str) -> str:
        """Return the tip of a branch."""
        sha = self.world.branch(branch)
        if sha is None:
            raise RefusedError(404, "Not Found")
        return sha

    def tree_entry(self, row: Json) -> TreeEntry:
        """Return a row of a tree; its content is stored."""
        sha = self.git.write_blob(row["content"].encode()) if "content" in row else row["sha"]
        return TreeEntry(row["path"], row["mode"], "blob", sha)
