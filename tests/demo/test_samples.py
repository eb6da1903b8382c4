"""The demo's sample papers are real papers, described in our own words; their authors are invented."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import arxiv_watch.demo
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.rows import read_papers

PAPERS = Path(arxiv_watch.demo.__file__).parent / "papers"
CATALOG = Path(__file__).resolve().parents[2] / "catalog" / "llm-inference.md"
NAMES = ("announced", "background", "listed")
RUN = 6  # words in a row that nobody writes twice by chance


def papers_of(name: str) -> list[Paper]:
    return list(read_papers(PAPERS / f"{name}.jsonl", pytest.fail))


def rows_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PAPERS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def listed_ids() -> set[ArxivId]:
    urls = re.findall(r"\]\((https?://[^\s()]+)\)", CATALOG.read_text(encoding="utf-8"))
    return {found for url in urls if (found := ArxivId.find(url))}


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


@pytest.fixture(scope="module")
def real(shared: Path) -> dict[str, dict[str, Any]]:
    """ArXiv's own rows of the papers that are described here."""
    wanted = {str(paper.id) for name in NAMES for paper in papers_of(name)}
    rows: dict[str, dict[str, Any]] = {}
    for name in ("listed.jsonl.gz", "feed-2025-03--2025-11.jsonl.gz"):
        with gzip.open(shared / "data" / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.split('"', 4)[3] in wanted:
                    row = json.loads(line)
                    rows[row["id"]] = row
    return rows


def test_a_third_of_the_announced_papers_belong_on_the_list_and_none_is_there_yet() -> None:
    rows = rows_of("announced")
    belonging = {ArxivId(row["id"]) for row in rows if row["belongs"]}

    assert len(rows) == 72
    assert len(belonging) == 24
    assert not {ArxivId(row["id"]) for row in rows} & listed_ids()


def test_each_day_of_the_week_brings_papers_that_belong_and_more_that_do_not() -> None:
    belongs = {ArxivId(row["id"]): row["belongs"] for row in rows_of("announced")}
    by_day: dict[date | None, list[bool]] = {}
    for paper in papers_of("announced"):
        by_day.setdefault(paper.announced, []).append(belongs[paper.id])

    assert sorted(by_day) == [date(2025, 11, day) for day in (18, 19, 20, 21)]
    assert all(sum(day) >= 4 and day.count(False) > sum(day) for day in by_day.values())


def test_an_announced_paper_has_all_that_a_feed_tells_of_it() -> None:
    for paper in papers_of("announced"):
        assert paper.categories, paper.id
        assert 60 <= len(paper.abstract.split()) <= 110, paper.id


def test_every_listed_paper_is_described_once_and_some_of_them_with_an_abstract() -> None:
    papers = papers_of("listed")

    assert {paper.id for paper in papers} == listed_ids()
    assert len(papers) == len(listed_ids())
    assert sum(bool(paper.abstract) for paper in papers) == 110


def test_the_background_is_unlisted_and_earlier_and_some_of_it_has_abstracts() -> None:
    papers = papers_of("background")

    assert len(papers) == len({paper.id for paper in papers}) == 300
    assert not {paper.id for paper in papers} & listed_ids()
    assert all(paper.announced and paper.announced < date(2025, 11, 18) for paper in papers)
    assert sum(bool(paper.abstract) for paper in papers) == 66
    assert all(paper.categories for paper in papers)


def test_the_samples_stay_small() -> None:
    assert sum((PAPERS / f"{name}.jsonl").stat().st_size for name in NAMES) < 400_000


def test_titles_categories_and_days_are_those_of_arxiv(real: dict[str, dict[str, Any]]) -> None:
    for name in NAMES:
        for row in rows_of(name):
            facts = real.get(row["id"])
            if facts is None:
                assert name == "listed", row["id"]
                continue
            assert row["title"] == " ".join(facts["title"].split()), row["id"]
            assert row.get("categories") == facts.get("categories", row.get("categories")), row["id"]
            assert row.get("announced") == facts.get("announced"), row["id"]


def test_no_abstract_shares_a_run_of_words_with_the_real_one(real: dict[str, dict[str, Any]]) -> None:
    compared = 0
    for name in NAMES:
        for row in rows_of(name):
            theirs = real.get(row["id"], {}).get("abstract", "")
            shared_runs = runs_of(row.get("abstract", "")) & runs_of(theirs)

            assert not shared_runs, f"{row['id']}: {shared_runs}"
            compared += bool(theirs and row.get("abstract"))
    assert compared > 200  # else the comparison above has compared nothing


@pytest.mark.parametrize("name", NAMES)
def test_every_paper_has_authors_and_nobody_s_real_ones(name: str, real: dict[str, dict[str, Any]]) -> None:
    for paper in papers_of(name):
        assert paper.authors, paper.id
        assert set(paper.authors).isdisjoint(real.get(str(paper.id), {}).get("authors", ()))
