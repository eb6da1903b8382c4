"""`poll`, `sync` and `watches`: what a job of a workflow runs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from arxiv_watch.cli.context import Context, parse_day
from arxiv_watch.cli.cycle import publisher, report_run, run_cycle
from arxiv_watch.cli.output import check_output, complain, show_steps
from arxiv_watch.collect import collect
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ArxivUnavailableError, UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.notes import coverage_errors
from arxiv_watch.papers import Paper
from arxiv_watch.publish import Publisher, PullRequests
from arxiv_watch.watch import sync_watches
from arxiv_watch.wording import plural


def poll(context: Context, arguments: argparse.Namespace) -> int:
    """Run one cycle and report it, or only collect papers of arXiv for the cycles of others.

    Raises:
        UsageError: An option has no effect beside `--collect`, or a file cannot be written.
    """
    if arguments.collect:
        _refuse_beside_collect(arguments)
    check_output(arguments.output)
    since = parse_day(arguments.since)
    config = context.load_config()
    watches = config.select(arguments.watches)
    target = publisher(context, watches, open_pr=arguments.open_pr, apply=arguments.apply)
    if arguments.collect:
        return _collect(context, config, watches, target, since=since, path=arguments.collect)
    with show_steps():
        run = run_cycle(context, config, watches, target, since=since, collected=arguments.collected)
    return report_run(context, run, arguments.format, arguments.output)


def _refuse_beside_collect(arguments: argparse.Namespace) -> None:
    given = {
        "--apply": arguments.apply,
        "--format": arguments.format != "text",
        "--output": arguments.output is not None,
    }
    if named := [name for name, is_given in given.items() if is_given]:
        raise UsageError(
            f"--collect proposes and reports nothing, so {' and '.join(named)} would have no effect",
            f"give {' and '.join(named)} to `poll --from {arguments.collect}`",
        )


def _collect(
    context: Context,
    config: Config,
    watches: Sequence[WatchConfig],
    lists: Publisher,
    *,
    since: date | None,
    path: Path,
) -> int:
    """Poll arXiv into a file, and say what is in it and what is missing."""
    from arxiv_watch.arxiv.collected import write_collection  # few polls collect

    check_output(path)
    with show_steps(), context.open_arxiv(config.arxiv) as arxiv:
        collection, unread = collect(watches, arxiv, lists, context.clock, since=since)
        requests = arxiv.requests
    write_collection(path, collection)
    poll = collection.poll
    context.print(
        f"{len(poll.announcements)} announced papers, {len(poll.background)} of background and"
        f" {len(collection.metadata)} listed ones for {plural(len(watches), 'list')}"
        f" in {path}; {requests} requests to arXiv"
    )
    errors = [*unread, *coverage_errors(poll.coverage)]
    for error in errors:
        complain(error, context.environ)
    return errors[0].exit_code if errors else 0


def sync(context: Context, arguments: argparse.Namespace) -> int:
    """Bring open pull requests up to date with the answers of people, without a poll."""
    config = context.load_config()
    watches = config.select(arguments.watches)
    target = PullRequests(context.open_forge, context.root, context.repository, dry_run=arguments.dry_run)
    troubles: list[str] = []  # why arXiv could not give some of what it was asked for

    def look_up(ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Look papers up in the cache or at arXiv; neither is opened before it is needed."""
        with context.open_arxiv(config.arxiv) as arxiv:
            found = arxiv.metadata(ids)
            troubles.append(arxiv.trouble)
            return found

    run = sync_watches(watches, look_up, target, context.clock)
    if trouble := next(filter(None, troubles), ""):
        message = f"some papers could not be looked up, to write them anew: {trouble}"
        error = ArxivUnavailableError(message, "the next run does it")
        run = replace(run, errors=(*run.errors, error))
    return report_run(context, run, arguments.format)


_SHARD = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")  # matches "3/20"


def watches(context: Context, arguments: argparse.Namespace) -> int:
    """Print the watches for a matrix of jobs: a name a line, or as JSON with list, categories and queries."""
    chosen: Sequence[WatchConfig] = context.load_config().watches
    own = context.repository
    if arguments.shard:
        chosen = shard(chosen, *parse_shard(arguments.shard), own)
    if arguments.format == "json":
        rows = [
            {
                "name": watch.name,
                "repository": watch.repository or own,
                "list": watch.list,
                "categories": list(watch.categories),
                "queries": list(watch.queries),
            }
            for watch in chosen
        ]
        context.print_json(rows)
    elif chosen:
        context.print("\n".join(watch.name for watch in chosen))
    return 0


def parse_shard(text: str) -> tuple[int, int]:
    """Read `I/N`, I from 1 to N."""
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]):
        raise UsageError(f"{text!r} is no part of a whole", "write --shard like 3/20, from 1/20 to 20/20")
    return int(match[1]), int(match[2])


def shard(watches: Sequence[WatchConfig], number: int, of: int, own: str | None = None) -> list[WatchConfig]:
    """Return part `number`, from 1, of so many parts of about equal size, in the config's order.

    The watches of one repository stay together, so that no two jobs write to it at the same time; `own` is
    that of watches that name none.
    """

    def place(watch: WatchConfig) -> str:
        return (watch.repository or own or "").casefold()  # GitHub's names have no case

    repositories: dict[str, list[WatchConfig]] = {}
    for watch in watches:
        repositories.setdefault(place(watch), []).append(watch)
    sizes = [0] * of
    chosen: set[str] = set()
    # The largest first, each to the part that has fewest so far: parts differ by one repository at most.
    for repository, group in sorted(repositories.items(), key=lambda item: (-len(item[1]), item[0])):
        emptiest = sizes.index(min(sizes))
        sizes[emptiest] += len(group)
        if emptiest == number - 1:
            chosen.add(repository)
    return [watch for watch in watches if place(watch) in chosen]
