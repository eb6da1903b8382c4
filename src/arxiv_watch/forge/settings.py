"""Which repository on which GitHub, with whose token, and how its pull requests should look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import pydantic

from arxiv_watch.errors import UsageError

# matches "octo-org/paper.list", and not "octo-org/papers.git", a name that GitHub gives to no repository
REPOSITORY = r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+(?<!\.git)$"


@dataclass(frozen=True, slots=True)
class ForgeSettings:
    """Where the pull request goes, and as whom.

    Attributes:
        api_url: Root of GitHub's REST interface, without a trailing slash.
        repository: The repository as `owner/name`.
        token: What authorises us; hidden in the repr.
        server_url: Root of GitHub's pages, for links; empty if unknown.
        run_id: The workflow run, for the link back to it; empty outside of Actions.
        run_repository: The repository the workflow runs in; empty where it is the same.
        login: Whose token it is; None to ask GitHub.
    """

    api_url: str
    repository: str
    token: str = field(repr=False)
    server_url: str = "https://github.com"
    run_id: str = ""
    run_repository: str = ""
    login: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], repository: str | None = None) -> ForgeSettings:
        """Take what GitHub Actions sets.

        Args:
            environ: The environment variables.
            repository: Another repository than the one the run is in, as `owner/name`.

        Raises:
            UsageError: A variable is missing or wrong; the message names it.
        """
        needed = ("GITHUB_TOKEN",) if repository else ("GITHUB_REPOSITORY", "GITHUB_TOKEN")
        missing = [name for name in needed if not environ.get(name)]
        if missing:
            raise UsageError(
                f"{' and '.join(missing)} not set",
                "a pull request needs GITHUB_REPOSITORY (owner/name) and GITHUB_TOKEN in the environment",
            )
        run_repository = environ.get("GITHUB_REPOSITORY", "")
        repository = repository or run_repository
        if not re.fullmatch(REPOSITORY, repository):
            raise UsageError(f"GITHUB_REPOSITORY is {repository!r}", "it must be owner/name")
        api_url = (environ.get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
        if not api_url.startswith(("https://", "http://")):
            raise UsageError(f"GITHUB_API_URL is {api_url!r}", "it must be an http or https address")
        return cls(
            api_url=api_url,
            repository=repository,
            token=environ["GITHUB_TOKEN"],
            server_url=(environ.get("GITHUB_SERVER_URL") or "https://github.com").rstrip("/"),
            run_id=environ.get("GITHUB_RUN_ID", ""),
            run_repository=run_repository,
        )

    @property
    def run_url(self) -> str:
        """The page of the workflow run, or empty."""
        repository = self.run_repository or self.repository
        return f"{self.server_url}/{repository}/actions/runs/{self.run_id}" if self.run_id else ""


@dataclass(frozen=True, slots=True)
class Access:
    """What a token and the repository's switches allow, as far as GitHub reveals it.

    Attributes:
        repository: The repository's name now, which may not be the one that was asked for.
        can_push: False where the token cannot write to the repository.
        may_open_pulls: Whether Actions may open pull requests; None where the token may not know.
    """

    repository: str
    can_push: bool
    may_open_pulls: bool | None


def _title(value: str) -> str:
    rest = value.replace("{papers}", "").replace("{name}", "")
    if "{papers}" not in value or set(rest) & set("{}@#\n\r"):
        raise ValueError("must hold {papers}, may hold {name}, and holds no other braces, @, # or line break")
    return value


Title = Annotated[str, pydantic.Field(min_length=1, max_length=100), pydantic.AfterValidator(_title)]


def _login(value: str) -> str:
    return value.removeprefix("@").casefold()  # GitHub's logins have no case, and are compared with its own


Login = Annotated[str, pydantic.AfterValidator(_login)]
Label = Annotated[str, pydantic.Field(min_length=1, max_length=50)]  # GitHub refuses longer names


@pydantic.dataclasses.dataclass(
    frozen=True, slots=True, config=pydantic.ConfigDict(extra="forbid", use_attribute_docstrings=True)
)
class PullRequestOptions:
    """How the pull request is opened."""

    base: str | None = pydantic.Field(default=None, min_length=1)
    """The base branch. Null: the repository's default branch."""
    title: Title | None = None
    """Its title, and that of its commits, such as `Add {papers} to {name}`. Null: in the manner of the
    repository's last merged titles, or `docs: add {papers} to {name}` where there are few."""
    draft: bool = False
    """Open it as a draft."""
    labels: tuple[Label, ...] = ("arxiv-watch",)
    """Labels to add."""
    reviewers: tuple[Login, ...] = ()
    """Who is asked for a review: logins, or `org/team`."""
    assignees: tuple[Login, ...] = ()
    """Who is assigned: logins."""
    machine_users: tuple[Login, ...] = ()
    """Logins of ordinary accounts that are bots: their comments, reviews and closings are nobody's answer."""
