"""The seed list, learned as it stood on a day, against a sample of what arXiv announced after it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model import fit, metrics
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Prediction, Record
from arxiv_watch.rows import read_papers

CUT = date(2025, 6, 1)
LIST = "chenhongyu2048+LLM-inference-optimization-paper.jsonl"


Paths = dict[str, set[tuple[str, ...]]]


@pytest.fixture(scope="module")
def seed(shared: Path) -> tuple[list[Record], list[Paper], Paths]:
    """Return the list at the cut, what it did not hold then, and the headings of what came later."""
    complaints: list[str] = []
    data = shared / "data"
    feed = {p.id.base: p for p in read_papers(data / "feed-2025-03--2025-11.jsonl.gz", complaints.append)}
    listed = {p.id.base: p for p in read_papers(data / "listed.jsonl.gz", complaints.append)}
    known = {**listed, **feed}
    history = (shared / "lists" / "history" / LIST).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in history]
    chosen: Paths = {}
    records = []
    for row in rows:
        path, added = tuple(row["path"]), date.fromisoformat(row["added"])
        if added >= CUT:
            chosen.setdefault(row["id"], set()).add(path)
        elif not (row["removed"] and row["removed"] <= CUT.isoformat()):
            paper = known.get(row["id"]) or Paper(ArxivId.parse(row["id"]), row["title"])
            records.append(Record(paper, path, added))
    ids = {record.paper.id.base for record in records}
    return records, [paper for paper in feed.values() if paper.id.base not in ids], chosen


@pytest.fixture(scope="module")
def replayed(seed: tuple[list[Record], list[Paper], Paths]) -> tuple[list[Prediction], Paths]:
    records, unlisted, chosen = seed
    background = [paper for paper in unlisted if paper.announced < CUT][::12]
    after = [paper for paper in unlisted if paper.announced >= CUT]
    candidates = [paper for paper in after if paper.id.base in chosen] + after[::40]
    predictions = list(fit(records, background).predict(candidates, evidence=False))
    return predictions, chosen


def test_one_week_and_three_weeks_of_background_give_lines_that_agree(
    seed: tuple[list[Record], list[Paper], Paths],
) -> None:
    records, unlisted, _ = seed
    weeks = [
        [
            paper
            for paper in unlisted
            if CUT - timedelta(days=oldest) <= paper.announced < CUT - timedelta(days=7)
        ]
        for oldest in (14, 28)
    ]

    one, three = (fit(records, background).operating_point(0.5, per_day=5) for background in weeks)

    assert one.propose == pytest.approx(three.propose, abs=0.15)
    assert one.precision == pytest.approx(three.precision, abs=0.15)


def test_what_people_added_later_ranks_first(
    replayed: tuple[list[Prediction], Paths],
) -> None:
    predictions, chosen = replayed
    wanted = np.array([prediction.id.base in chosen for prediction in predictions])

    auc = metrics.roc_auc(wanted, np.array([prediction.score for prediction in predictions]))

    assert wanted.sum() > 80
    assert auc > 0.98


def test_one_of_three_headings_is_mostly_the_one_people_chose(
    replayed: tuple[list[Prediction], Paths],
) -> None:
    predictions, chosen = replayed
    added = [prediction for prediction in predictions if prediction.id.base in chosen]

    hits = [bool({guess.path for guess in p.headings[:3]} & chosen[p.id.base]) for p in added]

    assert np.mean(hits) > 0.6
