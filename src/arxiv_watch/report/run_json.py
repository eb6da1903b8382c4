"""A run as one JSON object, for scripts; the keys are part of the interface."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from arxiv_watch.papers import Coverage
from arxiv_watch.proposals import Evidence, OperatingPoint, Proposal, PullRequest, SkipReason
from arxiv_watch.report.run import Run, WatchRun
from arxiv_watch.report.words import probability_of

_DIGITS = 6  # finer differences are noise of the last bits


def render_json(run: Run) -> str:
    """Write a run as JSON, indented, with a final newline."""
    return dump_json(run_to_json(run))


def dump_json(value: object) -> str:
    """Write JSON for people and programs: indented, readable, always encodable as UTF-8."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    # Half a surrogate pair cannot be encoded; as an escape it is JSON again.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def run_to_json(run: Run) -> dict[str, Any]:
    """Make the object that `poll --format json` prints."""
    return {
        "now": run.now.isoformat(),
        "watches": [_watch(watch) for watch in run.watches],
        "requests": {service: run.requests.get(service, 0) for service in ("arxiv", "github")},
    }


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Make the object that stands for the evidence in every JSON of ours."""
    return {
        "terms": list(evidence.terms),
        "against": list(evidence.against),
        "neighbours": [
            {
                "id": neighbour.id.base if neighbour.id else None,
                "title": neighbour.title,
                "path": list(neighbour.path),
                "similarity": round(neighbour.similarity, _DIGITS),
            }
            for neighbour in evidence.neighbours
        ],
        "sentence": evidence.sentence,
    }


def _watch(watch: WatchRun) -> dict[str, Any]:
    return {
        "name": watch.name,
        "list": watch.list,
        "coverage": [_coverage(coverage) for coverage in watch.coverage],
        "counts": _counts(watch.counts),
        "proposals": [_proposal(proposal) for proposal in watch.proposals],
        "unsure": [_proposal(proposal) for proposal in watch.unsure],
        "diff": watch.diff,
        "pull_request": _pull_request(watch.pull_request),
        "operating_point": _operating_point(watch.operating_point),
        "notes": [*filter(None, [watch.failure]), *watch.notes],
    }


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {reason.value: counts.get(reason.value, 0) for reason in SkipReason}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "category": coverage.category,
        "day": coverage.day.isoformat(),
        "state": coverage.state.value,
        "new": coverage.new,
        "cross": coverage.cross,
        "replace": coverage.replace,
        "min_id": coverage.min_id.base if coverage.min_id else None,
        "max_id": coverage.max_id.base if coverage.max_id else None,
        "source": coverage.source,
        "detail": coverage.detail,
        "lateness_seconds": None if coverage.lateness is None else coverage.lateness.total_seconds(),
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    prediction = proposal.prediction
    probability = probability_of(proposal.path, prediction)
    return {
        "id": proposal.paper.id.base,
        "title": proposal.paper.title,
        "path": list(proposal.path),
        "relevance": round(prediction.relevance, _DIGITS),
        "probability": None if probability is None else round(probability, _DIGITS),
        "alternatives": [
            {"path": list(heading.path), "probability": round(heading.probability, _DIGITS)}
            for heading in prediction.headings
            if heading.path != proposal.path
        ],
        "line": proposal.line,
        "file": proposal.file,
        "sure": proposal.sure,
        "evidence": evidence_to_json(prediction.evidence),
    }


def _pull_request(pull_request: PullRequest | None) -> dict[str, Any] | None:
    if pull_request is None:
        return None
    return {
        "number": pull_request.number,
        "url": pull_request.url,
        "operation": pull_request.operation.value,
    }


def _operating_point(point: OperatingPoint | None) -> dict[str, Any] | None:
    if point is None:
        return None
    return {
        "propose": point.propose,
        "unsure": point.unsure,
        "precision": point.precision,
        "recall": point.recall,
        "minutes_per_day": point.minutes_per_day,
        "calibrated": point.calibrated,
        "note": point.note,
    }
