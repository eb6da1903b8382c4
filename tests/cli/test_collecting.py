"""One machine polls, others work from its file: the same proposals, and no request of theirs to arXiv."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli_support import NOW, Checkout, arxiv_environment, arxiv_server, make_checkout, make_repository
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from watch_support import BELONGS, LIST

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    with arxiv_server() as server:
        made = make_checkout(tmp_path)
        made.environ |= arxiv_environment(server)
        yield made


def cut_off(checkout: Checkout) -> None:
    """Let arXiv be out of reach from now on, and the cache be another machine's."""
    for key in ("RSS_URL", "API_URL", "OAI_URL", "LISTING_URL"):
        checkout.environ[f"ARXIV_WATCH_ARXIV__{key}"] = NOWHERE
    checkout.environ["ARXIV_WATCH_ARXIV__CACHE_DIR"] = str(checkout.root / "other-cache")


def proposals(out: str) -> list[dict[str, Any]]:
    [run] = json.loads(out)["watches"]
    return list(run["proposals"])


def test_work_from_a_file_proposes_what_a_poll_would(checkout: Checkout) -> None:
    polled = checkout.run("poll", "--format", "json")
    collected = checkout.run("poll", "--collect", "poll.gz")
    cut_off(checkout)

    worked = checkout.run("poll", "--from", "poll.gz", "--format", "json")

    assert (collected.code, worked.code) == (0, 0), collected.err + worked.err
    assert "in poll.gz" in collected.out
    assert proposals(worked.out) == proposals(polled.out)
    assert [row["id"] for row in proposals(worked.out)] == [BELONGS.id.base]
    assert json.loads(worked.out)["requests"]["arxiv"] == 0


def test_a_pull_request_is_opened_from_a_file(checkout: Checkout, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    checkout.run("poll", "--collect", "poll.gz")
    cut_off(checkout)
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        first = checkout.run("poll", "--from", "poll.gz", "--open-pr", environ=github.environment)
        again = checkout.run("poll", "--from", "poll.gz", "--open-pr", environ=github.environment)

    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert "pull request #1 created" in first.out
    assert "pull request #1 unchanged" in again.out


def test_a_repository_that_lets_nobody_in_ends_with_6_after_all_others(
    checkout: Checkout, tmp_path: Path
) -> None:
    """The one that is refused comes first, both while collecting and while working from the file."""
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    checkout.write(
        "config/arxiv-watch.yml",
        "watches:\n"
        "  - {name: shut, list: README.md, categories: [cs.DC], repository: lab/papers}\n"
        "  - {name: open, list: README.md, categories: [cs.DC]}\n",
    )
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        collected = checkout.run("poll", "--collect", "poll.gz", environ=github.environment)
        cut_off(checkout)
        worked = checkout.run("poll", "--from", "poll.gz", "--open-pr", environ=github.environment)
        pulls = [pull.branch for pull in github.pulls]

    assert (collected.code, worked.code) == (6, 6), collected.err + worked.err
    assert "lab/papers" in collected.err
    assert "lab/papers" in worked.err
    assert pulls == ["arxiv-watch/open/1"]


def test_yesterdays_file_ends_with_4_and_says_why(checkout: Checkout) -> None:
    checkout.run("poll", "--collect", "poll.gz")

    done = checkout.run("--now", "2025-11-21T12:00:00+00:00", "poll", "--from", "poll.gz")

    assert done.code == 4
    assert "the file was collected on 2025-11-20" in done.err


def test_a_file_of_other_categories_ends_with_2(checkout: Checkout) -> None:
    checkout.run("poll", "--collect", "poll.gz")
    checkout.write("config/arxiv-watch.yml", "watches:\n  - {list: README.md, categories: [cs.DC, cs.LG]}\n")

    done = checkout.run("poll", "--from", "poll.gz")

    assert done.code == 2
    assert "lacks cs.LG" in done.err


def test_what_cannot_be_collected_is_told_and_the_rest_kept(checkout: Checkout) -> None:
    cut_off(checkout)

    done = checkout.run("poll", "--collect", "poll.gz")

    assert done.code == 4
    assert "the background to judge papers against could not be collected" in done.err
    assert (checkout.root / "poll.gz").is_file()


def test_a_list_of_another_repository_is_not_taken_for_the_one_here(checkout: Checkout) -> None:
    checkout.write(
        "config/arxiv-watch.yml",
        "watches:\n  - {list: README.md, categories: [cs.DC], repository: lab/papers}\n",
    )

    done = checkout.run("poll", "--apply")

    assert done.code == 2
    assert "lab/papers, which is not here" in done.err
    assert (checkout.root / "README.md").read_text() == LIST
