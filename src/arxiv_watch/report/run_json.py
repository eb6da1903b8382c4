"""A run or an evaluation as one JSON object, for scripts; the keys of a run are part of the interface."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage
from arxiv_watch.proposals import Evidence, SkipReason, Verdict
from arxiv_watch.report.values import Evaluation, Run, WatchRun
from arxiv_watch.report.words import probability_of

_DIGITS = 6  # finer differences are noise of the last bits


def render(run: Run) -> str:
    """Write a run as JSON, indented, with a final newline."""
    return dump_json(
        {
            "now": run.now.isoformat(),
            "watches": [_watch(watch) for watch in run.watches],
            "requests": {service: run.requests.get(service, 0) for service in ("arxiv", "github")},
        }
    )


def render_evaluation_json(evaluation: Evaluation) -> str:
    """Write an evaluation as JSON, indented, with a final newline."""
    return dump_json(_plain(evaluation))


def dump_json(value: object) -> str:
    """Write JSON for people and programs: indented, readable, always encodable as UTF-8."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    # Half a surrogate pair cannot be encoded; as an escape it is JSON again.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Make the object that stands for the evidence in every JSON of ours."""
    return _picked(evidence, "terms", "against", "neighbours", "sentence")


def _plain(value: object) -> object:
    """Make JSON of our values: the fields of a dataclass under their own names."""
    if isinstance(value, ArxivId):
        return value.base
    if is_dataclass(value):
        return _picked(value, *(field.name for field in fields(value)))
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _picked(value: object, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in names}


def _watch(watch: WatchRun) -> dict[str, Any]:
    return {
        "name": watch.name,
        "list": watch.list,
        "coverage": [_coverage(coverage) for coverage in watch.coverage],
        "counts": {reason.value: watch.counts.get(reason.value, 0) for reason in SkipReason},
        "proposals": [_proposal(proposal) for proposal in watch.proposals],
        "unsure": [_proposal(proposal) for proposal in watch.unsure],
        **_picked(watch, "diff", "pull_request", "operating_point"),
        "notes": [*filter(None, [watch.failure]), *watch.notes],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    counted = _picked(coverage, "category", "day", "state", "new", "cross", "replace", "min_id", "max_id")
    words = _picked(coverage, "source", "detail")
    late = coverage.lateness
    return {**counted, **words, "lateness_seconds": None if late is None else late.total_seconds()}


def _proposal(proposal: Verdict) -> dict[str, Any]:
    prediction = proposal.prediction
    return {
        "id": proposal.paper.id.base,
        "title": proposal.paper.title,
        "path": list(proposal.path),
        "relevance": _plain(prediction.relevance),
        "probability": _plain(probability_of(proposal)),
        "alternatives": [_plain(heading) for heading in prediction.headings if heading.path != proposal.path],
        **_picked(proposal, "line", "file", "sure"),
        "evidence": evidence_to_json(prediction.evidence),
    }
