"""`check --online`: does arXiv answer, and does GitHub allow a pull request to be opened?"""

from __future__ import annotations

from collections.abc import Iterator

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.findings import Finding
from arxiv_watch.config.models import Config
from arxiv_watch.errors import ArxivWatchError, GitHubError, UsageError
from arxiv_watch.forge import Forge
from arxiv_watch.forge.refusals import SWITCH
from arxiv_watch.publish import subject_of
from arxiv_watch.scope import coverage_errors


def examine_arxiv(context: Context, config: Config) -> Iterator[Finding]:
    """Poll one category."""
    category = config.watches[0].categories[0]
    with context.open_arxiv(config.arxiv) as arxiv:
        coverage = arxiv.poll([category]).coverage
    errors = coverage_errors(coverage)
    for error in errors:
        yield Finding.failure("arXiv", error)
    if not errors:
        states = ", ".join(f"{line.category} {line.day} {line.state}" for line in coverage)
        yield Finding.well("arXiv", f"answers: {states}")


def examine_github(context: Context, config: Config) -> Iterator[Finding]:
    """Read each list through the API, and ask what the token and the switches allow."""
    try:
        forge = context.open_forge()
    except UsageError as error:
        yield Finding.hint("GitHub", f"not examined: {error.message}", error.advice)
        return
    try:
        for watch in config.watches:
            snapshot = forge.read(subject_of(watch))
            place = f"{snapshot.base} at {snapshot.base_sha[:7]}"
            yield Finding.well("GitHub", f"{watch.list} read from {place}")
        yield from _examine_names(forge, config)
        yield from _examine_access(forge, context.environ["GITHUB_REPOSITORY"])
    except ArxivWatchError as error:
        yield Finding.failure("GitHub", error)


def _examine_names(forge: Forge, config: Config) -> Iterator[Finding]:
    """Find open pull requests of a watch that is called otherwise by now, and forgotten with its name."""
    names = [name for watch in config.watches for name in (watch.name, *watch.former_names)]
    for pull in forge.unclaimed(names):
        former = pull.branch.split("/")[1]
        yield Finding.hint(
            f"pull request #{pull.number}",
            f"is of a watch {former!r}, which the config does not have",
            f"add `former_names: [{former}]` to the watch that was called so, or close it",
        )


def _examine_access(forge: Forge, asked: str) -> Iterator[Finding]:
    access = forge.access()
    if access.repository.casefold() != asked.casefold():
        message = f"{asked} is called {access.repository} by now"
        yield Finding.hint("GitHub", message, f"set GITHUB_REPOSITORY to {access.repository}")
    if access.can_push:
        yield Finding.well("GitHub token", "may write to the repository")
    else:
        error = GitHubError(
            "may not write to the repository", "grant it contents: write and pull-requests: write"
        )
        yield Finding.failure("GitHub token", error)
    if access.may_open_pulls is None:
        message = "this token may not read whether Actions may open pull requests"
        yield Finding.hint("GitHub switch", message, SWITCH)
    elif access.may_open_pulls:
        yield Finding.well("GitHub switch", "Actions may open pull requests")
    else:
        error = GitHubError("Actions may not open pull requests", SWITCH)
        yield Finding.failure("GitHub switch", error)
