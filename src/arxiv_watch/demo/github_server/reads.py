"""Reading GitHub: what its GET routes answer."""

from __future__ import annotations

from arxiv_watch.demo.github_server.calls import Answer, Call, Handlers, RefusedError, Rows, page
from arxiv_watch.demo.github_server.git_payloads import Json
from arxiv_watch.demo.github_server.world import HEADS


class Reads(Handlers):
    """The handlers of GET requests."""

    def repository(self, _call: Call) -> Answer:
        """GET /repos/{owner}/{repo}."""
        return 200, self._show.repository()

    def workflow_permissions(self, _call: Call) -> Answer:
        """GET …/actions/permissions/workflow: for administrators, which the tokens of Actions are not."""
        if not self._world.tells_switches:
            raise RefusedError(403, "Resource not accessible by integration")
        return 200, {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": self._world.may_create_pulls,
        }

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
        rows = self._git.tree(sha, recursive="recursive" in call.query)
        return 200, self._show.tree(sha, rows, limit=self._world.tree_limit)

    def blob(self, call: Call) -> Answer:
        """GET …/git/blobs/{sha}."""
        sha = self._known(call.parts[0], "blob")
        return 200, self._show.blob(sha, self._git.blob(sha))

    def commit(self, call: Call) -> Answer:
        """GET …/commits/{ref}: a commit with the people behind it."""
        sha = self._git.ref(HEADS + call.parts[0]) or call.parts[0]
        if self._git.type_of(sha) != "commit":
            raise RefusedError(422, f"No commit found for SHA: {sha}")
        commit = self._git.commit(sha)
        files = self._show.changed(commit.parents[0], sha) if commit.parents else []
        return 200, {**self._show.commit(commit), "files": files}

    def commits(self, call: Call) -> Answer:
        """GET …/commits: those up to `sha` that changed `path`, newest first."""
        found = self._git.history(call.query["sha"], call.query["path"])
        return 200, self._page([self._show.commit(self._git.commit(sha)) for sha in found], call)

    def compare(self, call: Call) -> Answer:
        """GET …/compare/{base}...{head}."""
        old, _, new = call.parts[0].partition("...")
        return 200, self._show.comparison(self._known(old, "commit"), self._known(new, "commit"))

    def rules(self, call: Call) -> Answer:
        """GET …/rules/branches/{branch}."""
        linear = self._world.linear_history and call.parts[0] == self._world.default_branch
        source = {"ruleset_source_type": "Repository", "ruleset_source": self._world.name, "ruleset_id": 1}
        return 200, [{"type": "required_linear_history", **source}] if linear else []

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
        return 200, self._page([self._show.pull_simple(pull) for pull in wanted], call)

    def pull(self, call: Call) -> Answer:
        """GET …/pulls/{number}."""
        return 200, self._show.pull(self._pull(call))

    def pull_commits(self, call: Call) -> Answer:
        """GET …/pulls/{number}/commits, oldest first."""
        commits = self._world.commits(self._pull(call))
        return 200, self._page([self._show.commit(self._git.commit(sha)) for sha in commits], call)

    def reviews(self, call: Call) -> Answer:
        """GET …/pulls/{number}/reviews."""
        pull = self._pull(call)
        return 200, self._page([self._show.review(pull, review) for review in pull.reviews], call)

    def comments(self, call: Call) -> Answer:
        """GET …/issues/{number}/comments."""
        pull = self._pull(call)
        return 200, self._page([self._show.remark(pull, remark) for remark in pull.comments], call)

    def issue(self, call: Call) -> Answer:
        """GET …/issues/{number}: the issue that a pull request also is, with who closed it."""
        return 200, self._show.issue(self._pull(call))

    def timeline(self, call: Call) -> Answer:
        """GET …/issues/{number}/timeline, oldest first."""
        return 200, self._page([self._show.event(event) for event in self._pull(call).events], call)

    def permission(self, call: Call) -> Answer:
        """GET …/collaborators/{login}/permission."""
        return 200, self._show.permission(call.parts[0])

    def _page(self, rows: list[Json], call: Call) -> Rows:
        return page(rows, call.query, self._world.page_limit)
