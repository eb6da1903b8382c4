"""The JSON of people and of git's objects; the shapes are those of GitHub's OpenAPI description."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

from arxiv_watch.demo.github_server.repository import Commit, Signature, TreeEntry
from arxiv_watch.demo.github_server.world import GitHubWorld

Json = dict[str, Any]

_USER_LINKS = (
    "followers_url",
    "following_url",
    "gists_url",
    "starred_url",
    "subscriptions_url",
    "organizations_url",
    "repos_url",
    "events_url",
    "received_events_url",
)


class GitPayloads:
    """Renders one world for clients that reached it under `api` and browse it under `web`."""

    def __init__(self, world: GitHubWorld, api: str, web: str) -> None:
        self._world = world
        self.api = api
        self.web = web
        self._root = f"{api}/repos/{world.name}"
        self._page = f"{web}/{world.name}"

    def user(self, login: str) -> Json:
        """A simple user."""
        url = f"{self.api}/users/{login}"
        return {
            "login": login,
            "id": number(login),
            "node_id": f"U_{number(login)}",
            "avatar_url": f"{self.web}/{login}.png",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.web}/{login}",
            **{link: f"{url}/{link.removesuffix('_url')}" for link in _USER_LINKS},
            "type": "Bot" if login.endswith("[bot]") else "User",
            "site_admin": False,
        }

    def ref(self, name: str, sha: str) -> Json:
        """A git ref."""
        kind = self._world.repository.type_of(sha) or "commit"
        target = {"type": kind, "sha": sha, "url": f"{self._root}/git/{kind}s/{sha}"}
        return {"ref": name, "node_id": f"REF_{name}", "url": f"{self._root}/git/{name}", "object": target}

    def git_commit(self, commit: Commit) -> Json:
        """A commit of the Git Data API."""
        return {
            "sha": commit.sha,
            "node_id": f"C_{commit.sha}",
            "url": f"{self._root}/git/commits/{commit.sha}",
            "html_url": f"{self._page}/commit/{commit.sha}",
            **dict.fromkeys(("author", "committer"), _person(commit.author)),
            "tree": {"sha": commit.tree, "url": f"{self._root}/git/trees/{commit.tree}"},
            "message": commit.message,
            "parents": self._parents(commit),
            "verification": self._verification(commit),
        }

    def commit(self, commit: Commit) -> Json:
        """A commit with the people behind it."""
        author = self._world.authors.get(commit.sha)
        committer = self._world.committers.get(commit.sha, author)
        url = f"{self._root}/commits/{commit.sha}"
        return {
            "url": url,
            "sha": commit.sha,
            "node_id": f"C_{commit.sha}",
            "html_url": f"{self._page}/commit/{commit.sha}",
            "comments_url": f"{url}/comments",
            "commit": {
                "url": f"{self._root}/git/commits/{commit.sha}",
                **dict.fromkeys(("author", "committer"), _person(commit.author)),
                "message": commit.message,
                "comment_count": 0,
                "tree": {"sha": commit.tree, "url": f"{self._root}/git/trees/{commit.tree}"},
                "verification": self._verification(commit),
            },
            "author": self.user(author) if author else None,
            "committer": self.user(committer) if committer else None,
            "parents": self._parents(commit),
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
                "blob_url": f"{self._page}/blob/{new}/{name}",
                "raw_url": f"{self._page}/raw/{new}/{name}",
                "contents_url": f"{self._root}/contents/{name}?ref={new}",
            }
            for letter, name, former in self._world.repository.changes(old, new)
        ]

    def comparison(self, old: str, new: str) -> Json:
        """Return how one commit differs from another."""
        git = self._world.repository
        ahead, behind = git.log(old, new), git.log(new, old)
        url = f"{self._root}/compare/{old}...{new}"
        page = f"{self._page}/compare/{old}...{new}"
        both = {"ahead_by": len(ahead), "behind_by": len(behind), "total_commits": len(ahead)}
        return {
            "url": url,
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

    def tree(self, sha: str, entries: list[TreeEntry], limit: int = 100_000) -> Json:
        """A tree, as far as GitHub lists one at once."""
        rows = []
        for entry in entries[:limit]:
            row: Json = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
            if entry.size is not None:
                row["size"] = entry.size
            rows.append({**row, "url": f"{self._root}/git/{entry.type}s/{entry.sha}"})
        cut = len(entries) > limit
        return {"sha": sha, "url": f"{self._root}/git/trees/{sha}", "tree": rows, "truncated": cut}

    def blob(self, sha: str, content: bytes) -> Json:
        """A blob, in base64 as GitHub wraps it."""
        return {
            "sha": sha,
            "node_id": f"B_{sha}",
            "url": f"{self._root}/git/blobs/{sha}",
            "size": len(content),
            "content": base64.encodebytes(content).decode(),
            "encoding": "base64",
        }

    def _parents(self, commit: Commit) -> list[Json]:
        return [
            {
                "sha": sha,
                "url": f"{self._root}/git/commits/{sha}",
                "html_url": f"{self._page}/commit/{sha}",
            }
            for sha in commit.parents
        ]

    def _verification(self, commit: Commit) -> Json:
        verified = commit.sha in self._world.verified
        nothing = dict.fromkeys(("signature", "payload", "verified_at"))
        return {"verified": verified, "reason": "valid" if verified else "unsigned", **nothing}


def _person(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": when(signature.when)}


def when(moment: datetime | None) -> str | None:
    """Write a moment as GitHub does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def number(text: str) -> int:
    """Make a stable identifier out of a name."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
