"""The forge: what became of earlier proposals, and the one pull request that carries the new ones.

`derive → plan → apply`: deriving and planning write nothing; every prefix of what `apply` writes is a
state that the next run understands and completes. A forge is a `CodeHost`; GitHub is the one there is.
"""

from collections.abc import Mapping

from arxiv_watch.clock import Clock
from arxiv_watch.forge.derive.state import Snapshot, Subject
from arxiv_watch.forge.forge import Forge
from arxiv_watch.forge.github import actions
from arxiv_watch.forge.host import CodeHost
from arxiv_watch.forge.planning import make_plan
from arxiv_watch.forge.settings import REPOSITORY, PullRequestOptions


def open_forge(environ: Mapping[str, str], clock: Clock, repository: str | None = None) -> Forge:
    """Return the way to a repository `owner/name`, or to that of the job, on the forge of the environment.

    Raises:
        UsageError: A variable is missing or wrong; the message names it.
    """
    # A config is read without what requests take to load.
    from arxiv_watch.forge.github.host import GitHub
    from arxiv_watch.forge.github.transport import GitHubSettings

    return Forge(GitHub(GitHubSettings.from_environment(environ, repository), clock))


__all__ = [
    "REPOSITORY",
    "CodeHost",
    "Forge",
    "PullRequestOptions",
    "Snapshot",
    "Subject",
    "actions",
    "make_plan",
    "open_forge",
]
