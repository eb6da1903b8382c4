"""What GitHub says about repositories, commits and pull requests, read into the state machine's values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.host import Actor, CommitFacts, FileFacts, PullFacts, RepositoryFacts

Json = Any
"""An answer's JSON; every use of it stands in `reading`, which turns surprises into a ForgeError."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Something that somebody did to a pull request; `kind` is GitHub's name of it, such as `closed`."""

    kind: str
    at: datetime


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn an answer that is not of the documented shape into an error that names `what`.

    Raises:
        ForgeError: Something expected was missing.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ForgeError(
            f"GitHub's answer about {what} is not understood ({error!r})", "is GITHUB_API_URL right?"
        ) from error


def repository_facts(row: Json) -> RepositoryFacts:
    """Read a repository."""
    return RepositoryFacts(
        row["full_name"],
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
        by_owner=row.get("author_association") == "OWNER",
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
    """Read a commit.

    GitHub signs what bots commit through its API, and not what is amended. A personal token's commits are
    not signed; there the committer is another one after somebody else amended them.
    """
    commit, is_bot = row["commit"], _is_bot(row["author"])
    login = row["author"]["login"] if row["author"] else None
    committer = row["committer"]["login"] if row.get("committer") else None
    verified = bool((commit.get("verification") or {}).get("verified"))
    return CommitFacts(
        sha=row["sha"],
        parents=tuple(parent["sha"] for parent in row["parents"]),
        message=commit["message"],
        login=login,
        is_bot=is_bot,
        as_made=verified if is_bot else committer == login,
    )


def event_facts(row: Json) -> EventFacts | None:
    """Read a row of a timeline; None for one without a time, as a commit is."""
    if not row.get("created_at") or not row.get("event"):
        return None
    return EventFacts(row["event"], datetime.fromisoformat(row["created_at"]))


def closer(row: Json) -> Actor | None:
    """Read from an issue who closed it."""
    by = row.get("closed_by")
    return Actor(by["login"], _is_bot(by)) if by else None


def is_person(row: Json, machine_users: Collection[str]) -> bool:
    """Return whether a comment or a review is by a person; accounts that are gone were some."""
    user = row["user"]
    return user is None or (user["type"] != "Bot" and user["login"].casefold() not in machine_users)


def renames(row: Json) -> dict[str, str]:
    """Read from a comparison or a commit which files it renamed, each with its former name."""
    files = row.get("files") or []
    return {file["filename"]: file["previous_filename"] for file in files if file["status"] == "renamed"}


def _is_bot(user: Json) -> bool:
    return bool(user) and user.get("type") == "Bot"


def file_facts(row: Json) -> FileFacts:
    """Read a row of a tree."""
    return FileFacts(row["path"], row["mode"], row["sha"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
