"""Which repository on which GitHub, with whose token, and for which workflow run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from arxiv_watch.errors import UsageError

# matches "octo-org/paper.list", and not "octo-org/papers.git", a name that GitHub gives to no repository
REPOSITORY = r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+(?<!\.git)$"


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """Where the pull request goes, and as whom.

    Attributes:
        api_url: Root of GitHub's REST interface, without a trailing slash.
        repository: The repository as `owner/name`.
        token: What authorises us; hidden in the repr.
        server_url: Root of GitHub's pages, for links; empty if unknown.
        run_id: The workflow run, for the link back to it; empty outside of Actions.
        run_repository: The repository the workflow runs in; empty where it is the same.
    """

    api_url: str
    repository: str
    token: str = field(repr=False)
    server_url: str = "https://github.com"
    run_id: str = ""
    run_repository: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], repository: str | None = None) -> GitHubSettings:
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
