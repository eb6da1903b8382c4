"""The JSON of what GitHub knows beyond the demo; the shapes are those of its OpenAPI description."""

from __future__ import annotations

from arxiv_watch.demo.github_server.repository import Commit, TreeEntry
from arxiv_watch.demo.github_server.routes import Json, when
from stand_ins.github_shapes import WholePayloads
from stand_ins.github_world import PeoplesPull, PeoplesWorld, Remark, TimelineEvent, changes


class PeoplesPayloads(WholePayloads):
    """Adds people's doings, rules and switches."""

    world: PeoplesWorld

    def repository(self, name: str | None = None) -> Json:
        world = self.world
        methods = {f"allow_{way}_merge": way in world.merge_methods for way in ("squash", "rebase")}
        pending = sum(pull.open for pull in world.pulls.values())
        whole = super().repository(name)
        return {
            **whole,
            **methods,
            "allow_merge_commit": "merge" in world.merge_methods,
            "archived": world.archived,
            "open_issues": pending,
            "open_issues_count": pending,
            "permissions": {**whole["permissions"], "push": world.may_push},
        }

    def verification(self, sha: str) -> Json:
        is_signed = sha in self.world.verified
        known = {"verified": is_signed, "reason": "valid" if is_signed else "unsigned"}
        return {**super().verification(sha), **known}

    def commit(self, commit: Commit) -> Json:
        """A commit with the people behind it."""
        author = self.world.authors.get(commit.sha)
        committer = self.world.committers.get(commit.sha, author)
        url = f"{self.root}/commits/{commit.sha}"
        facts = self.git_commit(commit)
        shared = ("url", "author", "committer", "message", "tree", "verification")
        return {
            "url": url,
            "comments_url": f"{url}/comments",
            **{key: facts[key] for key in ("sha", "node_id", "html_url", "parents")},
            "commit": {**{key: facts[key] for key in shared}, "comment_count": 0},
            "author": self.user(author) if author else None,
            "committer": self.user(committer) if committer else None,
        }

    def changed(self, old: str, new: str) -> list[Json]:
        """Return the files that differ between two commits, a renamed one with its former name."""
        words = {"A": "added", "M": "modified", "D": "removed", "R": "renamed"}
        return [
            {
                "sha": None,
                "filename": name,
                "status": words[letter],
                **({"previous_filename": former} if letter == "R" else {}),
                **dict.fromkeys(("additions", "deletions", "changes"), 0),
                "blob_url": f"{self.page}/blob/{new}/{name}",
                "raw_url": f"{self.page}/raw/{new}/{name}",
                "contents_url": f"{self.root}/contents/{name}?ref={new}",
            }
            for letter, name, former in changes(self.world.repository, old, new)
        ]

    def comparison(self, old: str, new: str) -> Json:
        """Return how one commit differs from another."""
        git = self.world.repository
        ahead, behind = git.log(old, new), git.log(new, old)
        page = f"{self.page}/compare/{old}...{new}"
        both = {"ahead_by": len(ahead), "behind_by": len(behind), "total_commits": len(ahead)}
        return {
            "url": f"{self.root}/compare/{old}...{new}",
            **dict.fromkeys(("html_url", "permalink_url"), page),
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": self.commit(git.commit(old)),
            "merge_base_commit": self.commit(git.commit(old)),
            "status": "diverged" if ahead and behind else "ahead" if ahead else "behind",
            **both,
            "commits": [self.commit(git.commit(sha)) for sha in ahead],
            "files": self.changed(old, new),
        }

    def tree(self, sha: str, entries: list[TreeEntry]) -> Json:
        limit = self.world.tree_limit
        return {**super().tree(sha, entries[:limit]), "truncated": len(entries) > limit}

    def remark(self, pull: PeoplesPull, remark: Remark) -> Json:
        """A comment on a pull request."""
        return {
            "id": remark.id,
            "node_id": f"IC_{remark.id}",
            "url": f"{self.root}/issues/comments/{remark.id}",
            "html_url": f"{self.page}/pull/{pull.number}#issuecomment-{remark.id}",
            "issue_url": f"{self.root}/issues/{pull.number}",
            "user": self.user(remark.login),
            "body": remark.body,
            "author_association": "COLLABORATOR",
            **dict.fromkeys(("created_at", "updated_at"), when(remark.at)),
        }

    def review(self, pull: PeoplesPull, review: Remark) -> Json:
        """A review of a pull request."""
        page = f"{self.page}/pull/{pull.number}#pullrequestreview-{review.id}"
        url = f"{self.root}/pulls/{pull.number}"
        return {
            "id": review.id,
            "node_id": f"PRR_{review.id}",
            "user": self.user(review.login),
            "body": review.body,
            "state": review.state,
            "commit_id": pull.head_sha,
            "submitted_at": when(review.at),
            "html_url": page,
            "pull_request_url": url,
            "_links": {"html": {"href": page}, "pull_request": {"href": url}},
            "author_association": "COLLABORATOR",
        }

    def pull_simple(self, pull: PeoplesPull) -> Json:
        return {
            **super().pull_simple(pull),
            "merged_at": when(pull.merged_at),
            "merge_commit_sha": pull.merge_sha,
            "assignee": self.user(pull.assignees[0]) if pull.assignees else None,
            "assignees": [self.user(login) for login in pull.assignees],
            "requested_reviewers": [self.user(login) for login in pull.reviewers],
            "head": self.end(pull.branch, pull.head_sha, pull.head_repository or self.world.name),
            "author_association": self._association(pull.login),
            "auto_merge": self._auto_merge(pull),
        }

    def pull(self, pull: PeoplesPull) -> Json:
        mergeable = self.world.mergeable(pull)
        return {
            **super().pull(pull),
            "merged": pull.merged_at is not None,
            "mergeable": mergeable,
            "mergeable_state": {True: "clean", False: "dirty", None: "unknown"}[mergeable],
            "comments": len(pull.comments),
            "maintainer_can_modify": pull.maintainer_can_modify,
        }

    def issue(self, pull: PeoplesPull) -> Json:
        """A pull request as the issue that it also is."""
        simple = self.pull_simple(pull)
        closed = [event.login for event in pull.events if event.kind == "closed"]
        issue = simple["issue_url"]
        shared = ("id", "node_id", "number", "state", "locked", "title", "user", "body", "labels")
        dates = ("milestone", "created_at", "updated_at", "closed_at", "assignee", "assignees")
        return {
            **{key: simple[key] for key in (*shared, *dates, "html_url", "author_association")},
            "url": issue,
            "repository_url": self.root,
            "labels_url": f"{issue}/labels{{/name}}",
            "comments_url": f"{issue}/comments",
            "events_url": f"{issue}/events",
            "comments": len(pull.comments),
            "closed_by": self.user(closed[-1]) if closed and not pull.open else None,
        }

    def event(self, event: TimelineEvent) -> Json:
        """An event of a pull request's timeline."""
        nothing = dict.fromkeys(("commit_id", "commit_url", "performed_via_github_app"))
        return {
            "id": event.id,
            "node_id": f"E_{event.id}",
            "url": f"{self.root}/issues/events/{event.id}",
            "actor": self.user(event.login),
            "event": event.kind,
            "created_at": when(event.at),
            **nothing,
        }

    def permission(self, login: str) -> Json:
        """What somebody may do; whoever is no collaborator may read what is public."""
        may = "write" if login in self.world.collaborators else "read"
        permissions = dict.fromkeys(("admin", "maintain", "triage"), False)
        user = {**self.user(login), "role_name": may}
        user["permissions"] = {**permissions, "push": may == "write", "pull": True}
        return {"permission": may, "role_name": may, "user": user}

    def _association(self, login: str) -> str:
        if login == self.world.owner:
            return "OWNER"
        return "COLLABORATOR" if login in self.world.collaborators else "CONTRIBUTOR"

    def _auto_merge(self, pull: PeoplesPull) -> Json | None:
        if not pull.auto_merge_by:
            return None
        words = dict.fromkeys(("commit_title", "commit_message"), "")
        return {"enabled_by": self.user(pull.auto_merge_by), "merge_method": "squash", **words}
