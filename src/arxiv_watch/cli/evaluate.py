"""`evaluate`: how well the classifier would do on a list, by cross-validation and by its own history."""

from __future__ import annotations

import argparse
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from arxiv_watch import model
from arxiv_watch.arxiv import Arxiv, ArxivSettings
from arxiv_watch.cli.context import ChosenList, Context, choose_list, parse_day
from arxiv_watch.cli.output import (
    check_output,
    look_up_words,
    papers_in,
    show_progress,
    show_steps,
    tell_unavailable,
    write_output,
)
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.config.starter import propose_categories
from arxiv_watch.errors import ArxivUnavailableError, ListError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList, parse_list, read_list, read_rows, why_no_history
from arxiv_watch.model.evaluation import ReplayEvaluation
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HistoryRow
from arxiv_watch.report.evaluation_html import render_evaluation_html
from arxiv_watch.report.evaluation_text import render_evaluation_text
from arxiv_watch.report.run_json import render_evaluation_json
from arxiv_watch.report.values import Evaluation
from arxiv_watch.scope import MOST_BACKGROUND, check_learnable, mentions_of, records_of

log = logging.getLogger(__name__)

REPLAYED = timedelta(days=213)  # seven months: the first is only learned from, half a year is judged


def evaluate(context: Context, arguments: argparse.Namespace) -> int:
    """Measure, print the evaluation, and write the report that was asked for.

    Raises:
        ListError: The list links no paper, or has no history to replay.
        ArxivUnavailableError: What was announced cannot be read.
    """
    check_output(arguments.report)
    begin = parse_day(arguments.since) or context.clock.now().date() - REPLAYED
    chosen = choose_list(context, arguments.watch)
    paper_list = parse_list(read_list(chosen.folder, chosen.pattern))
    check_learnable(paper_list, chosen.pattern)
    history = _history(chosen, paper_list) if arguments.history else ()
    given = list(papers_in(arguments.metadata))
    with context.open_arxiv(chosen.settings) as arxiv:
        ids = {*paper_list.ids, *(row.id for row in history)}
        known = {paper.id: paper for paper in given} or _look_up(arxiv, ids, chosen.settings)
        headings = model.cross_validate(
            records_of(paper_list, known), headings=paper_list.headings, mentions=mentions_of(paper_list)
        )
        found = [known[one] for one in ids if one in known]
        watch = chosen.watch or _watch_of(chosen.pattern, found, arxiv.trouble)
        replayed = None
        if arguments.history:
            announced = given or _announced(context, arxiv, watch, begin)
            months = _by_month(announced, begin)
            replayed = _replay(watch, history, known, months)
    evaluation = Evaluation(context.clock.now(), watch.name, watch.list, headings, replayed)
    render = render_evaluation_json if arguments.format == "json" else render_evaluation_text
    context.print(render(evaluation))
    if arguments.report:
        write_output(arguments.report, render_evaluation_html(evaluation))
        log.warning("wrote %s", arguments.report)
    if arxiv.trouble:
        message = f"some papers are known by title only: {arxiv.trouble}"
        return tell_unavailable(message, "run this again later", context.environ)
    return 0


def _watch_of(pattern: str, papers: Sequence[Paper], trouble: str) -> WatchConfig:
    """Return a watch with all defaults for a list that no config knows, in its own papers' categories."""
    categories = propose_categories(papers)
    if not categories and trouble:
        raise ArxivUnavailableError(
            f"the papers of {pattern} could not be looked up: {trouble}",
            "run this again later, or name rows of them with --metadata",
        )
    if not categories:
        raise ListError(f"no category of a paper in {pattern} is known", "name rows of them with --metadata")
    return WatchConfig(list=pattern, categories=tuple(categories))


def _look_up(arxiv: Arxiv, ids: Collection[ArxivId], settings: ArxivSettings) -> dict[ArxivId, Paper]:
    log.warning("looking up %d papers: %s", len(ids), look_up_words(len(ids), settings.request_interval))
    with show_steps():
        return dict(arxiv.metadata(sorted(ids)))


def _announced(context: Context, arxiv: Arxiv, watch: WatchConfig, begin: date) -> Iterator[Paper]:
    today = context.clock.now().date()
    log.warning(
        "reading what was announced since %s in %s; this takes some minutes, once",
        *(begin, ", ".join(watch.categories)),
    )
    return (row.paper for row in arxiv.announced(begin, today, watch.categories))


def _history(chosen: ChosenList, paper_list: PaperList) -> tuple[HistoryRow, ...]:
    if hindrance := why_no_history(chosen.folder):
        reason, advice = hindrance
        raise ListError(f"the history of {chosen.pattern} cannot be read: {reason}", advice)
    rows = read_rows(chosen.folder, [document.path for document in paper_list.documents])
    if not rows:
        raise ListError(f"{chosen.pattern} has no git history to replay", "run inside a full clone")
    return rows


def _replay(
    watch: WatchConfig,
    history: Sequence[HistoryRow],
    known: Mapping[ArxivId, Paper],
    months: Mapping[date, Sequence[Paper]],
) -> ReplayEvaluation:
    with show_progress() as advance:
        return model.replay(
            history,
            months,
            metadata={arxiv_id.base: paper for arxiv_id, paper in known.items()},
            precision=watch.precision,
            per_day=watch.budget.per_day,
            background=MOST_BACKGROUND,
            progress=lambda month, done, of: advance(f"replaying {month:%Y-%m}", done, of),
        )


def _by_month(papers: Iterable[Paper], begin: date) -> Mapping[date, Sequence[Paper]]:
    """Group papers by the month of their announcement, from `begin` on."""
    months: dict[date, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.announced and paper.announced >= begin:
            months[paper.announced.replace(day=1)].append(paper)
    return months
