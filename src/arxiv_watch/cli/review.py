"""`review`: decide on each proposal at the terminal; the local list is written, rejections are kept."""

from __future__ import annotations

import argparse
import logging
import sys
import webbrowser
from functools import partial

from arxiv_watch.cli.context import Context, parse_day
from arxiv_watch.cli.cycle import run_cycle
from arxiv_watch.cli.reporting import report_run
from arxiv_watch.config import find_config
from arxiv_watch.config.ignore import add_ignored
from arxiv_watch.errors import EditRefusedError
from arxiv_watch.publish import write_file
from arxiv_watch.report.run_text import render_verdict
from arxiv_watch.review import Review

log = logging.getLogger(__name__)


class Terminal:
    """The person at this process's terminal, or the lines of a pipe."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def show(self, text: str) -> None:
        """Print it."""
        self._context.print(text)

    def ask(self, question: str) -> str:
        """Print the question and read a line; empty at the end of input."""
        self._context.stdout.write(question)
        self._context.stdout.flush()
        return sys.stdin.readline()

    def browse(self, url: str) -> None:
        """Open it in the browser, or print it where there is none."""
        if not webbrowser.open(url):
            self._context.print(url)


def review(context: Context, arguments: argparse.Namespace) -> int:
    """Poll, ask about each proposal, write the accepted ones and remember the rejected ones."""
    since = parse_day(arguments.since)
    config = context.load_config()
    watches = config.select(arguments.watches)
    describe = partial(render_verdict, colour=context.colour)
    target = Review(context.root, Terminal(context), describe, context.repository)
    run = run_cycle(context, config, watches, target, since=since)
    try:
        return report_run(context, run)
    finally:  # a person's answers outlive a reader of the report that has gone
        _remember(context, target)


def _remember(context: Context, target: Review) -> None:
    """Write the rejected papers into the config's `ignore`; what is refused for one watch stops no other.

    Raises:
        EditRefusedError: Those of a watch could not be written.
    """
    path = find_config(context.config_path, context.root)
    before = path.read_bytes()
    text = before.decode()
    refused: list[EditRefusedError] = []
    for name, ids in target.rejected.items():
        try:
            text = add_ignored(text, name, ids)
        except EditRefusedError as error:
            refused.append(error)
    if text.encode() != before:
        write_file(path, text.encode(), expected=before)
        log.warning("the rejected papers are in `ignore` of %s", path)
    if refused:
        raise EditRefusedError(refused[0].message, "; ".join(error.advice for error in refused))
