"""The classifier: everything it knows is learned from the list, at every run.

Others know `Classifier` and `fit`, which makes one. Another classifier is a module with such a `fit`, and its
row below: polls, `classify`, the replay of a list's months and the cross-validation of its headings ask here.
What the table names needs scikit-learn and is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from arxiv_watch.headings import HeadingPath
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import OperatingPoint, Prediction

if TYPE_CHECKING:
    from arxiv_watch.model.classifier import fit
    from arxiv_watch.model.history import replay
    from arxiv_watch.model.validation import cross_validate

__all__ = ["FEWEST_RECORDS", "FEWEST_UNLISTED", "Classifier", "cross_validate", "fit", "replay"]

FEWEST_RECORDS = 5
"""Listed papers that it takes to learn a list."""
FEWEST_UNLISTED = 200
"""Papers that are not listed, that it takes to say how sure a prediction is."""

_MODULE_OF = {"fit": "classifier", "replay": "history", "cross_validate": "validation"}


class Classifier(Protocol):
    """What was learned from one list. Of the same inputs comes the same, to the last digit."""

    def predict(
        self, papers: Iterable[Paper], *, evidence: bool = True, among: Collection[HeadingPath] = ()
    ) -> Iterator[Prediction]:
        """Yield one prediction a paper, in order; memory does not grow with their number.

        Args:
            papers: The candidates.
            evidence: Whether to say why; gathering it costs more than predicting.
            among: Headings whose best is returned, however many others are better.
        """

    def operating_point(self, precision: float, *, per_day: float | None = None) -> OperatingPoint:
        """Choose the decision lines for a wanted share of right proposals, or for a review budget a day.

        Args:
            precision: Wanted share of right proposals, 0 to 1.
            per_day: Most papers to propose a day, on average; None for no limit. Where it is unknown how
                many candidates a day brings, it cannot be kept, and the review time is unknown.
        """


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
