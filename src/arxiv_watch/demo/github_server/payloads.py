"""The JSON of the repository and of its pull requests; the shapes are those of GitHub's description."""

from __future__ import annotations

from datetime import UTC, datetime

from arxiv_watch.demo.github_server.git_payloads import GitPayloads, Json, number, when
from arxiv_watch.demo.github_server.world import Pull, Remark, TimelineEvent

_REPOSITORY_LINKS = (
    *("archive_url", "assignees_url", "blobs_url", "branches_url", "collaborators_url", "comments_url"),
    *("commits_url", "compare_url", "contents_url", "contributors_url", "deployments_url", "downloads_url"),
    *("events_url", "forks_url", "git_commits_url", "git_refs_url", "git_tags_url", "hooks_url"),
    *("issue_comment_url", "issue_events_url", "issues_url", "keys_url", "labels_url", "languages_url"),
    *("merges_url", "milestones_url", "notifications_url", "pulls_url", "releases_url", "stargazers_url"),
    *("statuses_url", "subscribers_url", "subscription_url", "tags_url", "teams_url", "trees_url"),
)


class Payloads(GitPayloads):
    """Adds what GitHub knows beyond git."""

    def repository(self, name: str | None = None) -> Json:
        """The full repository; `name` makes it that of a fork."""
        world, name = self._world, name or self._world.name
        root, page = f"{self.api}/repos/{name}", f"{self.web}/{name}"
        stamp = when(datetime(2024, 1, 1, tzinfo=UTC))
        counts = ("forks", "forks_count", "watchers", "watchers_count", "stargazers_count", "size")
        flags = ("has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads")
        return {
            "id": number(name),
            "node_id": f"R_{number(name)}",
            "name": name.partition("/")[2],
            "full_name": name,
            "owner": self.user(name.partition("/")[0]),
            "private": False,
            "html_url": page,
            "description": None,
            "fork": name != world.name,
            "url": root,
            **{link: f"{root}/{link.removesuffix('_url')}" for link in _REPOSITORY_LINKS},
            **dict.fromkeys(("git_url", "ssh_url", "clone_url", "svn_url"), f"{page}.git"),
            **dict.fromkeys(("homepage", "language", "mirror_url", "license")),
            **dict.fromkeys((*counts, "network_count", "subscribers_count"), 0),
            **dict.fromkeys(flags, False),
            "allow_merge_commit": "merge" in world.merge_methods,
            "allow_squash_merge": "squash" in world.merge_methods,
            "allow_rebase_merge": "rebase" in world.merge_methods,
            "has_issues": True,
            "default_branch": world.default_branch,
            "open_issues": (pending := sum(pull.open for pull in world.pulls.values())),
            "open_issues_count": pending,
            "archived": world.archived,
            "disabled": False,
            "visibility": "public",
            **dict.fromkeys(("created_at", "updated_at", "pushed_at"), stamp),
            "permissions": {
                "admin": False,
                "maintain": False,
                "push": self._world.may_push,
                "triage": False,
                "pull": True,
            },
        }

    def label(self, name: str) -> Json:
        """A label."""
        return {
            "id": number(name),
            "node_id": f"LA_{number(name)}",
            "url": f"{self._root}/labels/{name}",
            "name": name,
            "description": "",
            "color": "ededed",
            "default": False,
        }

    def remark(self, pull: Pull, remark: Remark) -> Json:
        """A comment on a pull request."""
        issue = f"{self._root}/issues/{pull.number}"
        return {
            "id": remark.id,
            "node_id": f"IC_{remark.id}",
            "url": f"{self._root}/issues/comments/{remark.id}",
            "html_url": f"{self._page}/pull/{pull.number}#issuecomment-{remark.id}",
            "issue_url": issue,
            "user": self.user(remark.login),
            "body": remark.body,
            "author_association": "COLLABORATOR",
            **dict.fromkeys(("created_at", "updated_at"), when(remark.at)),
        }

    def review(self, pull: Pull, review: Remark) -> Json:
        """A review of a pull request."""
        page = f"{self._page}/pull/{pull.number}#pullrequestreview-{review.id}"
        url = f"{self._root}/pulls/{pull.number}"
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

    def pull_simple(self, pull: Pull) -> Json:
        """A pull request as lists show it."""
        links = self._links(pull)
        page = links["html"]
        return {
            "url": links["self"],
            "id": pull.number,
            "node_id": f"PR_{pull.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "issue_url": links["issue"],
            **{f"{key}_url": links[key] for key in ("commits", "review_comments", "review_comment")},
            **{f"{key}_url": links[key] for key in ("comments", "statuses")},
            "number": pull.number,
            "state": "open" if pull.open else "closed",
            "locked": False,
            "title": pull.title,
            "user": self.user(pull.login),
            "body": pull.body,
            "labels": [self.label(name) for name in pull.labels],
            "milestone": None,
            "created_at": when(pull.created_at),
            "updated_at": when(pull.updated_at),
            "closed_at": when(pull.closed_at),
            "merged_at": when(pull.merged_at),
            "merge_commit_sha": pull.merge_sha,
            "assignee": self.user(pull.assignees[0]) if pull.assignees else None,
            "assignees": [self.user(login) for login in pull.assignees],
            "requested_reviewers": [self.user(login) for login in pull.reviewers],
            "requested_teams": [],
            "head": self._end(pull.branch, pull.head_sha, pull.head_repository),
            "base": self._end(pull.base, pull.base_sha, self._world.name),
            "_links": {key: {"href": link} for key, link in links.items()},
            "author_association": self._association(pull.login),
            "auto_merge": self._auto_merge(pull),
            "draft": pull.draft,
        }

    def pull(self, pull: Pull) -> Json:
        """A pull request by itself."""
        mergeable = self._world.mergeable(pull)
        return {
            **self.pull_simple(pull),
            "merged": pull.merged_at is not None,
            "mergeable": mergeable,
            "mergeable_state": {True: "clean", False: "dirty", None: "unknown"}[mergeable],
            "merged_by": None,
            "comments": len(pull.comments),
            "review_comments": 0,
            "maintainer_can_modify": pull.maintainer_can_modify,
            "commits": len(self._world.commits(pull)),
            **dict.fromkeys(("additions", "deletions", "changed_files"), 0),
        }

    def issue(self, pull: Pull) -> Json:
        """A pull request as the issue that it also is."""
        simple = self.pull_simple(pull)
        closed = [event.login for event in pull.events if event.kind == "closed"]
        issue = simple["issue_url"]
        shared = ("id", "node_id", "number", "state", "locked", "title", "user", "body", "labels")
        dates = ("milestone", "created_at", "updated_at", "closed_at", "assignee", "assignees")
        return {
            **{key: simple[key] for key in (*shared, *dates, "html_url", "author_association")},
            "url": issue,
            "repository_url": self._root,
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
            "url": f"{self._root}/issues/events/{event.id}",
            "actor": self.user(event.login),
            "event": event.kind,
            "created_at": when(event.at),
            **nothing,
        }

    def permission(self, login: str) -> Json:
        """What somebody may do; whoever is no collaborator may read what is public."""
        may = "write" if login in self._world.collaborators else "read"
        permissions = dict.fromkeys(("admin", "maintain", "triage"), False)
        user = {**self.user(login), "role_name": may}
        user["permissions"] = {**permissions, "push": may == "write", "pull": True}
        return {"permission": may, "role_name": may, "user": user}

    def _association(self, login: str) -> str:
        if login == self._world.owner:
            return "OWNER"
        return "COLLABORATOR" if login in self._world.collaborators else "CONTRIBUTOR"

    def _auto_merge(self, pull: Pull) -> Json | None:
        if not pull.auto_merge_by:
            return None
        words = dict.fromkeys(("commit_title", "commit_message"), "")
        return {"enabled_by": self.user(pull.auto_merge_by), "merge_method": "squash", **words}

    def _end(self, branch: str, sha: str, repository: str) -> Json:
        owner = repository.partition("/")[0]
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": self.user(owner),
            "repo": self.repository(repository),
        }

    def _links(self, pull: Pull) -> dict[str, str]:
        api, page = f"{self._root}/pulls/{pull.number}", f"{self._page}/pull/{pull.number}"
        issue, statuses = f"{self._root}/issues/{pull.number}", f"{self._root}/statuses/{pull.head_sha}"
        return {
            "self": api,
            "html": page,
            "issue": issue,
            "comments": f"{issue}/comments",
            "review_comments": f"{api}/comments",
            "review_comment": f"{self._root}/pulls/comments{{/number}}",
            "commits": f"{api}/commits",
            "statuses": statuses,
        }
