"""The routes of GitHub that arxiv-watch walks beyond the demo, and what people's settings refuse."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from arxiv_watch.demo.github_server.repository import HEADS, ZEROS, TreeEntry
from arxiv_watch.demo.github_server.routes import Answer, Call, Json, RefusedError, Routes
from stand_ins.github_payloads import PeoplesPayloads
from stand_ins.github_world import PeoplesPull, PeoplesWorld

BODY_LIMIT = 65_536  # characters, as GitHub counts them
MODES = {"100644", "100755", "040000", "160000", "120000"}


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


class PeoplesRoutes(Routes):
    """Answers requests on one world with its people."""

    table: ClassVar = (
        ("GET", "/actions/permissions/workflow", "workflow_permissions"),
        ("GET", "/commits", "commits"),
        ("GET", "/commits/(.+)", "commit"),
        ("GET", "/compare/(.+)", "compare"),
        ("GET", "/rules/branches/(.+)", "rules"),
        ("GET", r"/pulls/(\d+)/commits", "pull_commits"),
        ("GET", r"/issues/(\d+)/comments", "comments"),
        ("GET", r"/issues/(\d+)", "issue"),
        ("GET", "/collaborators/([^/]+)/permission", "permission"),
        ("POST", "/git/blobs", "create_blob"),
        ("POST", r"/pulls/(\d+)/requested_reviewers", "request_reviewers"),
        ("POST", r"/issues/(\d+)/assignees", "add_assignees"),
        *Routes.table,
    )
    # The fields that a method takes, and those that it needs.
    fields: ClassVar = {
        "create_blob": {"content": str, "encoding": str},
        "request_reviewers": {"reviewers": list, "team_reviewers": list},
        "add_assignees": {"assignees": list},
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
        "graphql": {"query": str, "variables": dict},
    }
    needed: ClassVar = {
        "create_blob": ("content",),
        "create_tree": ("tree",),
        "create_commit": ("message", "tree"),
        "create_ref": ("ref", "sha"),
        "update_ref": ("sha",),
        "create_pull": ("head", "base", "title"),
        "graphql": ("query",),
    }

    payloads_type = PeoplesPayloads
    pull_type = PeoplesPull
    world: PeoplesWorld
    show: PeoplesPayloads

    def answer(self, verb: str, path: str, query: Mapping[str, str], body: Json) -> Answer:
        """Answer one request, by the repository's name or number; a former name is redirected."""
        if (verb, path) == ("POST", "/graphql"):
            return super().answer(verb, path, query, body)
        by_id = f"/repositories/{self.show.repository()['id']}"
        for name in self.world.former_names:
            if path == f"/repos/{name}" or path.startswith(f"/repos/{name}/"):
                asked = f"?{urlencode(query)}" if query else ""
                raise MovedError(verb, f"{self.show.url}{by_id}{path.removeprefix(f'/repos/{name}')}{asked}")
        if path == by_id or path.startswith(f"{by_id}/"):
            path = path.replace(by_id, f"/repos/{self.world.name}", 1)
        if self.world.archived and verb != "GET":
            raise RefusedError(403, "Repository was archived so is read-only.")
        return super().answer(verb, path, query, body)

    def call(self, name: str, call: Call) -> Answer:
        self.check_fields(name, call.body)
        return super().call(name, call)

    def check_fields(self, operation: str, body: Json) -> None:
        """Refuse a body with unknown, missing or wrong fields."""
        fields = self.fields.get(operation, {})
        for name, value in body.items():
            if name not in fields:
                raise RefusedError(422, f"Invalid request.\n\n{name!r} is not a permitted key.")
            if not isinstance(value, fields[name]):
                raise RefusedError(
                    422, f"Invalid request.\n\nFor {name!r}, {value!r} is not of the right type."
                )
        missing = [name for name in self.needed.get(operation, ()) if name not in body]
        if missing:
            raise RefusedError(422, f"Invalid request.\n\n{', '.join(missing)} wasn't supplied.")

    def workflow_permissions(self, _call: Call) -> Answer:
        """GET …/actions/permissions/workflow: for administrators, which the tokens of Actions are not."""
        if not self.world.tells_switches:
            raise RefusedError(403, "Resource not accessible by integration")
        return 200, {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": self.world.may_create_pulls,
        }

    def ref(self, call: Call) -> Answer:
        if not self.git.refs():
            raise RefusedError(409, "Git Repository is empty.")
        return super().ref(call)

    def commit(self, call: Call) -> Answer:
        """GET …/commits/{ref}: a commit with the people behind it."""
        sha = self.git.ref(HEADS + call.parts[0]) or call.parts[0]
        if self.git.type_of(sha) != "commit":
            raise RefusedError(422, f"No commit found for SHA: {sha}")
        commit = self.git.commit(sha)
        files = self.show.changed(commit.parents[0], sha) if commit.parents else []
        return 200, {**self.show.commit(commit), "files": files}

    def commits(self, call: Call) -> Answer:
        """GET …/commits: those up to `sha` that changed `path`, newest first."""
        found = self.git.ask("rev-list", call.query["sha"], "--", call.query["path"]).decode().split()
        return 200, self._page([self.show.commit(self.git.commit(sha)) for sha in found], call)

    def compare(self, call: Call) -> Answer:
        """GET …/compare/{base}...{head}."""
        old, _, new = call.parts[0].partition("...")
        return 200, self.show.comparison(self.known(old, "commit"), self.known(new, "commit"))

    def rules(self, call: Call) -> Answer:
        """GET …/rules/branches/{branch}."""
        linear = self.world.linear_history and call.parts[0] == self.world.default_branch
        source = {"ruleset_source_type": "Repository", "ruleset_source": self.world.name, "ruleset_id": 1}
        return 200, [{"type": "required_linear_history", **source}] if linear else []

    def pulls(self, call: Call) -> Answer:
        return 200, self._page(super().pulls(call)[1], call)

    def pull_commits(self, call: Call) -> Answer:
        """GET …/pulls/{number}/commits, oldest first."""
        commits = self.world.commits(self.found(call))
        return 200, self._page([self.show.commit(self.git.commit(sha)) for sha in commits], call)

    def reviews(self, call: Call) -> Answer:
        pull = self.found(call)
        return 200, self._page([self.show.review(pull, review) for review in pull.reviews], call)

    def comments(self, call: Call) -> Answer:
        """GET …/issues/{number}/comments."""
        pull = self.found(call)
        return 200, self._page([self.show.remark(pull, remark) for remark in pull.comments], call)

    def issue(self, call: Call) -> Answer:
        """GET …/issues/{number}: the issue that a pull request also is, with who closed it."""
        return 200, self.show.issue(self.found(call))

    def timeline(self, call: Call) -> Answer:
        return 200, self._page([self.show.event(event) for event in self.found(call).events], call)

    def permission(self, call: Call) -> Answer:
        """GET …/collaborators/{login}/permission."""
        return 200, self.show.permission(call.parts[0])

    def create_blob(self, call: Call) -> Answer:
        """POST …/git/blobs."""
        content = call.body["content"]
        try:
            raw = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
        except binascii.Error as error:
            raise RefusedError(422, "content is not valid Base64") from error
        sha = self.git.write_blob(raw)
        return 201, {"sha": sha, "url": f"{self.show.root}/git/blobs/{sha}"}

    def create_tree(self, call: Call) -> Answer:
        """POST …/git/trees: without `base_tree` every other file would be gone, so that is refused here."""
        if "base_tree" not in call.body:
            raise RefusedError(
                422, "the stand-in refuses a tree without base_tree: it deletes all other files"
            )
        return super().create_tree(call)

    def tree_entry(self, row: Json) -> TreeEntry:
        unknown = set(row) - {"path", "mode", "type", "sha", "content"}
        path = row.get("path", "")
        if unknown or row.get("mode") not in MODES or not path or ".." in path.split("/") or path[0] == "/":
            raise RefusedError(422, "Invalid tree info")
        if row.get("sha") and self.git.type_of(row["sha"]) is None:
            raise RefusedError(422, f"GitRPC::BadObjectState: {row['sha']} does not exist")
        return super().tree_entry(row)

    def create_commit(self, call: Call) -> Answer:
        if self.git.type_of(call.body["tree"]) != "tree":
            raise RefusedError(422, "Tree SHA does not exist")
        if any(self.git.type_of(parent) != "commit" for parent in call.body.setdefault("parents", [])):
            raise RefusedError(422, "Parent SHA does not exist or is not a commit object")
        return super().create_commit(call)

    def create_ref(self, call: Call) -> Answer:
        # Matches "refs/heads/main".
        if not re.fullmatch(r"refs/(heads|tags)/.+", call.body["ref"]):
            raise RefusedError(422, "Reference name must start with 'refs/' and contain at least two '/'.")
        self._check_commit(call)
        return super().create_ref(call)

    def update_ref(self, call: Call) -> Answer:
        if self.git.ref(f"refs/{call.parts[0]}"):
            self._check_commit(call)
        return super().update_ref(call)

    def _check_commit(self, call: Call) -> None:
        if self.git.type_of(call.body["sha"]) != "commit":
            raise RefusedError(422, "Object does not exist")

    def create_pull(self, call: Call) -> Answer:
        world, body = self.world, call.body
        if not world.may_create_pulls:
            raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
        owner, _, branch = body["head"].rpartition(":")
        base = body["base"]
        base_sha, head_sha = world.branch(base), world.branch(branch)
        for end, sha in (("base", base_sha), ("head", head_sha)):
            if sha is None or owner not in {"", world.owner}:
                raise invalid({"resource": "PullRequest", "field": end, "code": "invalid"})
        if any(pull.open and (pull.branch, pull.base) == (branch, base) for pull in world.pulls.values()):
            raise custom("PullRequest", f"A pull request already exists for {world.owner}:{branch}.")
        if not self.git.log(base_sha, head_sha):
            raise custom("PullRequest", f"No commits between {base} and {branch}")
        check_body(body.get("body"))
        return super().create_pull(Call(call.parts, call.query, {**body, "head": branch}))

    def update_pull(self, call: Call) -> Answer:
        pull = self.found(call)
        check_body(call.body.get("body"))
        if call.body.get("state") == "open" and not pull.open:
            if pull.head_forced or self.world.branch(pull.branch) != pull.head_sha:
                why = f"state cannot be changed. The {pull.branch} branch was force-pushed or recreated."
                raise custom("PullRequest", why)
            pull.closed_at = None
            self.world.record(pull, "reopened", self.world.bot)
        elif call.body.get("state") == "closed" and pull.open:
            self.world.close(pull, self.world.bot)
        return super().update_pull(call)

    def add_labels(self, call: Call) -> Answer:
        new = {*call.body.get("labels", [])} - self.world.labels
        if new and not self.world.may_create_labels:
            raise RefusedError(403, "You do not have permission to create labels on this repository.")
        self.world.labels |= new
        return super().add_labels(call)

    def request_reviewers(self, call: Call) -> Answer:
        """POST …/pulls/{number}/requested_reviewers."""
        pull = self.found(call)
        asked = call.body.get("reviewers", [])
        if pull.login in asked:
            raise RefusedError(422, "Review cannot be requested from pull request author.")
        if not self.world.collaborators.issuperset(asked):
            raise RefusedError(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or teams "
                f"you specified is not a collaborator of the {self.world.name} repository.",
            )
        pull.reviewers += [login for login in asked if login not in pull.reviewers]
        return 201, self.show.pull_simple(pull)

    def add_assignees(self, call: Call) -> Answer:
        """POST …/issues/{number}/assignees; those who cannot be assigned are left out in silence."""
        pull = self.found(call)
        for login in call.body.get("assignees", []):
            if login in self.world.collaborators and login not in pull.assignees:
                pull.assignees.append(login)
        return 201, self.show.issue(pull)

    def graphql(self, call: Call) -> Answer:
        """POST /graphql: the mutation `updateRefs` besides."""
        # Matches "mutation Move($input: UpdateRefsInput!)".
        if not re.match(r"mutation \w+\(\$input: UpdateRefsInput!\)", call.body["query"]):
            return super().graphql(call)
        wanted = call.body["variables"]["input"]
        if wanted["repositoryId"] != self.show.repository()["node_id"]:
            return 200, {"errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
        return 200, self._update_refs(wanted["refUpdates"])

    def _update_refs(self, updates: list[Json]) -> Json:
        current = self.git.refs()
        if any(current.get(update["name"], ZEROS) != update["beforeOid"] for update in updates):
            return {"data": None, "errors": [{"type": "STALE_DATA", "message": "beforeOid does not match"}]}
        if any(self._is_forced(update) and not update.get("force") for update in updates):
            return {"data": None, "errors": [{"type": "UNPROCESSABLE", "message": "not a fast-forward"}]}
        for update in updates:
            self.world.move(update["name"], update["afterOid"], update["beforeOid"], self.world.bot)
        return {"data": {"updateRefs": {"clientMutationId": None}}}

    def _is_forced(self, update: Json) -> bool:
        old, new = update["beforeOid"], update["afterOid"]
        return ZEROS not in {old, new} and not self.git.is_ancestor(old, new)

    def _page(self, rows: list[Any], call: Call) -> Rows:
        """Cut out the page that was asked for; GitHub may put fewer rows on it than was asked."""
        size = min(int(call.query.get("per_page", "30")), self.world.page_limit)
        number = int(call.query.get("page", "1"))
        return Rows(rows[(number - 1) * size : number * size], number=number, more=number * size < len(rows))


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
