"""An answer to a pull request takes effect without a poll: real processes, real HTTP on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from arxiv_watch.delivery import Deliverables
from arxiv_watch.forge import Subject, make_plan, open_forge
from arxiv_watch.forge.page.blocks import heading_key
from arxiv_watch.proposals import Decision, HeadingProbability, Prediction, Verdict
from cli_support import (
    NOW,
    Checkout,
    arxiv_environment,
    arxiv_server,
    make_checkout,
    make_repository,
)
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub
from watch_support import BELONGS, LIST, coverage

PAPER = BELONGS.id.base
SERVING, QUANTIZATION = ("Papers", "Serving"), ("Papers", "Quantization")


@pytest.fixture
def arxiv() -> Iterator[FaultyArxiv]:
    with arxiv_server() as server:
        yield server


@pytest.fixture
def checkout(tmp_path: Path, arxiv: FaultyArxiv) -> Checkout:
    made = make_checkout(tmp_path)
    made.environ |= arxiv_environment(arxiv)
    return made


@pytest.fixture
def github(tmp_path: Path, checkout: Checkout) -> Iterator[FaultyGitHub]:
    """A GitHub with an open pull request from the real list engine."""
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    clock = FakeClock(NOW)
    ranked = (HeadingProbability(SERVING, 0.6), HeadingProbability(QUANTIZATION, 0.2))
    prediction = Prediction(BELONGS.id, 0.9, 1.0, ranked)
    wanted = Verdict(BELONGS, prediction, Decision.PROPOSE, "relevant", SERVING)
    with FaultyGitHub(repository.path, clock=clock) as server:
        checkout.environ |= server.environment
        forge = open_forge(server.environment, clock)
        snapshot = forge.read(Subject("papers", "README.md"))
        forge.apply(make_plan(snapshot, Deliverables([wanted], [coverage()])))
        yield server


def report(checkout: Checkout) -> dict:
    done = checkout.run("sync", "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_sync_without_an_answer_takes_four_requests_and_writes_nothing(
    checkout: Checkout, github: FaultyGitHub, arxiv: FaultyArxiv
) -> None:
    writes, polled = len(github.writes), len(arxiv.log)
    found = report(checkout)

    assert found["requests"]["github"] <= 4
    assert (len(github.writes), len(arxiv.log)) == (writes, polled)
    assert found["watches"][0]["notes"] == ["nothing to write: the pull request shows every answer"]


def test_answers_take_effect_and_arxiv_is_asked_for_missing_metadata_only(
    checkout: Checkout, github: FaultyGitHub, arxiv: FaultyArxiv
) -> None:
    person = Person(github.world, "octocat")
    polled = len(arxiv.log)

    person.tick(1, f"{PAPER}:{heading_key(QUANTIZATION)}")
    moved = report(checkout)
    text = github.world.repository.files("refs/heads/arxiv-watch/papers/1")["README.md"].decode()
    person.untick(1, PAPER)
    rejected = report(checkout)

    assert moved["watches"][0]["pull_request"]["operation"] == "updated"
    assert text.index("## Quantization") < text.index(BELONGS.id.abs_url)
    assert rejected["watches"][0]["pull_request"]["operation"] == "updated"
    assert not github.pulls[0].open  # nothing is left in it
    assert {logged.request.query.get("id_list") for logged in arxiv.log[polled:]} <= {PAPER}
    assert "nothing to write" in report(checkout)["watches"][0]["notes"][0]


def test_what_was_told_of_the_poll_stays_in_the_body(checkout: Checkout, github: FaultyGitHub) -> None:
    [told] = re.findall("^Read: .*$", github.pulls[0].body or "", re.MULTILINE)
    Person(github.world, "octocat").tick(1, "rebase")

    report(checkout)

    assert told in (github.pulls[0].body or "")


def test_a_branch_that_has_served_is_deleted(checkout: Checkout, github: FaultyGitHub) -> None:
    Person(github.world, "octocat").merge(1)

    report(checkout)

    assert github.world.branch("arxiv-watch/papers/1") is None
    assert "nothing to write" in report(checkout)["watches"][0]["notes"][0]


def test_a_pull_request_that_was_closed_and_reopened_is_left_as_it_is(
    checkout: Checkout, github: FaultyGitHub
) -> None:
    person = Person(github.world, "octocat")
    person.close(1)
    closed = report(checkout)
    person.reopen(1)
    reopened = report(checkout)

    assert [run["watches"][0]["pull_request"] for run in (closed, reopened)] == [None, None]
    assert github.pulls[0].open


def test_a_dry_run_says_what_it_would_do(checkout: Checkout, github: FaultyGitHub) -> None:
    Person(github.world, "octocat").untick(1, PAPER)
    writes = len(github.writes)

    done = checkout.run("sync", "--dry-run", "papers")

    assert done.code == 0
    assert "would close" in done.out
    assert len(github.writes) == writes


def test_without_a_repository_it_says_what_is_missing(checkout: Checkout) -> None:
    done = checkout.run("sync")

    assert done.code == 2
    assert "GITHUB_TOKEN" in done.err


def test_a_token_that_is_refused_ends_with_6(checkout: Checkout, github: FaultyGitHub) -> None:
    done = checkout.run("sync", environ={"GITHUB_TOKEN": "expired"})

    assert done.code == 6
    assert "Bad credentials" in done.err
    assert len(github.pulls) == 1
