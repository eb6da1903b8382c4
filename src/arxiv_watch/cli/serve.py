"""`serve`: a cycle on every schedule of the config, until the service is stopped."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

from arxiv_watch import schedule
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.cycle import publisher, run_cycle
from arxiv_watch.cli.reporting import report_run
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.health import Health, answering


def serve(context: Context, arguments: argparse.Namespace) -> int:
    """Stay up and run a cycle on every schedule, until SIGTERM or SIGINT."""
    config = context.load_config()
    watches = config.select(arguments.watches)
    open_target = partial(publisher, context, open_pr=arguments.open_pr, apply=arguments.apply)
    open_target(watches)  # a missing token is reported now, not at the first poll
    health = Health(
        context.clock,
        {
            tuple(watch.name for watch in group): partial(schedule.next_run, group)
            for group in schedule.groups_of(watches)
        },
    )

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        names = [watch.name for watch in due]
        stoppable = replace(context, clock=clock)
        try:
            run = run_cycle(stoppable, config, due, open_target(due))
        except schedule.StoppedError:
            raise  # the service ends, and not by a fault
        except ArxivWatchError as refusal:
            health.ended(names, error=str(refusal))
            raise
        except Exception:  # whatever it is: only the health is told of it here
            health.ended(names, error="crashed, the log has the traceback")
            raise
        health.ended(names, run.coverage, str(run.errors[0]) if run.errors else "")
        report_run(context, run)

    with nullcontext() if arguments.health is None else answering(health, arguments.health):
        schedule.serve(watches, cycle, context.clock)
    return 0
