"""What an evaluation found: the value that the command fills and the renderers read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from arxiv_watch.model.evaluation import HeadingEvaluation, ReplayEvaluation


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the classifier does on one list.

    Attributes:
        now: The moment of the evaluation.
        name: The watch's or the list's name.
        list: The list's path.
        headings: Headings, cross-validated on the list as it is.
        replay: The replay of the list's history, or None where none was asked for.
    """

    now: datetime
    name: str
    list: str
    headings: HeadingEvaluation
    replay: ReplayEvaluation | None = None
