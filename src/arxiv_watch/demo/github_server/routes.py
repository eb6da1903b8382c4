"""The routes of GitHub that arxiv-watch walks; every other route, verb or field is refused."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from arxiv_watch.demo.github_server.payloads import Json, Payloads
from arxiv_watch.demo.github_server.repository import ZEROS, GitError, StaleRefError, TreeEntry
from arxiv_watch.demo.github_server.world import HEADS, Pull, World

BODY_LIMIT = 65_536  # characters, as GitHub counts them
_MODES = {"100644", "100755", "040000", "160000", "120000"}


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


class Routes:
    """Answers requests on one world."""

    def __init__(self, world: World, payloads: Payloads) -> None:
        self._world = world
        self._git = world.repository
        self._show = payloads
        self._table: list[tuple[str, re.Pattern[str], Handler]] = [
            (verb, re.compile(f"/repos/{re.escape(world.name)}{path}"), handler)
            for verb, path, handler in (
                ("GET", "", self.repository),
                ("GET", "/git/ref/(.+)", self.ref),
                ("GET", "/git/matching-refs/(.+)", self.matching_refs),
                ("GET", "/git/commits/([0-9a-f]{40})", self.git_commit),
                ("GET", "/git/trees/([^/]+)", self.tree),
                ("GET", "/git/blobs/([0-9a-f]{40})", self.blob),
                ("GET", "/commits/(.+)", self.commit),
                ("GET", "/pulls", self.pulls),
                ("GET", r"/pulls/(\d+)", self.pull),
                ("GET", r"/pulls/(\d+)/commits", self.pull_commits),
                ("GET", r"/pulls/(\d+)/reviews", self.reviews),
                ("GET", r"/issues/(\d+)/comments", self.comments),
                ("POST", "/git/blobs", self.create_blob),
                ("POST", "/git/trees", self.create_tree),
                ("POST", "/git/commits", self.create_commit),
                ("POST", "/git/refs", self.create_ref),
                ("PATCH", "/git/refs/(.+)", self.update_ref),
                ("POST", "/pulls", self.create_pull),
                ("PATCH", r"/pulls/(\d+)", self.update_pull),
                ("POST", r"/issues/(\d+)/labels", self.add_labels),
                ("POST", r"/pulls/(\d+)/requested_reviewers", self.request_reviewers),
                ("POST", r"/issues/(\d+)/assignees", self.add_assignees),
            )
        ]
        self._table.append(("POST", re.compile("/graphql"), self.graphql))

    def answer(self, verb: str, path: str, query: Mapping[str, str], body: Json) -> Answer:
        """Answer one request.

        Raises:
            RefusedError: GitHub would not do it.
        """
        for method, pattern, handler in self._table:
            match = pattern.fullmatch(path)
            if method == verb and match:
                _check_fields(handler.__name__, body)
                if self._world.archived and verb != "GET" and path != "/graphql":
                    raise RefusedError(403, "Repository was archived so is read-only.")
                return handler(Call(tuple(map(unquote, match.groups())), query, body))
        raise RefusedError(404, "Not Found")

    def repository(self, _call: Call) -> Answer:
        """GET /repos/{owner}/{repo}."""
        return 200, self._show.repository()

    def ref(self, call: Call) -> Answer:
        """GET …/git/ref/{ref}: one ref, by its exact name."""
        name = f"refs/{call.parts[0]}"
        if not self._git.refs():
            raise RefusedError(409, "Git Repository is empty.")
        sha = self._git.ref(name)
        if sha is None:
            raise RefusedError(404, "Not Found")
        return 200, self._show.ref(name, sha)

    def matching_refs(self, call: Call) -> Answer:
        """GET …/git/matching-refs/{ref}: every ref that starts with it."""
        found = self._git.refs(f"refs/{call.parts[0]}")
        return 200, [self._show.ref(name, sha) for name, sha in sorted(found.items())]

    def git_commit(self, call: Call) -> Answer:
        """GET …/git/commits/{sha}."""
        return 200, self._show.git_commit(self._git.commit(self._known(call.parts[0], "commit")))

    def tree(self, call: Call) -> Answer:
        """GET …/git/trees/{sha}."""
        sha = self._known(call.parts[0], "tree")
        return 200, self._show.tree(sha, self._git.tree(sha, recursive="recursive" in call.query))

    def blob(self, call: Call) -> Answer:
        """GET …/git/blobs/{sha}."""
        sha = self._known(call.parts[0], "blob")
        return 200, self._show.blob(sha, self._git.blob(sha))

    def commit(self, call: Call) -> Answer:
        """GET …/commits/{ref}: a commit with the people behind it."""
        sha = self._git.ref(HEADS + call.parts[0]) or call.parts[0]
        if self._git.type_of(sha) != "commit":
            raise RefusedError(422, f"No commit found for SHA: {sha}")
        return 200, self._show.commit(self._git.commit(sha))

    def pulls(self, call: Call) -> Answer:
        """GET …/pulls, newest first, page by page."""
        state, base, head = (call.query.get(key) for key in ("state", "base", "head"))
        wanted = [
            pull
            for pull in sorted(self._world.pulls.values(), key=lambda pull: pull.number, reverse=True)
            if state == "all" or pull.open == (state != "closed")
            if base is None or pull.base == base
            if head is None or head == f"{pull.head_repository.partition('/')[0]}:{pull.branch}"
        ]
        return 200, [self._show.pull_simple(pull) for pull in _page(wanted, call.query)]

    def pull(self, call: Call) -> Answer:
        """GET …/pulls/{number}."""
        return 200, self._show.pull(self._pull(call))

    def pull_commits(self, call: Call) -> Answer:
        """GET …/pulls/{number}/commits, oldest first."""
        commits = _page(self._world.commits(self._pull(call)), call.query)
        return 200, [self._show.commit(self._git.commit(sha)) for sha in commits]

    def reviews(self, call: Call) -> Answer:
        """GET …/pulls/{number}/reviews."""
        pull = self._pull(call)
        return 200, [self._show.review(pull, review) for review in _page(pull.reviews, call.query)]

    def comments(self, call: Call) -> Answer:
        """GET …/issues/{number}/comments."""
        pull = self._pull(call)
        return 200, [self._show.remark(pull, remark) for remark in _page(pull.comments, call.query)]

    def create_blob(self, call: Call) -> Answer:
        """POST …/git/blobs."""
        content = call.body["content"]
        try:
            raw = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
        except binascii.Error as error:
            raise RefusedError(422, "content is not valid Base64") from error
        sha = self._git.write_blob(raw)
        return 201, {"sha": sha, "url": f"{self._show.api}/repos/{self._world.name}/git/blobs/{sha}"}

    def create_tree(self, call: Call) -> Answer:
        """POST …/git/trees: without `base_tree` every other file would be gone, so that is refused here."""
        if "base_tree" not in call.body:
            raise RefusedError(
                422, "the stand-in refuses a tree without base_tree: it deletes all other files"
            )
        entries = [self._tree_entry(row) for row in call.body["tree"]]
        sha = self._git.write_tree(self._known(call.body["base_tree"], "tree"), entries)
        return 201, self._show.tree(sha, self._git.tree(sha))

    def create_commit(self, call: Call) -> Answer:
        """POST …/git/commits."""
        if self._git.type_of(call.body["tree"]) != "tree":
            raise RefusedError(422, "Tree SHA does not exist")
        parents = call.body.get("parents", [])
        if any(self._git.type_of(parent) != "commit" for parent in parents):
            raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
        sha = self._world.commit(call.body["tree"], parents, call.body["message"], self._world.bot)
        return 201, self._show.git_commit(self._git.commit(sha))

    def create_ref(self, call: Call) -> Answer:
        """POST …/git/refs: atomic; the loser of a race is told that it exists."""
        name, sha = call.body["ref"], call.body["sha"]
        if not re.fullmatch(r"refs/(heads|tags)/.+", name):
            raise RefusedError(422, "Reference name must start with 'refs/' and contain at least two '/'.")
        if self._git.type_of(sha) != "commit":
            raise RefusedError(422, "Object does not exist")
        if self._git.ref(name):
            raise RefusedError(422, "Reference already exists")
        try:
            self._world.move(name, sha, ZEROS)
        except StaleRefError as error:
            raise RefusedError(422, "Reference update failed") from error
        return 201, self._show.ref(name, sha)

    def update_ref(self, call: Call) -> Answer:
        """PATCH …/git/refs/{ref}: forward only, unless forced."""
        name, sha = f"refs/{call.parts[0]}", call.body["sha"]
        old = self._git.ref(name)
        if old is None:
            raise RefusedError(422, "Reference does not exist")
        if self._git.type_of(sha) != "commit":
            raise RefusedError(422, "Object does not exist")
        if not call.body.get("force") and not self._git.is_ancestor(old, sha):
            raise RefusedError(422, "Update is not a fast forward")
        self._world.move(name, sha, old)
        return 200, self._show.ref(name, sha)

    def create_pull(self, call: Call) -> Answer:
        """POST …/pulls."""
        world, head, base = self._world, call.body["head"], call.body["base"]
        if not world.may_create_pulls:
            raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
        owner, _, branch = head.rpartition(":")
        base_sha, head_sha = world.branch(base), world.branch(branch)
        for end, sha in (("base", base_sha), ("head", head_sha)):
            if sha is None or owner not in {"", world.owner}:
                raise _invalid({"resource": "PullRequest", "field": end, "code": "invalid"})
        if any(pull.open and (pull.branch, pull.base) == (branch, base) for pull in world.pulls.values()):
            raise _custom("PullRequest", f"A pull request already exists for {world.owner}:{branch}.")
        if not self._git.log(str(base_sha), str(head_sha)):
            raise _custom("PullRequest", f"No commits between {base} and {branch}")
        _check_body(call.body.get("body"))
        pull = Pull(
            number=world.next_number(),
            login=world.bot,
            title=call.body["title"],
            body=call.body.get("body"),
            branch=branch,
            head_repository=world.name,
            head_sha=str(head_sha),
            base=base,
            base_sha=str(base_sha),
            draft=call.body.get("draft", False),
            maintainer_can_modify=call.body.get("maintainer_can_modify", True),
            created_at=world.clock.now(),
            updated_at=world.clock.now(),
        )
        world.pulls[pull.number] = pull
        return 201, self._show.pull(pull)

    def update_pull(self, call: Call) -> Answer:
        """PATCH …/pulls/{number}."""
        pull = self._pull(call)
        _check_body(call.body.get("body"))
        state = call.body.get("state")
        if state == "open" and not pull.open:
            self._reopen(pull)
        elif state == "closed" and pull.open:
            self._world.close(pull)
        pull.title = call.body.get("title", pull.title)
        pull.body = call.body.get("body", pull.body)
        pull.updated_at = self._world.clock.now()
        return 200, self._show.pull(pull)

    def add_labels(self, call: Call) -> Answer:
        """POST …/issues/{number}/labels; a label that is not there yet is made."""
        pull = self._pull(call)
        for name in call.body.get("labels", []):
            if name not in self._world.labels and not self._world.may_create_labels:
                raise RefusedError(403, "You do not have permission to create labels on this repository.")
            self._world.labels.add(name)
            if name not in pull.labels:
                pull.labels.append(name)
        return 200, [self._show.label(name) for name in pull.labels]

    def request_reviewers(self, call: Call) -> Answer:
        """POST …/pulls/{number}/requested_reviewers."""
        pull = self._pull(call)
        asked = call.body.get("reviewers", [])
        if pull.login in asked:
            raise RefusedError(422, "Review cannot be requested from pull request author.")
        if not self._world.collaborators.issuperset(asked):
            raise RefusedError(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or teams "
                f"you specified is not a collaborator of the {self._world.name} repository.",
            )
        pull.reviewers += [login for login in asked if login not in pull.reviewers]
        return 201, self._show.pull_simple(pull)

    def add_assignees(self, call: Call) -> Answer:
        """POST …/issues/{number}/assignees; those who cannot be assigned are left out in silence."""
        pull = self._pull(call)
        for login in call.body.get("assignees", []):
            if login in self._world.collaborators and login not in pull.assignees:
                pull.assignees.append(login)
        return 201, self._show.issue(pull)

    def graphql(self, call: Call) -> Answer:
        """POST /graphql: only `viewer { login }` and the mutation `updateRefs`."""
        query = call.body["query"]
        if re.fullmatch(r"(query)?\s*\{\s*viewer\s*\{\s*login\s*\}\s*\}", query):
            return 200, {"data": {"viewer": {"login": self._world.bot}}}
        if not re.match(r"mutation \w+\(\$input: UpdateRefsInput!\)", query):
            return 200, {"errors": [{"type": "undefinedField", "message": "the stand-in does not know this"}]}
        wanted = call.body["variables"]["input"]
        if wanted["repositoryId"] != self._show.repository()["node_id"]:
            return 200, {"errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
        return 200, self._update_refs(wanted["refUpdates"])

    def _update_refs(self, updates: list[Json]) -> Json:
        current = self._git.refs()
        if any(current.get(update["name"], ZEROS) != update["beforeOid"] for update in updates):
            return {"data": None, "errors": [{"type": "STALE_DATA", "message": "beforeOid does not match"}]}
        for update in updates:
            self._world.move(update["name"], update["afterOid"], update["beforeOid"])
        return {"data": {"updateRefs": {"clientMutationId": None}}}

    def _reopen(self, pull: Pull) -> None:
        if pull.head_forced or self._world.branch(pull.branch) != pull.head_sha:
            why = f"state cannot be changed. The {pull.branch} branch was force-pushed or recreated."
            raise _custom("PullRequest", why)
        pull.closed_at = None

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

    def _tree_entry(self, row: Json) -> TreeEntry:
        unknown = set(row) - {"path", "mode", "type", "sha", "content"}
        path = row.get("path", "")
        if unknown or row.get("mode") not in _MODES or not path or ".." in path.split("/") or path[0] == "/":
            raise RefusedError(422, "Invalid tree info")
        if "content" in row:
            return TreeEntry(path, row["mode"], "blob", self._git.write_blob(row["content"].encode()))
        if row.get("sha") and self._git.type_of(row["sha"]) is None:
            raise RefusedError(422, f"GitRPC::BadObjectState: {row['sha']} does not exist")
        return TreeEntry(path, row["mode"], "blob", row.get("sha"))


def _check_fields(operation: str, body: Json) -> None:
    fields = _FIELDS.get(operation, {})
    for name, value in body.items():
        if name not in fields:
            raise RefusedError(422, f"Invalid request.\n\n{name!r} is not a permitted key.")
        if not isinstance(value, fields[name]):
            raise RefusedError(422, f"Invalid request.\n\nFor {name!r}, {value!r} is not of the right type.")
    missing = [name for name in _REQUIRED.get(operation, ()) if name not in body]
    if missing:
        raise RefusedError(422, f"Invalid request.\n\n{', '.join(missing)} wasn't supplied.")


def _check_body(body: str | None) -> None:
    if body is not None and len(body) > BODY_LIMIT:
        raise _custom("Issue", f"body is too long (maximum is {BODY_LIMIT} characters)", field="body")


def _custom(resource: str, message: str, **more: str) -> RefusedError:
    return _invalid({"resource": resource, "code": "custom", "message": message, **more})


def _invalid(error: Mapping[str, str]) -> RefusedError:
    return RefusedError(422, "Validation Failed", error)


def _page(rows: list[Any], query: Mapping[str, str]) -> list[Any]:
    size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return rows[(page - 1) * size : page * size]


__all__ = ["Call", "GitError", "RefusedError", "Routes"]
