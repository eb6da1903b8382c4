"""Categories with two names are one category, whichever name somebody writes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arxiv_support import FRIDAY, MORNING, open_arxiv, working_days
from arxiv_watch.arxiv.taxonomy import ALIASES, CATEGORIES, FORMER, canonical, check_categories, spellings
from arxiv_watch.config import parse_config
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, CoverageState, Paper
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv


def papers(main: str) -> list[Paper]:
    """A fortnight of a category: each day a paper at home in it, and one that is cross-listed."""
    days = working_days(date(2026, 11, 2), FRIDAY)
    homes = ((main,), ("hep-ex", main))
    return [
        Paper(ArxivId(f"2611.{2 * index + part:05d}"), f"Paper {index}", categories=home, announced=day)
        for index, day in enumerate(days, start=1)
        for part, home in enumerate(homes)
    ]


@pytest.mark.parametrize(("alias", "main"), ALIASES.items())
def test_feeds_pages_and_oai_pmh_agree_on_one_name(tmp_path: Path, alias: str, main: str) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(papers(main), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        poll = arxiv.poll([alias, main])

        assert {row.category for row in poll.coverage} == {main}
        assert {row.state for row in poll.coverage} <= {CoverageState.FRESH, CoverageState.REPAIRED}
        today = {each.paper.id.base: each.types for each in poll.announcements if each.day == FRIDAY}
        assert list(today.values()) == [{main: AnnounceType.NEW}, {main: AnnounceType.CROSS}]
        asked = [line.request for line in server.log]
        assert not any(alias in request.path for request in asked)
        assert len({request.query.get("set") for request in asked} - {None}) == 1


def test_a_page_of_an_alias_is_read_where_it_redirects_to(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    with FaultyArxiv(papers("eess.SY"), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        server.fault(
            Role.PAGES,
            lambda request, _: server.honest(
                replace(request, path=request.path.replace("/eess.SY/", "/cs.SY/"))
            ),
            path="/catchup/eess.SY/2026-11-17",
            times=1,
        )
        poll = arxiv.poll(["cs.SY"])

        moved = [line for line in server.log if line.status == 301]
        assert len(moved) == 1
        [row] = [row for row in poll.coverage if row.day == date(2026, 11, 17)]
        assert (row.state, row.source, row.new, row.cross) == (CoverageState.REPAIRED, "catchup", 1, 1)


def test_the_config_reads_an_alias_as_its_category_and_both_as_one() -> None:
    text = "watches: [{list: a.md, categories: [cs.SY, cs.LG, eess.SY, math.MP, math.MP]}]"

    assert parse_config(text, "c.yml", {}).watches[0].categories == ("eess.SY", "cs.LG", "math-ph")


def test_every_alias_stands_for_a_category_that_is_no_alias() -> None:
    assert all(
        main in CATEGORIES and canonical(main) == main for main in [*ALIASES.values(), *FORMER.values()]
    )
    assert set(ALIASES) <= CATEGORIES
    assert all(spellings(alias) == spellings(main) == {alias, main} for alias, main in ALIASES.items())


def test_the_names_are_those_of_arxivs_own_taxonomy(shared: Path) -> None:
    taxonomy = json.loads((shared / "facts/arxiv_taxonomy.json").read_text(encoding="utf-8"))
    assert taxonomy["category_aliases"] == ALIASES
    assert taxonomy["archives_subsumed"] == FORMER


def test_an_archive_of_the_nineties_is_refused_with_its_successor() -> None:
    with pytest.raises(UsageError) as caught:
        check_categories(["cmp-lg"])

    assert "cs.CL" in caught.value.advice
