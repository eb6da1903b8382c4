"""The first steps: what can be known is found, and what could not be looked at is not called absent."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from arxiv_watch.rows import paper_to_row, write_rows
from cli_support import Checkout, arxiv_environment, arxiv_server, make_checkout
from watch_support import BELONGS, LIST, LISTED

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there
UNREACHABLE = {f"ARXIV_WATCH_ARXIV__{key}_URL": NOWHERE for key in ("RSS", "API", "OAI", "LISTING")}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    with arxiv_server() as server:
        made = make_checkout(tmp_path)
        made.environ |= arxiv_environment(server)
        yield made


def test_init_finds_the_categories_offline_in_rows_of_papers(checkout: Checkout) -> None:
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, LISTED))

    done = checkout.run("init", "README.md", "--metadata", "papers.jsonl", environ=UNREACHABLE)

    assert done.code == 0
    assert "\n    categories: [cs.DC]\n" in done.out


def test_init_without_a_network_leaves_the_categories_to_be_filled_in(checkout: Checkout) -> None:
    (checkout.root / "config/arxiv-watch.yml").unlink()

    done = checkout.run("init", "README.md", "--output", "config/arxiv-watch.yml", environ=UNREACHABLE)
    checked = checkout.run("check")

    assert done.code == 4
    assert "could not be looked up" in done.err
    assert "no paper" not in done.err
    assert "categories: []  # <- fill in" in (checkout.root / "config/arxiv-watch.yml").read_text()
    assert checked.code == 2
    assert "categories: needs at least 1" in checked.out


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("docs/*.md", ("docs/one.md", "docs/two.md")),
        ("papers", ("papers/a/one.md", "papers/two.md")),
        ("sub/folder/LIST.markdown", ("sub/folder/LIST.markdown",)),
        ("Reading List.md", ("Reading List.md",)),
    ],
)
def test_a_list_of_any_name_and_number_of_files_works_from_init_on(
    checkout: Checkout, pattern: str, files: Sequence[str]
) -> None:
    for name in ("README.md", "config/arxiv-watch.yml"):
        (checkout.root / name).unlink()
    for number, name in enumerate(files):
        checkout.write(
            name, LIST if number == 0 else "# More\n\n- [A Paper](https://arxiv.org/abs/2401.00001)\n"
        )

    done = checkout.run("init", pattern, "--output", "config/arxiv-watch.yml")
    checked = checkout.run("check")
    polled = checkout.run("poll", "--format", "json")

    assert (done.code, checked.code, polled.code) == (0, 0, 0), checked.out + polled.err
    [watch] = json.loads(polled.out)["watches"]
    assert watch["list"] == pattern
    assert BELONGS.title in watch["diff"]


@pytest.mark.parametrize(
    ("config", "named"),
    [("my config.yml", "my config.yml"), ("./.github/arxiv-watch.yml", None), ("../outside.yml", None)],
)
def test_the_workflow_names_a_config_that_the_action_would_not_find(
    checkout: Checkout, config: str, named: str | None
) -> None:
    files = ("--output", config, "--workflow", "workflow.yml")
    done = checkout.run("init", "README.md", "--category", "cs.DC", *files)

    assert done.code == 0
    workflow = yaml.safe_load((checkout.root / "workflow.yml").read_text())
    assert workflow["jobs"]["watch"]["steps"][-1]["with"].get("config") == named


@pytest.mark.parametrize("option", ["--output", "--workflow"])
def test_init_in_a_folder_of_a_repository_writes_nothing_that_github_would_not_read(
    checkout: Checkout, option: str
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=checkout.root, check=True)
    below = Checkout(checkout.root / "docs", checkout.environ)
    below.write("LIST.md", LIST)
    init = ("init", "LIST.md", "--category", "cs.DC")

    refused = below.run(*init, option, ".github/written.yml")
    elsewhere = below.run(*init, option, "written.yml")

    assert (refused.code, refused.out, elsewhere.code) == (2, "", 0)
    assert f"this is a folder of the repository {checkout.root}: run this there" in refused.err
    assert not (below.root / ".github").exists()


def test_a_list_is_evaluated_before_anything_is_set_up(checkout: Checkout) -> None:
    (checkout.root / "config/arxiv-watch.yml").unlink()

    done = checkout.run("evaluate", "README.md", "--format", "json")

    assert done.code == 0
    assert json.loads(done.out)["headings"]["papers"] == len(LISTED)
    assert f"looking up {len(LISTED)} papers: at most 1 request to arXiv, about 1 s" in done.err


def test_an_evaluation_without_a_network_says_so(checkout: Checkout) -> None:
    (checkout.root / "config/arxiv-watch.yml").unlink()
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, LISTED))

    offline = checkout.run("evaluate", "README.md", "--metadata", "papers.jsonl", environ=UNREACHABLE)
    blind = checkout.run("evaluate", "README.md", environ=UNREACHABLE)

    assert offline.code == 0
    assert blind.code == 4
    assert "could not be looked up" in blind.err


def test_a_name_that_is_neither_watch_nor_list_is_told(checkout: Checkout) -> None:
    done = checkout.run("evaluate", "absent")

    assert done.code == 2
    assert "no list absent, and no watch of that name: the watches are papers" in done.err


def test_a_first_poll_says_before_it_starts_what_it_will_do_and_a_second_does_not(checkout: Checkout) -> None:
    first = checkout.run("poll")
    second = checkout.run("poll")

    assert "first poll, a week of cs.DC" in first.err
    assert "and one for each 100 listed papers" in first.err
    assert "requests, about" in first.err
    assert "first poll" not in second.err
