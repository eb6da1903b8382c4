"""`evaluate`: how well the classifier would do on a list, by cross-validation and by its own history."""

from __future__ import annotations

import argparse
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from arxiv_watch import model
from arxiv_watch.cli.context import Context, parse_day, select_watches
from arxiv_watch.cli.folder_store import FolderStore
from arxiv_watch.cli.output import check_output, write_output
from arxiv_watch.cli.progress import show_progress
from arxiv_watch.config.models import ArxivConfig, WatchConfig
from arxiv_watch.errors import ListError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import HistoryRow, PaperList, parse_list, read_list, read_rows
from arxiv_watch.model.evaluation import ReplayEvaluation
from arxiv_watch.papers import Paper
from arxiv_watch.report import (
    Evaluation,
    render_evaluation_html,
    render_evaluation_json,
    render_evaluation_text,
)
from arxiv_watch.rows import read_papers
from arxiv_watch.training import MOST_BACKGROUND, check_learnable, mentions_of, records_of

log = logging.getLogger(__name__)

REPLAYED = timedelta(days=90)  # enough months to see how the list does, few enough to fetch politely


def evaluate(context: Context, arguments: argparse.Namespace) -> int:
    """Measure, print what came out, and write the report that was asked for.

    Raises:
        ListError: The list links no paper, or has no history to replay.
    """
    check_output(arguments.report)
    config = context.load_config()
    watch = select_watches(config, [arguments.watch] if arguments.watch else [])[0]
    paper_list = parse_list(read_list(context.root, watch.list))
    check_learnable(paper_list, watch.list)
    given = list(_rows(arguments.metadata))
    known = {paper.id: paper for paper in given}
    replayed = None
    with context.open_arxiv(config.arxiv) as arxiv:
        if not given:
            known = dict(arxiv.metadata(sorted(paper_list.ids)))
        headings = model.cross_validate(
            records_of(paper_list, known), headings=paper_list.headings, mentions=mentions_of(paper_list)
        )
        if arguments.history:
            history = _history(context, watch, paper_list)
            if not given:
                known = dict(arxiv.metadata(sorted({row.id for row in history})))
            today = context.clock.now().date()
            begin = parse_day(arguments.since) or today - REPLAYED
            announced = given or (row.paper for row in arxiv.announced(begin, today, watch.categories))
            months = _by_month(announced, begin)
            replayed = _replay(watch, history, known, months, _store(context, config.arxiv))
    evaluation = Evaluation(context.clock.now(), watch.name, watch.list, headings, replayed)
    render = render_evaluation_json if arguments.format == "json" else render_evaluation_text
    context.print(render(evaluation))
    if arguments.report:
        write_output(arguments.report, render_evaluation_html(evaluation))
        log.warning("wrote %s", arguments.report)
    return 0


def _history(context: Context, watch: WatchConfig, paper_list: PaperList) -> tuple[HistoryRow, ...]:
    rows = read_rows(context.root, [document.path for document in paper_list.documents])
    if not rows:
        raise ListError(f"{watch.list} has no git history to replay", "run inside a full clone")
    return rows


def _replay(
    watch: WatchConfig,
    history: Sequence[HistoryRow],
    known: Mapping[ArxivId, Paper],
    months: Mapping[date, Sequence[Paper]],
    store: MutableMapping[str, str],
) -> ReplayEvaluation:
    with show_progress() as advance:
        return model.replay(
            history,
            months,
            metadata={arxiv_id.base: paper for arxiv_id, paper in known.items()},
            precision=watch.precision,
            per_day=watch.budget.per_day,
            background=MOST_BACKGROUND,
            store=store,
            progress=lambda month, done, of: advance(f"replaying {month:%Y-%m}", done, of),
        )


def _store(context: Context, settings: ArxivConfig) -> FolderStore:
    """Return where finished months are kept, so that an interrupted replay goes on where it was."""
    return FolderStore(context.cache_dir(settings) / "replay")


def _by_month(papers: Iterable[Paper], begin: date) -> Mapping[date, Sequence[Paper]]:
    """Group papers by the month of their announcement, from `begin` on."""
    months: dict[date, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.announced and paper.announced >= begin:
            months[paper.announced.replace(day=1)].append(paper)
    return months


def _rows(paths: Iterable[Path]) -> Iterable[Paper]:
    for path in paths:
        yield from read_papers(path, log.warning)
