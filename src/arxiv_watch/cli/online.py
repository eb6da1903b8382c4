"""`check --online`: does arXiv answer, and does GitHub allow a pull request to be opened?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.findings import CheckFinding
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ArxivWatchError, GitHubError, UsageError
from arxiv_watch.forge import Forge
from arxiv_watch.forge.refusals import SWITCH
from arxiv_watch.publish import subject_of
from arxiv_watch.scope import coverage_errors


def examine_arxiv(context: Context, config: Config) -> Iterator[CheckFinding]:
    """Poll one category."""
    category = config.watches[0].categories[0]
    try:
        with context.open_arxiv(config.arxiv) as arxiv:
            coverage = arxiv.poll([category]).coverage
    except ArxivWatchError as refusal:  # such as a cache that cannot be kept
        yield CheckFinding.failure("arXiv", refusal)
        return
    errors = coverage_errors(coverage)
    for error in errors:
        yield CheckFinding.failure("arXiv", error)
    if not errors:
        states = ", ".join(f"{line.category} {line.day} {line.state}" for line in coverage)
        yield CheckFinding.well("arXiv", f"answers: {states}")


def examine_github(context: Context, config: Config) -> Iterator[CheckFinding]:
    """Read each list through the API, and ask what the token and the switches of each repository allow."""
    own = context.environ.get("GITHUB_REPOSITORY")
    repositories: dict[str | None, list[WatchConfig]] = {}
    for watch in config.watches:
        repositories.setdefault(watch.repository or own, []).append(watch)
    for repository, watches in repositories.items():
        try:
            forge = context.open_forge(repository)
        except UsageError as error:
            yield CheckFinding.hint("GitHub", f"not examined: {error.message}", error.advice)
            continue
        try:
            yield from _examine_repository(forge, repository or "", watches)
        except ArxivWatchError as error:
            yield CheckFinding.failure("GitHub", error)


def _examine_repository(
    forge: Forge, repository: str, watches: Sequence[WatchConfig]
) -> Iterator[CheckFinding]:
    for watch in watches:
        snapshot = forge.read(subject_of(watch))
        place = f"{snapshot.base} at {snapshot.base_sha[:7]}"
        yield CheckFinding.well("GitHub", f"{watch.list} read from {place}")
    yield from _examine_names(forge, watches)
    yield from _examine_access(forge, repository)


def _examine_names(forge: Forge, watches: Sequence[WatchConfig]) -> Iterator[CheckFinding]:
    """Find open pull requests of a watch that is called otherwise by now, and forgotten with its name."""
    names = [name for watch in watches for name in (watch.name, *watch.former_names)]
    for pull in forge.unclaimed(names):
        former = pull.branch.split("/")[1]
        yield CheckFinding.hint(
            f"pull request #{pull.number}",
            f"is of a watch {former!r}, which the config does not have",
            f"add `former_names: [{former}]` to the watch that was called so, or close it",
        )


def _examine_access(forge: Forge, asked: str) -> Iterator[CheckFinding]:
    access = forge.access()
    if access.repository.casefold() != asked.casefold():
        message = f"{asked} is called {access.repository} by now"
        advice = f"set GITHUB_REPOSITORY, or `repository` of the watch, to {access.repository}"
        yield CheckFinding.hint("GitHub", message, advice)
    if access.can_push:
        yield CheckFinding.well("GitHub token", "may write to the repository")
    else:
        error = GitHubError(
            "may not write to the repository", "grant it contents: write and pull-requests: write"
        )
        yield CheckFinding.failure("GitHub token", error)
    if access.may_open_pulls is None:
        message = "this token may not read whether Actions may open pull requests"
        yield CheckFinding.hint("GitHub switch", message, SWITCH)
    elif access.may_open_pulls:
        yield CheckFinding.well("GitHub switch", "Actions may open pull requests")
    else:
        error = GitHubError("Actions may not open pull requests", SWITCH)
        yield CheckFinding.failure("GitHub switch", error)
