"""An evaluation as one JSON object: the fields of its values under their own names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date

from arxiv_watch.report.evaluation import Evaluation
from arxiv_watch.report.run_json import dump_json

_DIGITS = 6  # finer differences are noise of the last bits


def render_evaluation_json(evaluation: Evaluation) -> str:
    """Write an evaluation as JSON, indented, with a final newline."""
    return dump_json(_to_json(evaluation))


def _to_json(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_to_json(item) for item in value]
    return value
