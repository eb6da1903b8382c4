"""`sync`: brings the open pull requests up to date with what people answered."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from arxiv_watch.cli.context import Context, select_watches
from arxiv_watch.cli.poll import tell_actions, tell_errors
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.publish import PullRequests
from arxiv_watch.report import render_json, render_text
from arxiv_watch.sync import sync_watches

if TYPE_CHECKING:
    from arxiv_watch.arxiv import ArxivSettings
    from arxiv_watch.identifiers import ArxivId
    from arxiv_watch.papers import Paper


def sync(context: Context, arguments: argparse.Namespace) -> int:
    """Do what was answered, and report it."""
    config = context.load_config()
    watches = select_watches(config, arguments.watches)
    target = PullRequests(context.open_forge, context.root, dry_run=arguments.dry_run)
    metadata = _Metadata(context, config.arxiv)
    run = sync_watches(watches, metadata, target, context.clock)
    if metadata.trouble:
        message = f"some papers could not be looked up, to write them anew: {metadata.trouble}"
        error = ArxivUnavailableError(message, "the next run does it")
        run = replace(run, errors=(*run.errors, error))
    is_json = arguments.format == "json"
    context.print(
        render_json(run) if is_json else render_text(run, colour=context.colour, width=context.width)
    )
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
