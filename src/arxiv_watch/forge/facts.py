"""What GitHub says about repositories, commits and pull requests, as values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arxiv_watch.errors import GitHubError

Json = Any
"""An answer's JSON; every use of it stands in `reading`, which turns surprises into a GitHubError."""


@dataclass(frozen=True, slots=True)
class PullFacts:
    """A pull request as GitHub's list shows it; `is_bot` and `association` are those of who opened it.

    The logins of the assignees are in lower case: people write them in configs as they like.
    """

    number: int
    url: str
    title: str
    body: str
    login: str
    is_bot: bool
    association: str
    branch: str
    repository: str
    head: str
    base: str
    open: bool
    created_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    assignees: frozenset[str]
    auto_merge: bool

    def is_from(self, repository: str) -> bool:
        """Return whether its branch is in this repository, and not in a fork."""
        return self.repository.casefold() == repository.casefold()


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit, with the logins behind it where GitHub knows them."""

    sha: str
    parents: tuple[str, ...]
    message: str
    login: str | None
    is_bot: bool
    committer: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Something that somebody did to a pull request; `kind` is GitHub's name of it, such as `closed`."""

    kind: str
    login: str
    is_bot: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """The repository's name now, its node id for GraphQL, its default branch, and ways to merge there."""

    name: str
    node_id: str
    default_branch: str
    archived: bool
    can_push: bool
    merge_commits: bool
    rebase_merges: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of a tree, or a folder, whose mode is 040000."""

    path: str
    mode: str
    sha: str


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn an answer that is not of the documented shape into an error that names `what`.

    Raises:
        GitHubError: Something expected was missing.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise GitHubError(
            f"GitHub's answer about {what} is not understood ({error!r})", "is GITHUB_API_URL right?"
        ) from error


def repository_facts(row: Json) -> RepositoryFacts:
    """Read a repository."""
    return RepositoryFacts(
        row["full_name"],
        row["node_id"],
        row["default_branch"],
        bool(row.get("archived")),
        bool((row.get("permissions") or {}).get("push", True)),
        bool(row.get("allow_merge_commit", True)),
        bool(row.get("allow_rebase_merge", True)),
    )


def pull_facts(row: Json) -> PullFacts:
    """Read a pull request."""
    head = row["head"]
    return PullFacts(
        number=int(row["number"]),
        url=row["html_url"],
        title=row["title"],
        body=(row["body"] or "").replace("\r\n", "\n"),
        login=row["user"]["login"] if row["user"] else "",
        is_bot=_is_bot(row["user"]),
        association=row.get("author_association") or "NONE",
        branch=head["ref"],
        repository=head["repo"]["full_name"] if head["repo"] else "",
        head=head["sha"],
        base=row["base"]["ref"],
        open=row["state"] == "open",
        created_at=datetime.fromisoformat(row["created_at"]),
        closed_at=_moment(row["closed_at"]),
        merged_at=_moment(row["merged_at"]),
        assignees=frozenset(user["login"].casefold() for user in row["assignees"] or []),
        auto_merge=row.get("auto_merge") is not None,
    )


def commit_facts(row: Json) -> CommitFacts:
    """Read a commit."""
    commit = row["commit"]
    return CommitFacts(
        sha=row["sha"],
        parents=tuple(parent["sha"] for parent in row["parents"]),
        message=commit["message"],
        login=row["author"]["login"] if row["author"] else None,
        is_bot=_is_bot(row["author"]),
        committer=row["committer"]["login"] if row.get("committer") else None,
        verified=bool((commit.get("verification") or {}).get("verified")),
    )


def event_facts(row: Json) -> EventFacts | None:
    """Read a row of a timeline; None for one without a time, as a commit is."""
    if not row.get("created_at") or not row.get("event"):
        return None
    actor = row.get("actor")
    at = datetime.fromisoformat(row["created_at"])
    return EventFacts(row["event"], actor["login"] if actor else "", _is_bot(actor), at)


def _is_bot(user: Json) -> bool:
    return bool(user) and user.get("type") == "Bot"


def file_facts(row: Json) -> FileFacts:
    """Read a row of a tree."""
    return FileFacts(row["path"], row["mode"], row["sha"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
