"""`classify`: relevance and ranked headings of given papers, with the evidence."""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, tee
from pathlib import Path
from typing import Any

from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.cli.context import Context, choose_list
from arxiv_watch.cli.output import check_input, check_output, papers_in, tell_unavailable
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.decide import Known, Policy, judge, skip_reason
from arxiv_watch.delivery import ListState
from arxiv_watch.errors import ArxivUnavailableError, UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList, parse_list, read_list
from arxiv_watch.model import FEWEST_UNLISTED, Classifier, fit
from arxiv_watch.notes import heading_notes
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Decision, Verdict
from arxiv_watch.report.run_json import evidence_to_json
from arxiv_watch.report.run_text import render_verdict
from arxiv_watch.rows import read_papers, write_rows
from arxiv_watch.scope import (
    MOST_BACKGROUND,
    background_of,
    check_learnable,
    headings_of,
    known_of,
    mentions_of,
    records_of,
)

log = logging.getLogger(__name__)

DEFAULTS = WatchConfig(list="README.md", categories=("cs.LG",))  # for a list that no config knows
_FEWEST_AS_BACKGROUND = 1000


def classify(context: Context, arguments: argparse.Namespace) -> int:
    """Classify the given papers and write the verdicts, in their order.

    Raises:
        UsageError: No paper was given, or one cannot be read.
        ListError: The list links no paper to learn from.
        ArxivUnavailableError: ArXiv does not know a paper that was asked for, or cannot be asked.
    """
    if not arguments.ids and not arguments.papers:
        raise UsageError("nothing to classify", "give identifiers, links, or --papers FILE")
    check_output(arguments.output)
    check_input(arguments.papers)
    chosen = choose_list(context, arguments.list)
    watch = chosen.watch or DEFAULTS
    paper_list = parse_list(read_list(chosen.folder, chosen.pattern))
    check_learnable(paper_list, chosen.pattern)
    asked = [_identifier(text) for text in arguments.ids]
    metadata, trouble = _metadata(context, arguments, chosen.settings, asked, paper_list)
    known = known_of(watch, ListState(paper_list))
    days = Counter(paper.announced for paper in _peek(arguments.papers) if paper.announced)
    classifier = fit(
        records_of(paper_list, metadata),
        _background(arguments, [paper for paper in metadata.values() if paper.id not in asked], known),
        headings=paper_list.headings,
        mentions=mentions_of(paper_list),
        candidates_per_day=days.total() / len(days) if days else None,
    )

    papers = chain(_found(asked, metadata, trouble), papers_in(filter(None, [arguments.papers])))
    verdicts = _verdicts(papers, classifier, known, _policy(classifier, watch, paper_list))
    if arguments.output:
        write_rows(arguments.output, map(verdict_to_row, verdicts))
    else:
        for verdict in verdicts:
            context.print(render_verdict(verdict, colour=context.colour))
    if trouble:
        message = f"some listed papers are known by title only: {trouble}"
        return tell_unavailable(message, "run this again later", context.environ)
    return 0


def verdict_to_row(verdict: Verdict) -> dict[str, Any]:
    """Make the JSON Lines row that the interface promises."""
    prediction = verdict.prediction
    return {
        "id": verdict.paper.id.base,
        "relevance": prediction.relevance,
        "headings": [
            {"path": list(heading.path), "probability": heading.probability}
            for heading in prediction.headings
        ],
        "decision": verdict.decision.value,
        "reason": str(verdict.reason),
        "evidence": evidence_to_json(prediction.evidence),
    }


def _identifier(text: str) -> ArxivId:
    try:
        return ArxivId.parse(text)
    except ValueError as error:
        raise UsageError(str(error), "give an identifier like 2407.12391 or a link to the paper") from error


def _metadata(
    context: Context,
    arguments: argparse.Namespace,
    settings: ArxivSettings,
    asked: list[ArxivId],
    paper_list: PaperList,
) -> tuple[Mapping[ArxivId, Paper], str]:
    """Return the given rows by identifier; what they lack is asked of arXiv unless all was given.

    With them comes why arXiv could not give some of what it was asked for, or nothing.
    """
    known = {paper.id: paper for paper in papers_in(arguments.metadata)}
    offline = arguments.papers and arguments.list and arguments.metadata
    wanted = asked if offline else (*asked, *sorted(paper_list.ids))
    missing = [arxiv_id for arxiv_id in wanted if arxiv_id not in known]
    if not missing:
        return known, ""
    with context.open_arxiv(settings) as arxiv:
        return {**known, **arxiv.metadata(missing)}, arxiv.trouble


def _found(asked: Iterable[ArxivId], metadata: Mapping[ArxivId, Paper], trouble: str) -> Iterator[Paper]:
    for arxiv_id in asked:
        if arxiv_id not in metadata and trouble:
            message = f"paper {arxiv_id} could not be looked up: {trouble}"
            raise ArxivUnavailableError(message, "check the identifier, or run this again later")
        if arxiv_id not in metadata:
            raise ArxivUnavailableError(f"arXiv knows no paper {arxiv_id}", "check the identifier")
        yield metadata[arxiv_id]


def _background(arguments: argparse.Namespace, metadata: Iterable[Paper], known: Known) -> list[Paper]:
    """Return the sample of papers that the list does not want.

    Where no background is given, the unlisted rows of the metadata do, and the papers to judge, if they
    are many: most of a feed is not wanted. A few papers are not a sample of what is announced.
    """
    if arguments.background:
        return background_of(papers_in(arguments.background), known)
    judged = list(islice(_peek(arguments.papers), MOST_BACKGROUND))
    enough = judged if len(judged) >= _FEWEST_AS_BACKGROUND else []
    background = background_of(chain(metadata, enough), known)
    if len(background) < FEWEST_UNLISTED:
        log.warning("no --background: papers are ranked by similarity to the list only, none is proposed")
        return []
    return background


def _peek(papers: Path | None) -> Iterator[Paper]:
    """Read the papers ahead of time; a pipe is left alone, since it can be read only once."""
    if papers is not None and papers.is_file():
        yield from read_papers(papers, lambda _: None)  # bad rows are reported when they are judged


def _policy(classifier: Classifier, watch: WatchConfig, paper_list: PaperList) -> Policy:
    for note in heading_notes(watch, paper_list):
        log.warning("%s", note)
    point, headings = classifier.operating_point(watch.precision), headings_of(watch, paper_list)
    return Policy(point, per_day=0, rules=watch.rules, headings=headings)


def _verdicts(
    papers: Iterable[Paper], classifier: Classifier, known: Known, policy: Policy
) -> Iterator[Verdict]:
    """Judge the papers one by one, in their order, without holding them all."""
    given, to_predict = tee(papers)
    for paper, prediction in zip(given, classifier.predict(to_predict, among=policy.headings), strict=True):
        reason = skip_reason(paper, known, policy.rules)
        if reason is None:
            yield judge(paper, prediction, policy)
        else:
            yield Verdict(paper, prediction, Decision.SKIP, reason)
