"""A poll as a file: nothing is lost in it, and a file that cannot be trusted is refused with its reason."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.arxiv import collected as module
from arxiv_watch.arxiv.collected import (
    VERSION,
    CollectedArxiv,
    Collection,
    read_collection,
    write_collection,
)
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, CoverageState
from fakes import FakeClock
from watch_support import BACKGROUND, BELONGS, DAY, LISTED, STRANGER, announce, coverage, find

MADE = datetime(2025, 11, 20, 12, tzinfo=UTC)
QUERY = 'ti:"paged serving"'
COVERAGE = (coverage(), coverage(category=QUERY))


def collection(**changes: Any) -> Collection:
    poll = Poll((announce(BELONGS), find(STRANGER, QUERY)), COVERAGE, tuple(BACKGROUND))
    made = Collection(VERSION, MADE, ("cs.DC",), (QUERY,), DAY - timedelta(days=7), poll, tuple(LISTED))
    return replace(made, **changes)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "poll.json.gz"
    write_collection(path, collection())
    return path


def rewrite(path: Path, **changes: object) -> None:
    data = json.loads(gzip.decompress(path.read_bytes()))
    path.write_bytes(gzip.compress(json.dumps({**data, **changes}).encode()))


def test_a_file_gives_back_what_was_written(file: Path) -> None:
    assert read_collection(file) == collection()


@given(st.text(st.characters(codec="utf-8")))
def test_any_title_survives(text: str) -> None:
    held = collection(metadata=(replace(BELONGS, title=text),))

    assert module._parse(module._adapter().dump_json(held), "x") == held


@pytest.mark.parametrize("cut", [1, 2, 9, 10])
def test_a_file_that_is_cut_off_is_refused(file: Path, cut: int) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * cut // 11])

    with pytest.raises(UsageError, match="cut off") as refusal:
        read_collection(file)
    assert refusal.value.exit_code == 2


def test_a_file_of_another_version_says_which(file: Path) -> None:
    rewrite(file, version=7, categories="all of them")

    with pytest.raises(UsageError, match="of version 7, and this arxiv-watch reads version 1"):
        read_collection(file)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(b"no JSON", mtime=0),
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b'{"version": 1}', mtime=0),
    ],
)
def test_what_is_no_collection_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other.gz"
    path.write_bytes(data)

    with pytest.raises(UsageError, match=r"other\.gz"):
        read_collection(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(UsageError, match=path.name):
            read_collection(path)


def test_a_file_that_unpacks_without_end_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "MOST_BYTES", file.stat().st_size
    )  # so that it is read whole, and not unpacked

    with pytest.raises(UsageError, match="holds more than"):
        read_collection(file)


def test_a_file_works_like_the_poll_it_was_made_from() -> None:
    arxiv = CollectedArxiv(collection(), FakeClock(MADE))

    poll = arxiv.poll(["cs.DC"], queries=[QUERY], since=DAY)

    assert poll == collection().poll
    assert arxiv.metadata([LISTED[0].id]) == {LISTED[0].id: LISTED[0]}
    assert (arxiv.requests, arxiv.trouble) == (0, "")


@pytest.mark.parametrize("lines", [(), COVERAGE[:1], COVERAGE[1:]])
def test_a_file_that_tells_nothing_of_a_category_or_query_is_no_quiet_day(
    lines: tuple[Coverage, ...],
) -> None:
    """It names them, but without a line on how completely they were read a lost day would end silently."""
    held = collection()
    arxiv = CollectedArxiv(replace(held, poll=replace(held.poll, coverage=lines)), FakeClock(MADE))

    with pytest.raises(UsageError, match="the collected file lacks"):
        arxiv.poll(["cs.DC"], queries=[QUERY])


def test_metadata_that_was_not_collected_is_told() -> None:
    arxiv = CollectedArxiv(collection(), FakeClock(MADE))

    assert arxiv.metadata([ArxivId("2501.00001")]) == {}
    assert arxiv.trouble == "1 of them are not in the collected file"


def test_a_paper_that_arxiv_does_not_know_is_not_missing() -> None:
    arxiv = CollectedArxiv(collection(unknown=(ArxivId("2501.00001"),)), FakeClock(MADE))

    assert arxiv.metadata([ArxivId("2501.00001"), LISTED[0].id]) == {LISTED[0].id: LISTED[0]}
    assert arxiv.trouble == ""


@pytest.mark.parametrize(
    ("categories", "queries", "since", "reason"),
    [
        (["cs.DC", "cs.LG"], [], None, "lacks cs.LG"),
        (["cs.DC"], ["au:knuth"], None, "lacks au:knuth"),
        (["cs.DC"], [], DAY - timedelta(days=30), "begins on 2025-11-13"),
        (["cs.DC"], [], DAY + timedelta(days=2), "2025-11-22 is still to come"),
    ],
)
def test_what_a_file_does_not_hold_is_refused(
    categories: list[str], queries: list[str], since: date | None, reason: str
) -> None:
    arxiv = CollectedArxiv(collection(), FakeClock(MADE))

    with pytest.raises(UsageError, match=reason):
        arxiv.poll(categories, queries=queries, since=since)


@pytest.mark.parametrize(
    ("now", "is_old"),
    [
        (MADE + timedelta(hours=12), False),  # still Thursday in New York
        (MADE + timedelta(days=1), True),  # Friday's batch is out
        (MADE + timedelta(days=30), True),
    ],
)
def test_an_old_file_is_never_a_quiet_day(now: datetime, *, is_old: bool) -> None:
    poll = CollectedArxiv(collection(), FakeClock(now)).poll(["cs.DC"])

    failed = [line for line in poll.coverage if line.state is CoverageState.FAILED]
    assert [line.category for line in failed] == ["cs.DC"] * is_old
    assert all("collected on 2025-11-20" in line.detail for line in failed)


def test_a_file_gives_no_more_than_a_poll_since_the_same_day_would() -> None:
    later = replace(announce(BELONGS), day=DAY + timedelta(days=1))
    poll = Poll(
        (announce(STRANGER), later),
        (coverage(), replace(coverage(), day=later.day)),
        (),
        handled=(announce(LISTED[0]), replace(announce(LISTED[1]), day=later.day)),
    )
    made = MADE + timedelta(days=1)
    arxiv = CollectedArxiv(collection(poll=poll, made=made), FakeClock(made))

    given = arxiv.poll(["cs.DC"], since=later.day)

    assert given.announcements == (later,)
    assert [line.day for line in given.coverage] == [later.day]
    assert [each.paper for each in given.handled] == [LISTED[1]]


def test_days_before_those_that_arxiv_shows_are_as_in_a_poll() -> None:
    """To collect again with the same `--since` would not bring them."""
    held = collection(first=DAY - timedelta(days=90))

    assert CollectedArxiv(held, FakeClock(MADE)).poll(["cs.DC"], since=date(2020, 1, 1)) == held.poll


def test_fridays_file_is_good_until_monday() -> None:
    friday = collection(made=MADE + timedelta(days=1))
    on_sunday = CollectedArxiv(friday, FakeClock(MADE + timedelta(days=3))).poll(["cs.DC"])
    on_monday = CollectedArxiv(friday, FakeClock(MADE + timedelta(days=4))).poll(["cs.DC"])

    assert on_sunday == friday.poll
    assert on_monday.coverage[0].state is CoverageState.FAILED


@pytest.mark.parametrize("days", [2, 3])
def test_a_file_of_a_weekend_is_good_until_monday(days: int) -> None:
    weekend = collection(made=MADE + timedelta(days=days))
    on_sunday = CollectedArxiv(weekend, FakeClock(MADE + timedelta(days=3))).poll(["cs.DC"])
    on_monday = CollectedArxiv(weekend, FakeClock(MADE + timedelta(days=4))).poll(["cs.DC"])

    assert on_sunday == weekend.poll
    assert on_monday.coverage[0].state is CoverageState.FAILED


def test_a_category_is_found_by_its_other_name() -> None:
    systems = (coverage(category="eess.SY"),)
    held = collection(categories=("eess.SY",), poll=Poll((), systems, ()))

    assert CollectedArxiv(held, FakeClock(MADE)).poll(["cs.SY", "eess.SY"]).coverage == systems
