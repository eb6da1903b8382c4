"""`poll`: one cycle, reported; or only its first half, kept in a file for others."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from arxiv_watch.cli.context import Context, parse_day
from arxiv_watch.cli.cycle import publisher, run_cycle
from arxiv_watch.cli.output import check_output, complain
from arxiv_watch.cli.progress import show_steps
from arxiv_watch.cli.reporting import report_run
from arxiv_watch.collect import collect
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import UsageError
from arxiv_watch.notes import coverage_errors
from arxiv_watch.publish import Publisher
from arxiv_watch.wording import plural


def poll(context: Context, arguments: argparse.Namespace) -> int:
    """Run one cycle and report it, or collect what others will need for theirs.

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
    from arxiv_watch.arxiv.collected.collection import write_collection  # few polls collect

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
