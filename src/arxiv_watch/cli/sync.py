"""`sync`: brings open pull requests up to date with what people answered, without a poll."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.reporting import report_run
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.publish import PullRequests
from arxiv_watch.watch import sync_watches


def sync(context: Context, arguments: argparse.Namespace) -> int:
    """Do what was answered, and report it."""
    config = context.load_config()
    watches = config.select(arguments.watches)
    target = PullRequests(context.open_forge, context.root, context.repository, dry_run=arguments.dry_run)
    metadata = CachedMetadata(context, config.arxiv)
    run = sync_watches(watches, metadata, target, context.clock)
    if metadata.trouble:
        message = f"some papers could not be looked up, to write them anew: {metadata.trouble}"
        error = ArxivUnavailableError(message, "the next run does it")
        run = replace(run, errors=(*run.errors, error))
    return report_run(context, run, arguments.format)


class CachedMetadata:
    """Looks papers up, in the cache or else at arXiv; neither is opened before it is needed."""

    def __init__(self, context: Context, settings: ArxivSettings) -> None:
        self._context = context
        self._settings = settings
        self.trouble = ""  # why arXiv could not give some of what it was asked for

    def __call__(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return what is known of these papers."""
        with self._context.open_arxiv(self._settings) as arxiv:
            found = arxiv.metadata(ids)
            self.trouble = self.trouble or arxiv.trouble
            return found
