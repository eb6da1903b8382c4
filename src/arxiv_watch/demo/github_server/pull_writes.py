"""Writing pull requests: opening, editing, labels, reviewers, assignees."""

from __future__ import annotations

from arxiv_watch.demo.github_server.calls import (
    Answer,
    Call,
    Handlers,
    RefusedError,
    check_body,
    custom,
    invalid,
)
from arxiv_watch.demo.github_server.world import Pull


class PullWrites(Handlers):
    """The handlers that change pull requests."""

    def create_pull(self, call: Call) -> Answer:
        """POST …/pulls."""
        world, head, base = self._world, call.body["head"], call.body["base"]
        if not world.may_create_pulls:
            raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
        owner, _, branch = head.rpartition(":")
        base_sha, head_sha = world.branch(base), world.branch(branch)
        for end, sha in (("base", base_sha), ("head", head_sha)):
            if sha is None or owner not in {"", world.owner}:
                raise invalid({"resource": "PullRequest", "field": end, "code": "invalid"})
        if any(pull.open and (pull.branch, pull.base) == (branch, base) for pull in world.pulls.values()):
            raise custom("PullRequest", f"A pull request already exists for {world.owner}:{branch}.")
        if not self._git.log(str(base_sha), str(head_sha)):
            raise custom("PullRequest", f"No commits between {base} and {branch}")
        check_body(call.body.get("body"))
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
        check_body(call.body.get("body"))
        state = call.body.get("state")
        if state == "open" and not pull.open:
            self._reopen(pull)
        elif state == "closed" and pull.open:
            self._world.close(pull, self._world.bot)
        pull.title = call.body.get("title", pull.title)
        pull.body = call.body.get("body", pull.body)
        pull.updated_at = self._world.clock.now()
        return 200, self._show.pull(pull)

    def add_labels(self, call: Call) -> Answer:
        """POST …/issues/{number}/labels; a label that does not exist yet is created."""
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

    def _reopen(self, pull: Pull) -> None:
        if pull.head_forced or self._world.branch(pull.branch) != pull.head_sha:
            why = f"state cannot be changed. The {pull.branch} branch was force-pushed or recreated."
            raise custom("PullRequest", why)
        pull.closed_at = None
        self._world.record(pull, "reopened", self._world.bot)
