"""`poll`, `serve` and `sync`: one cycle, one on every schedule, or only what people answered."""

from __future__ import annotations

import argparse
import logging
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.cli.context import Context, parse_day, select_watches
from arxiv_watch.cli.output import check_output, complain, write_output
from arxiv_watch.cli.progress import show_steps, time_words
from arxiv_watch.clock import Clock
from arxiv_watch.collect import collect
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ArxivUnavailableError, ArxivWatchError
from arxiv_watch.forge import ForgeSettings, actions
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.notes import coverage_errors
from arxiv_watch.odds import plural
from arxiv_watch.papers import Paper
from arxiv_watch.publish import DryRun, LocalFiles, Publisher, PullRequests
from arxiv_watch.report import Run, render_json, render_markdown, render_run_html, render_text
from arxiv_watch.report.words import some_of
from arxiv_watch.sync import sync_watches
from arxiv_watch.watch import ArxivReader, run_watches

log = logging.getLogger(__name__)

_MOST_NAMED = 3  # categories in a line


def poll(context: Context, arguments: argparse.Namespace) -> int:
    """Run one cycle and report it."""
    check_output(arguments.output)
    config = context.load_config()
    watches = select_watches(config, arguments.watches)
    if arguments.collect:
        return _collect(context, arguments, config, watches)
    with show_steps():
        run = _cycle(context, arguments, config, watches)
    if arguments.output:
        write_output(arguments.output, _render(run, arguments.format))
    else:
        context.print(_render(run, arguments.format, colour=context.colour, width=context.width))
    tell_actions(context, run)
    tell_errors(context, run)
    return run.exit_code


def serve(context: Context, arguments: argparse.Namespace) -> int:
    """Stay up and run a cycle on every schedule, until SIGTERM or SIGINT."""
    from arxiv_watch import schedule  # a single poll needs no scheduler
    from arxiv_watch.health import Health, answering  # likewise

    config = context.load_config()
    watches = select_watches(config, arguments.watches)
    groups = schedule.groups_of(watches)
    next_runs = {tuple(watch.name for watch in group): partial(schedule.next_run, group) for group in groups}
    health = Health(context.clock, next_runs)

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        names = [watch.name for watch in due]
        try:
            run = _cycle(replace(context, clock=clock), arguments, config, due)
        except schedule.StoppedError:
            raise  # the service ends, and not by a fault
        except ArxivWatchError as refusal:
            health.ended(names, error=str(refusal))
            raise
        except Exception:  # whatever it is: only the health is told of it here
            health.ended(names, error="crashed, the log has the traceback")
            raise
        health.ended(names, run.coverage, str(run.errors[0]) if run.errors else "")
        context.print(render_text(run))
        tell_errors(context, run)

    publisher(context, arguments, watches)  # a missing token is reported now, not at the first poll
    with nullcontext() if arguments.health is None else answering(health, arguments.health):
        schedule.serve(watches, cycle, context.clock)
    return 0


def _collect(
    context: Context, arguments: argparse.Namespace, config: Config, watches: Sequence[WatchConfig]
) -> int:
    """Poll arXiv into a file, and say what is in it and what is missing."""
    from arxiv_watch.arxiv.collection import write_collection  # few polls collect

    check_output(arguments.collect)
    since = parse_day(arguments.since)
    with show_steps(), context.open_arxiv(config.arxiv) as arxiv:
        target = publisher(context, arguments, watches)
        collection, unread = collect(watches, arxiv, target, context.clock, since=since)
        requests = arxiv.requests
    write_collection(arguments.collect, collection)
    poll = collection.poll
    context.print(
        f"{len(poll.announcements)} announced papers, {len(poll.background)} of background and"
        f" {len(collection.metadata)} listed ones for {plural(len(watches), 'list')}"
        f" in {arguments.collect}; {requests} requests to arXiv"
    )
    errors = [*unread, *coverage_errors(poll.coverage)]
    for error in errors:
        complain(error, context.environ)
    return errors[0].exit_code if errors else 0


def _cycle(
    context: Context, arguments: argparse.Namespace, config: Config, watches: Sequence[WatchConfig]
) -> Run:
    since = parse_day(arguments.since)
    with _open_arxiv(context, config, arguments.collected) as arxiv:
        target = publisher(context, arguments, watches)
        place = context.environ.get("GITHUB_REPOSITORY") if isinstance(target, PullRequests) else None
        reader = reader_name(place or str(context.root.resolve()), watches)
        return run_watches(watches, arxiv, target, context.clock, since=since, reader=reader)


def _open_arxiv(
    context: Context, config: Config, collected: Path | None
) -> AbstractContextManager[ArxivReader]:
    """Return the way to arXiv: the real one, or a file that was collected from it."""
    if collected is None:
        _announce_first_poll(config)
        return context.open_arxiv(config.arxiv)
    from arxiv_watch.arxiv.collection import read_collection  # few polls need it
    from arxiv_watch.arxiv.offline import CollectedArxiv  # likewise

    return nullcontext(CollectedArxiv(read_collection(collected), context.clock))


def _announce_first_poll(config: Config) -> None:
    """Say what a poll without a cache will do, and about how long it takes."""
    from arxiv_watch.arxiv.announcement_store import last_coverage  # likewise
    from arxiv_watch.arxiv.api import PAGE  # `--help` starts without it
    from arxiv_watch.arxiv.client import FIRST_RUN_REQUESTS  # likewise

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


def reader_name(place: str, watches: Sequence[WatchConfig]) -> str:
    """Return the name under which the cache remembers what these watches have handled.

    Args:
        place: The repository or the folder whose lists it was: one may hold what the other lacks.
        watches: The watches.
    """
    return " ".join([place, *sorted(watch.name for watch in watches)])


def _render(run: Run, form: str, *, colour: bool = False, width: int = 0) -> str:
    match form:
        case "json":
            return render_json(run)
        case "markdown":
            return render_markdown(run)
        case "html":
            return render_run_html(run)
        case _:
            return render_text(run, colour=colour, width=width)


def publisher(context: Context, arguments: argparse.Namespace, watches: Sequence[WatchConfig]) -> Publisher:
    """Return where proposals go, as the command line asks.

    Raises:
        UsageError: The environment lacks what a pull request needs.
    """
    own = context.environ.get("GITHUB_REPOSITORY")
    if arguments.apply:
        return LocalFiles(context.root, own)
    has_token = bool(context.environ.get("GITHUB_TOKEN"))
    is_elsewhere = context.environ.get("GITHUB_ACTIONS") == "true" or any(
        not watch.is_in(own) for watch in watches
    )
    if arguments.open_pr or (is_elsewhere and has_token):
        for repository in {watch.repository for watch in watches}:
            # A missing variable is told before arXiv is asked.
            ForgeSettings.from_environment(context.environ, repository)
        return PullRequests(context.open_forge, context.root, own, dry_run=not arguments.open_pr)
    return DryRun(context.root, own)


def sync(context: Context, arguments: argparse.Namespace) -> int:
    """Do what was answered, and report it."""
    config = context.load_config()
    watches = select_watches(config, arguments.watches)
    own = context.environ.get("GITHUB_REPOSITORY")
    target = PullRequests(context.open_forge, context.root, own, dry_run=arguments.dry_run)
    metadata = _Metadata(context, config.arxiv)
    run = sync_watches(watches, metadata, target, context.clock)
    if metadata.trouble:
        message = f"some papers could not be looked up, to write them anew: {metadata.trouble}"
        error = ArxivUnavailableError(message, "the next run does it")
        run = replace(run, errors=(*run.errors, error))
    context.print(_render(run, arguments.format, colour=context.colour, width=context.width))
    tell_actions(context, run)
    tell_errors(context, run)
    return run.exit_code


class _Metadata:
    """Looks papers up, in the cache or else at arXiv; neither is opened before it is needed."""

    def __init__(self, context: Context, settings: ArxivSettings) -> None:
        self._context = context
        self._settings = settings
        self.trouble = ""  # why arXiv could not give some of what it was asked for

    def __call__(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        with self._context.open_arxiv(self._settings) as arxiv:
            found = arxiv.metadata(ids)
            self.trouble = self.trouble or arxiv.trouble
            return found


def tell_errors(context: Context, run: Run) -> None:
    """Tell on stderr what parts of a run ended with: what several watches failed for is told once."""
    for error in {str(error): error for error in run.errors}.values():
        complain(error, context.environ)


def tell_actions(context: Context, run: Run) -> None:
    """Write the step summary and the outputs where GitHub Actions asks for them."""
    if summary := context.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, actions.summary_text(render_markdown(run)))
    if output := context.environ.get("GITHUB_OUTPUT"):
        pulls = [each.pull_request for each in run.watches if each.pull_request]
        proposed = sum(len(each.proposals) for each in run.watches)
        outputs = actions.step_outputs(pulls, proposed, run.coverage)
        _append(output, actions.output_text(outputs, delimiter=secrets.token_hex(16)))


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
