"""One cycle of some watches: which arXiv it asks, where proposals go, and how it is reported."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path

from arxiv_watch.arxiv import PAGE, last_coverage
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.output import complain, time_words, write_output
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.forge import actions
from arxiv_watch.publish import DryRun, LocalFiles, Publisher, PullRequests
from arxiv_watch.report import render_run, run_text
from arxiv_watch.report.values import Run
from arxiv_watch.report.words import some_of
from arxiv_watch.watch import ArxivReader, run_watches

log = logging.getLogger(__name__)

_MOST_NAMED = 3  # categories in a line


def publisher(context: Context, watches: Sequence[WatchConfig], *, open_pr: bool, apply: bool) -> Publisher:
    """Return where proposals go, as the command line asks; a dry run reads lists on GitHub if it must."""
    own = context.repository
    if apply:
        return LocalFiles(context.root, own)
    has_token = bool(context.environ.get("GITHUB_TOKEN"))
    is_elsewhere = context.environ.get("GITHUB_ACTIONS") == "true" or any(
        not watch.is_in(own) for watch in watches
    )
    if open_pr or (is_elsewhere and has_token):
        for repository in {watch.repository for watch in watches}:
            context.open_forge(repository)  # a missing variable is an error before arXiv is asked
        return PullRequests(context.open_forge, context.root, own, dry_run=not open_pr)
    return DryRun(context.root, own)


def run_cycle(
    context: Context,
    config: Config,
    watches: Sequence[WatchConfig],
    target: Publisher,
    *,
    since: date | None = None,
    collected: Path | None = None,
) -> Run:
    """Poll arXiv, or work from a file that was collected from it, and serve each watch."""
    with _open_arxiv(context, config, collected) as arxiv:
        reader = _reader_name(context, watches, target)
        return run_watches(watches, arxiv, target, context.clock, since=since, reader=reader)


def _open_arxiv(
    context: Context, config: Config, collected: Path | None
) -> AbstractContextManager[ArxivReader]:
    """Return the way to arXiv: the real one, or a file that was collected from it."""
    if collected is None:
        _announce_first_poll(config)
        return context.open_arxiv(config.arxiv)
    from arxiv_watch.arxiv.collected import CollectedArxiv, read_collection  # few polls need it

    return nullcontext(CollectedArxiv(read_collection(collected), context.clock))


def _announce_first_poll(config: Config) -> None:
    """Say what a poll without a cache will do, and about how long it takes."""
    from arxiv_watch.arxiv import FIRST_RUN_REQUESTS  # `sync` and `review` need no client

    categories = sorted({category for watch in config.watches for category in watch.categories})
    if last_coverage(config.arxiv.cache_folder, categories):
        return
    log.warning(
        "first poll, a week of %s: some %d requests, %s; and one for each %d listed papers",
        some_of(categories, _MOST_NAMED),
        FIRST_RUN_REQUESTS,
        time_words(FIRST_RUN_REQUESTS, config.arxiv.request_interval),
        PAGE,
    )


def _reader_name(context: Context, watches: Sequence[WatchConfig], target: Publisher) -> str:
    """Return the name under which the cache remembers what these watches have handled.

    The place is in it, a repository or a folder: the list in one may hold what the other's lacks.
    """
    is_on_github = isinstance(target, PullRequests) and context.repository
    place = context.repository if is_on_github else str(context.root.resolve())
    return " ".join([str(place), *sorted(watch.name for watch in watches)])


def report_run(context: Context, run: Run, form: str = "text", output: Path | None = None) -> int:
    """Report a run to its reader, on stderr and to GitHub Actions; return its exit code."""
    if output:
        write_output(output, render_run(run, form))
    elif form == "text":  # the one format that is fitted to a terminal
        context.print(run_text.render(run, colour=context.colour, width=context.width))
    else:
        context.print(render_run(run, form))
    _write_for_actions(context, run)
    complain_of(context, run)
    return run.exit_code


def complain_of(context: Context, run: Run) -> None:
    """Write the errors of a run to stderr: one that several watches failed for is written once."""
    for error in {str(error): error for error in run.errors}.values():
        complain(error, context.environ)


def _write_for_actions(context: Context, run: Run) -> None:
    """Write the step summary and the outputs where GitHub Actions asks for them."""
    if summary := context.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, actions.summary_text(render_run(run, "markdown")))
    if output := context.environ.get("GITHUB_OUTPUT"):
        pulls = [each.pull_request for each in run.watches if each.pull_request]
        proposed = sum(len(each.proposals) for each in run.watches)
        outputs = actions.step_outputs(pulls, proposed, run.coverage)
        _append(output, actions.output_text(outputs, delimiter=secrets.token_hex(16)))


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
