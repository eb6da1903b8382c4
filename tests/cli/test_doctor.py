"""The doctor: whatever is wrong has one finding with one thing to do, in words and as JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arxiv_watch.config.starter import ACTION, write_workflow
from arxiv_watch.forge.derive.contents import branch_folder
from arxiv_watch.forge.memory import Marker, Memory, write_marker
from arxiv_watch.forge.page.body import BEGIN, END
from cli_support import (
    CONFIG,
    NOW,
    Checkout,
    arxiv_environment,
    arxiv_server,
    make_checkout,
    make_repository,
)
from fakes import FakeClock
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub
from watch_support import LIST

PIN = "octocat/arxiv-watch@0123456789abcdef0123456789abcdef01234567 # v1.0.0"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = make_checkout(tmp_path)
    made.write(".github/workflows/watch.yml", write_workflow("17 5 * * 1-5").replace(ACTION, PIN))
    made.write(".github/workflows/other.yml", "on: push\njobs: {}\n")
    return made


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FaultyGitHub]:
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as server:
        yield server


def commit(root: Path) -> None:
    git = ["git", "-c", "user.name=octocat", "-c", "user.email=octocat@example.org"]
    for words in (["init", "-q"], ["add", "README.md"], ["commit", "-q", "-m", "Start"]):
        subprocess.run([*git, *words], cwd=root, check=True)


def findings(checkout: Checkout, *arguments: str, **environ: str) -> dict[str, list[dict[str, Any]]]:
    done = checkout.run("check", "--format", "json", *arguments, environ=environ)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads(done.out):
        found.setdefault(row["subject"], []).append(row)
    assert done.code == next((row["exit_code"] for row in json.loads(done.out) if row["exit_code"]), 0)
    return found


def test_a_heading_of_the_config_that_the_list_lacks_is_a_hint(checkout: Checkout) -> None:
    checkout.write("config/arxiv-watch.yml", CONFIG + "    headings: {include: [Servng]}\n")

    told = [row["message"] for row in findings(checkout)["list README.md"]]

    assert "headings.include: 'Servng' fits no heading for papers; did you mean 'Serving'?" in told


def test_a_list_of_another_repository_is_not_taken_for_the_one_here(checkout: Checkout) -> None:
    commit(checkout.root)
    elsewhere = CONFIG.partition("\n")[2].replace("papers", "elsewhere") + "    repository: lab/papers\n"
    checkout.write("config/arxiv-watch.yml", CONFIG + elsewhere)

    apart, here = findings(checkout), findings(checkout, GITHUB_REPOSITORY="Lab/Papers")

    assert [row["ok"] for row in apart["list README.md"]] == [True, False]
    assert "is in lab/papers" in apart["list README.md"][1]["message"]
    assert apart["git history"][0]["message"] == "1 commit to README.md"
    assert [row["ok"] for row in here["list README.md"]] == [True, True]


def test_a_command_of_the_advice_can_be_pasted(checkout: Checkout) -> None:
    checkout.write("config/arxiv-watch.yml", CONFIG.replace("README.md", "'*.md'"))
    checkout.write("again.md", LIST)

    [_, row] = findings(checkout)["list *.md"]

    assert "`arxiv-watch list check '*.md'`" in row["advice"]


def test_a_workflow_that_cannot_be_read_is_a_finding_among_others(checkout: Checkout) -> None:
    (checkout.root / ".github/workflows/folder.yml").mkdir()

    done = checkout.run("check", "--format", "json")

    assert done.code == 0
    [found] = [row for row in json.loads(done.out) if row["subject"] == "workflow folder.yml"]
    assert "cannot be read" in found["message"]


def test_a_repository_in_order_is_reported_so(checkout: Checkout) -> None:
    commit(checkout.root)
    contact = {"ARXIV_WATCH_ARXIV__CONTACT": "octocat@example.org"}

    found = findings(checkout, **contact)
    told = checkout.run("check", environ=contact)

    assert all(row["ok"] for rows in found.values() for row in rows)
    assert set(found) == {
        "config",
        "list README.md",
        "git history",
        "workflow watch.yml",
        "last poll",
        "calendar",
    }
    assert found["git history"][0]["message"] == "1 commit to README.md"
    assert {line.split()[0] for line in told.out.splitlines()} == {"ok"}


def test_what_could_be_better_is_a_hint_with_one_thing_to_do(checkout: Checkout) -> None:
    checkout.write("README.md", LIST + LIST.partition("## Serving\n\n")[2].splitlines()[0] + "\n" * 2)
    checkout.write(".github/workflows/watch.yml", "on: push\njobs: {}\n")

    found = findings(checkout)

    hints = [row for rows in found.values() for row in rows if not row["ok"]]
    assert {row["subject"] for row in hints} >= {"config", "git history", "workflow"}
    assert all(row["advice"] and row["exit_code"] == 0 for row in hints)


def test_a_shallow_clone_is_reported(checkout: Checkout, tmp_path: Path) -> None:
    commit(checkout.root)
    clone = tmp_path / "clone"
    for _ in range(2):
        subprocess.run(
            ["git", "-c", "user.name=o", "-c", "user.email=o@x", "commit", "-q", "--allow-empty", "-m", "x"],
            cwd=checkout.root,
            check=True,
        )
    subprocess.run(["git", "clone", "-q", "--depth=1", checkout.root.as_uri(), str(clone)], check=True)

    found = findings(make_checkout(clone))

    assert "--unshallow" in found["git history"][0]["advice"]


def test_a_repository_of_another_user_is_not_told_as_none(checkout: Checkout) -> None:
    commit(checkout.root)
    other_owner = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}  # git's own tests stand in for an owner so

    [row] = findings(checkout, **other_owner)["git history"]

    assert "another user's" in row["message"]
    assert "not a git repository" not in row["message"]
    assert row["advice"] == f"`git config --global --add safe.directory {checkout.root}`"


def test_a_list_without_papers_is_a_failure(checkout: Checkout) -> None:
    checkout.write("README.md", "# Papers\n\n## Serving\n\n- [A talk](https://example.org)\n")

    found = findings(checkout)

    assert found["list README.md"][0]["exit_code"] == 2


def test_the_last_poll_is_remembered(checkout: Checkout) -> None:
    with arxiv_server() as arxiv:
        checkout.environ |= arxiv_environment(arxiv)
        assert checkout.run("poll").code == 0

        [row] = findings(checkout)["last poll"]

    assert row["ok"]
    assert row["message"].startswith("cs.DC 2025-11-20 ")


def test_a_last_poll_that_failed_is_reported(checkout: Checkout) -> None:
    nowhere = {
        f"ARXIV_WATCH_ARXIV__{key}_URL": "http://127.0.0.1:9" for key in ("RSS", "API", "OAI", "LISTING")
    }
    assert checkout.run("poll", environ=nowhere | {"ARXIV_WATCH_ARXIV__TIME_LIMIT": "1"}).code == 4

    [row] = findings(checkout)["last poll"]

    assert not row["ok"]
    assert "poll" in row["advice"]


@pytest.mark.parametrize(
    ("world", "subject", "code"),
    [
        ({"tells_switches": True}, "GitHub switch", 0),
        ({"tells_switches": True, "may_create_pulls": False}, "GitHub switch", 6),
        ({}, "GitHub switch", 0),
        ({"may_push": False}, "GitHub token", 6),
    ],
)
def test_online_it_tells_what_github_allows(
    checkout: Checkout, github: FaultyGitHub, world: dict[str, bool], subject: str, code: int
) -> None:
    for name, value in world.items():
        setattr(github.world, name, value)
    with arxiv_server() as arxiv:
        checkout.environ |= arxiv_environment(arxiv)

        found = findings(checkout, "--online", **github.environment)

    [row] = found[subject]
    assert row["exit_code"] == code
    assert row["ok"] or row["advice"]
    assert found["arXiv"][0]["ok"]


def test_online_it_names_the_new_name_of_a_renamed_repository(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    environment = github.environment
    github.world.former_names.add(github.world.name)
    github.world.name = "octocat/reading-list"
    with arxiv_server() as arxiv:
        checkout.environ |= arxiv_environment(arxiv)

        found = findings(checkout, "--online", **environment)

    assert any(row["advice"].endswith("to octocat/reading-list") for row in found["GitHub"])


def test_online_it_says_what_to_do_about_a_watch_of_another_name(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    Person(github.world, "github-actions[bot]").open_pull("arxiv-watch/old-name/1", "")
    with arxiv_server() as arxiv:
        checkout.environ |= arxiv_environment(arxiv)

        [row] = findings(checkout, "--online", **github.environment)["pull request #1"]

    assert "former_names: [old-name]" in row["advice"]


def test_a_watch_of_another_name_is_called_by_it_and_not_by_its_branch(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    memory = Memory("my_list", "0" * 40)
    body = f"{BEGIN}\n{write_marker(Marker(memory, '1' * 40, 'Add 1 paper'))}\n{END}"
    Person(github.world, "github-actions[bot]").open_pull(f"{branch_folder('my_list')}1", body)
    with arxiv_server() as arxiv:
        checkout.environ |= arxiv_environment(arxiv)

        [row] = findings(checkout, "--online", **github.environment)["pull request #1"]

    assert "former_names: [my_list]" in row["advice"]


def test_without_a_token_github_is_not_examined(checkout: Checkout) -> None:
    with arxiv_server() as arxiv:
        checkout.environ |= arxiv_environment(arxiv)

        [row] = findings(checkout, "--online")["GitHub"]

    assert row["exit_code"] == 0
    assert "GITHUB_TOKEN" in row["message"]


@pytest.mark.parametrize("place", ["cache", "cache/inside", "folder"])
def test_a_cache_that_cannot_be_kept_is_a_failure(checkout: Checkout, place: str) -> None:
    checkout.write("cache", "a file in its place")
    (checkout.root / "folder" / "arxiv.sqlite3").mkdir(parents=True)

    found = findings(checkout, ARXIV_WATCH_ARXIV__CACHE_DIR=str(checkout.root / place))

    (finding,) = found[f"cache {checkout.root / place}"]
    assert finding["exit_code"] == 2
    assert "folder" in finding["message"]
    assert finding["advice"] == "set arxiv.cache_dir to a folder that can be written"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_folder_without_permission_to_write_is_a_failure(checkout: Checkout) -> None:
    folder = checkout.root / "locked"
    folder.mkdir(mode=0o500)

    found = findings(checkout, ARXIV_WATCH_ARXIV__CACHE_DIR=str(folder / "cache"))

    (finding,) = found[f"cache {folder / 'cache'}"]
    assert finding["message"] == f"{folder} cannot be written"


def test_days_off_that_are_not_known_any_more_are_a_hint_half_a_year_ahead(checkout: Checkout) -> None:
    done = checkout.run("--now", "2026-08-01T12:00:00+00:00", "check", "--format", "json")

    [found] = [row for row in json.loads(done.out) if row["subject"] == "calendar"]
    assert (found["ok"], found["exit_code"]) == (False, 0)
    assert "known until 2027-01-01" in found["message"]
    assert "newer arxiv-watch" in found["advice"]
