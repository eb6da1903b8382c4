"""Another classifier is a `fit`: the replay and the cross-validation ask no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from arxiv_watch import model
from arxiv_watch.headings import HeadingPath
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HeadingProbability, HistoryRow, OperatingPoint, Prediction, Record
from model_support import listed


@dataclass(frozen=True)
class Eager:
    """Takes every paper for wanted, and puts it under the heading of the first listed one."""

    path: HeadingPath

    def predict(
        self, papers: Iterable[Paper], *, evidence: bool = True, among: Collection[HeadingPath] = ()
    ) -> Iterator[Prediction]:
        del evidence, among
        return (Prediction(one.id, 1.0, 1.0, (HeadingProbability(self.path, 1.0),)) for one in papers)

    def operating_point(self, precision: float, *, per_day: float | None = None) -> OperatingPoint:
        del per_day
        return OperatingPoint(propose=precision, unsure=precision)


def fit(records: Sequence[Record], background: Sequence[Paper], **others: object) -> model.Classifier:
    del background, others
    return Eager(records[0].path)


def test_another_classifier_is_tried_by_its_headings_and_by_the_lists_months(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = listed(60)
    rows = [HistoryRow(one.paper.id, one.paper.title, one.path, one.added) for one in records[:30]]
    months = {one.paper.announced.replace(day=1): [] for one in records}
    for one in records:
        months[one.paper.announced.replace(day=1)].append(one.paper)
    monkeypatch.setattr(model, "fit", fit, raising=False)

    by_headings = model.cross_validate(records)
    by_months = model.replay(rows, months)

    assert [each.predicted for each in by_headings.reliability] == [1.0]
    assert all(month.proposed == month.candidates for month in by_months.months)
