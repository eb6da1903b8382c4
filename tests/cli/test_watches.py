"""`watches`: every watch is in exactly one part, parts are even, and no repository is parted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.cli.poll import parse_shard, shard
from arxiv_watch.errors import UsageError
from cli_support import Checkout, make_checkout
from watch_support import watch


@given(st.lists(st.sampled_from([None, "a/x", "a/y", "b/z", "c/w"]), max_size=30), st.integers(1, 7))
def test_parts_are_a_partition_that_keeps_repositories_together(places: list[str | None], of: int) -> None:
    watches = [watch(name=f"w{n}", repository=place) for n, place in enumerate(places)]

    parts = [shard(watches, number, of) for number in range(1, of + 1)]

    assert sorted(one.name for part in parts for one in part) == sorted(one.name for one in watches)
    owners = [{one.repository for one in part} for part in parts]
    assert all(a.isdisjoint(b) for n, a in enumerate(owners) for b in owners[n + 1 :])
    largest = max((places.count(place) for place in places), default=0)
    assert max(map(len, parts)) - min(map(len, parts)) <= largest


def test_a_thousand_repositories_give_twenty_parts_of_fifty() -> None:
    watches = [watch(name=f"w{n}", repository=f"lab/list-{n}") for n in range(1000)]

    assert {len(shard(watches, number, 20)) for number in range(1, 21)} == {50}


def test_a_watch_without_a_repository_is_of_the_one_the_run_is_in() -> None:
    watches = [
        watch(name="one"),
        watch(name="two", repository="Lab/Hub"),
        watch(name="three", repository="lab/hub"),
    ]

    parts = [shard(watches, number, 2, "lab/hub") for number in (1, 2)]

    assert [len(part) for part in parts] == [3, 0]


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1", "1/0", "a/b", "1/2/3", "-1/3"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--shard like 3/20"):
        parse_shard(text)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = make_checkout(tmp_path)
    made.write(
        "config/arxiv-watch.yml",
        "watches:\n"
        "  - {name: one, list: README.md, categories: [cs.DC]}\n"
        "  - {name: two, list: README.md, categories: [cs.LG], repository: lab/papers}\n",
    )
    return made


def test_the_names_are_printed_a_line_each(checkout: Checkout) -> None:
    assert checkout.run("watches").out == "one\ntwo\n"
    assert sorted(checkout.run("watches", "--shard", f"{n}/2").out for n in (1, 2)) == ["one\n", "two\n"]
    assert checkout.run("watches", "--shard", "3/3").out == ""


def test_json_holds_what_a_matrix_needs(checkout: Checkout) -> None:
    done = checkout.run("watches", "--format", "json", environ={"GITHUB_REPOSITORY": "lab/hub"})

    rows = json.loads(done.out)
    assert [(row["name"], row["repository"]) for row in rows] == [("one", "lab/hub"), ("two", "lab/papers")]


def test_a_wrong_part_and_a_wrong_repository_end_with_2(checkout: Checkout) -> None:
    assert checkout.run("watches", "--shard", "5/2").code == 2
    checkout.write(
        "config/arxiv-watch.yml",
        "watches:\n  - {list: README.md, categories: [cs.DC], repository: https://github.com/a/b}\n",
    )

    done = checkout.run("watches")

    assert done.code == 2
    assert "watches.0.repository" in done.err or "watches[0].repository" in done.err
