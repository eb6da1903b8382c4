"""The JSON that GitHub answers, whole, in the shapes of its OpenAPI description."""

from __future__ import annotations

import base64
import hashlib

from arxiv_watch.demo.github_server.repository import Commit, Pull, TreeEntry
from arxiv_watch.demo.github_server.routes import Json, Payloads, when

_USER_LINKS = (
    *("followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url"),
    *("organizations_url", "repos_url", "events_url", "received_events_url"),
)
_REPOSITORY_LINKS = (
    *("archive_url", "assignees_url", "blobs_url", "branches_url", "collaborators_url", "comments_url"),
    *("commits_url", "compare_url", "contents_url", "contributors_url", "deployments_url", "downloads_url"),
    *("events_url", "forks_url", "git_commits_url", "git_refs_url", "git_tags_url", "hooks_url"),
    *("issue_comment_url", "issue_events_url", "issues_url", "keys_url", "labels_url", "languages_url"),
    *("merges_url", "milestones_url", "notifications_url", "pulls_url", "releases_url", "stargazers_url"),
    *("statuses_url", "subscribers_url", "subscription_url", "tags_url", "teams_url", "trees_url"),
)


class WholePayloads(Payloads):
    """Adds what this program does not read."""

    def user(self, login: str) -> Json:
        url = f"{self.url}/users/{login}"
        return {
            "login": login,
            "id": number(login),
            "node_id": f"U_{number(login)}",
            "avatar_url": f"{self.url}/{login}.png",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.url}/{login}",
            **{link: f"{url}/{link.removesuffix('_url')}" for link in _USER_LINKS},
            "type": "Bot" if login.endswith("[bot]") else "User",
            "site_admin": False,
        }

    def repository(self, name: str | None = None) -> Json:
        name = name or self.world.name
        root, page = f"{self.url}/repos/{name}", f"{self.url}/{name}"
        counts = ("forks", "forks_count", "watchers", "watchers_count", "stargazers_count", "size")
        flags = ("has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads")
        rights = dict.fromkeys(("admin", "maintain", "triage"), False)
        return {
            "id": number(name),
            "node_id": f"R_{name}",
            "name": name.partition("/")[2],
            "full_name": name,
            "owner": self.user(name.partition("/")[0]),
            "html_url": page,
            "url": root,
            **{link: f"{root}/{link.removesuffix('_url')}" for link in _REPOSITORY_LINKS},
            **dict.fromkeys(("git_url", "ssh_url", "clone_url", "svn_url"), f"{page}.git"),
            **dict.fromkeys(("description", "homepage", "language", "mirror_url", "license")),
            **dict.fromkeys((*counts, "network_count", "subscribers_count"), 0),
            **dict.fromkeys(("open_issues", "open_issues_count"), len(self.world.pulls)),
            **dict.fromkeys((*flags, "private", "archived", "disabled"), False),
            **dict.fromkeys(("allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"), True),
            "fork": name != self.world.name,
            "has_issues": True,
            "default_branch": self.world.default_branch,
            "visibility": "public",
            **dict.fromkeys(("created_at", "updated_at", "pushed_at"), "2024-01-01T00:00:00Z"),
            "permissions": {**rights, "push": True, "pull": True},
        }

    def ref(self, name: str, sha: str) -> Json:
        kind = self.world.repository.type_of(sha) or "commit"
        target = {"type": kind, "sha": sha, "url": f"{self.root}/git/{kind}s/{sha}"}
        return {"ref": name, "node_id": f"REF_{name}", "url": f"{self.root}/git/{name}", "object": target}

    def git_commit(self, commit: Commit) -> Json:
        author = commit.author
        person = {"name": author.name, "email": author.email, "date": when(author.when)}
        url, page = f"{self.root}/git/commits", f"{self.page}/commit"
        return {
            "sha": commit.sha,
            "node_id": f"C_{commit.sha}",
            "url": f"{url}/{commit.sha}",
            "html_url": f"{page}/{commit.sha}",
            **dict.fromkeys(("author", "committer"), person),
            "tree": {"sha": commit.tree, "url": f"{self.root}/git/trees/{commit.tree}"},
            "message": commit.message,
            "parents": [
                {"sha": sha, "url": f"{url}/{sha}", "html_url": f"{page}/{sha}"} for sha in commit.parents
            ],
            "verification": self.verification(commit.sha),
        }

    def verification(self, sha: str) -> Json:
        """Whether GitHub signed a commit; nothing of the demo asks."""
        del sha
        nothing = dict.fromkeys(("signature", "payload", "verified_at"))
        return {"verified": False, "reason": "unsigned", **nothing}

    def tree(self, sha: str, entries: list[TreeEntry]) -> Json:
        rows = [
            {
                "path": entry.path,
                "mode": entry.mode,
                "type": entry.type,
                "sha": entry.sha,
                **({} if entry.size is None else {"size": entry.size}),
                "url": f"{self.root}/git/{entry.type}s/{entry.sha}",
            }
            for entry in entries
        ]
        return {"sha": sha, "url": f"{self.root}/git/trees/{sha}", "tree": rows, "truncated": False}

    def blob(self, sha: str, content: bytes) -> Json:
        return {
            "sha": sha,
            "node_id": f"B_{sha}",
            "url": f"{self.root}/git/blobs/{sha}",
            "size": len(content),
            "content": base64.encodebytes(content).decode(),
            "encoding": "base64",
        }

    def label(self, name: str) -> Json:
        return {
            "id": number(name),
            "node_id": f"LA_{number(name)}",
            "url": f"{self.root}/labels/{name}",
            "name": name,
            "description": "",
            "color": "ededed",
            "default": False,
        }

    def pull_simple(self, pull: Pull) -> Json:
        api, page = f"{self.root}/pulls/{pull.number}", f"{self.page}/pull/{pull.number}"
        issue = f"{self.root}/issues/{pull.number}"
        links = {
            "comments": f"{issue}/comments",
            "review_comments": f"{api}/comments",
            "review_comment": f"{self.root}/pulls/comments{{/number}}",
            "commits": f"{api}/commits",
            "statuses": f"{self.root}/statuses/{pull.head_sha}",
        }
        everything = {"self": api, "html": page, "issue": issue, **links}
        return {
            "url": api,
            "id": pull.number,
            "node_id": f"PR_{pull.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "issue_url": issue,
            **{f"{key}_url": link for key, link in links.items()},
            "number": pull.number,
            "state": "open" if pull.open else "closed",
            "locked": False,
            "title": pull.title,
            "user": self.user(pull.login),
            "body": pull.body,
            "labels": [self.label(name) for name in pull.labels],
            "created_at": when(pull.created_at),
            "updated_at": when(pull.updated_at),
            "closed_at": when(pull.closed_at),
            **dict.fromkeys(("milestone", "merged_at", "merge_commit_sha", "assignee", "auto_merge")),
            **{key: list[Json]() for key in ("assignees", "requested_reviewers", "requested_teams")},
            "head": self.end(pull.branch, pull.head_sha, self.world.name),
            "base": self.end(pull.base, pull.base_sha, self.world.name),
            "_links": {key: {"href": link} for key, link in everything.items()},
            "author_association": "CONTRIBUTOR",
            "draft": pull.draft,
        }

    def pull(self, pull: Pull) -> Json:
        return {
            **self.pull_simple(pull),
            "merged": False,
            "mergeable": True,
            "mergeable_state": "clean",
            "merged_by": None,
            "maintainer_can_modify": True,
            "commits": len(self.world.commits(pull)),
            **dict.fromkeys(("comments", "review_comments", "additions", "deletions", "changed_files"), 0),
        }

    def end(self, branch: str, sha: str, repository: str) -> Json:
        owner = repository.partition("/")[0]
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": self.user(owner),
            "repo": self.repository(repository),
        }


def number(text: str) -> int:
    """Make a stable identifier out of a name."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
