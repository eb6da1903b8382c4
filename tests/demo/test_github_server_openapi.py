"""The stand-in speaks GitHub's language: everything it grants fits GitHub's OpenAPI description."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_watch.demo.github_server import Exchange, GitHubServer
from arxiv_watch.errors import ForgeError, ListError
from forge_support import Hub, hub, proposal
from openapi_support import Judge
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub


@pytest.fixture(scope="module")
def judge(shared: Path) -> Judge:
    return Judge(shared / "facts" / "github-openapi.json.gz")


def live(made: Hub) -> None:
    """Walk every route of the stand-in."""
    made.options = replace(made.options, reviewers=("octocat", "stranger"), assignees=("octocat",))
    made.run(proposal("2611.00001"), proposal("2611.00002", sure=False))
    made.run(proposal("2611.00003"))
    made.maintainer.comment(1, "Nice")
    made.maintainer.review(1, "Good", "APPROVED")
    made.run(proposal("2611.00004"))
    made.maintainer.untick(1, "2611.00003")
    made.run()
    made.maintainer.merge(1)
    made.run(proposal("2611.00005", title="Latin-1 \xe9"))
    made.maintainer.push("arxiv-watch/papers/2", {"README.md": b"\xff\n"})
    made.run()
    made.maintainer.close(2)
    made.run(proposal("2611.00006"))
    made.maintainer.auto_merge(3)
    made.maintainer.enqueue(3, built=False)
    made.maintainer.push("main", {"README.md": None, "docs/papers.md": made.text().encode()})
    made.patterns = "docs/papers.md"
    made.run()
    made.patterns = "README.md"
    with pytest.raises(ListError):
        made.run()
    made.patterns = "docs/papers.md"
    made.server.world.linear_history = True
    made.maintainer.tick(3, "rebase")
    made.run()
    made.maintainer.delete_branch("arxiv-watch/papers/3")
    made.run()
    Person(made.server.world, "mallory").open_pull("arxiv-watch/papers/2", "")
    made.run()


@pytest.mark.slow
def test_every_exchange_of_a_long_life_fits_the_description(judge: Judge, tmp_path: Path) -> None:
    with hub(tmp_path) as made:
        live(made)
        log = list(made.server.log)

    complaints = {f"{seen.verb} {seen.path} {seen.status}": judge.complaints(seen) for seen in log}
    assert {request: found for request, found in complaints.items() if found} == {}
    assert len(log) > 50


def test_the_demo_answers_a_part_of_what_github_does(tmp_path: Path) -> None:
    demo, whole = (answers_of(tmp_path / kind.__name__, kind) for kind in (GitHubServer, FaultyGitHub))

    assert [request for request, _ in demo] == [request for request, _ in whole]
    for (request, part), (_, full) in zip(demo, whole, strict=True):
        assert is_part(part, full), request


def answers_of(folder: Path, kind: type[GitHubServer]) -> list[tuple[str, object]]:
    """Let the bot work for three days and return each request with its answer, the port left out."""
    folder.mkdir()
    with hub(folder, kind=kind) as made:
        for days in (("2611.00001",), ("2611.00001",), ("2611.00001", "2611.00002")):
            made.run(*map(proposal, days))
        return [
            (
                f"{seen.verb} {seen.path} {seen.status}",
                json.loads(json.dumps(seen.answer).replace(made.server.api_url, "")),
            )
            for seen in made.server.log
        ]


def is_part(part: object, whole: object) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and is_part(value, whole[key]) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(is_part, part, whole))
    return part == whole


def test_refusals_fit_the_description(judge: Judge, tmp_path: Path) -> None:
    with hub(tmp_path) as made:
        made.server.world.may_create_pulls = False
        with pytest.raises(ForgeError):
            made.run(proposal("2611.00001"))
        refused = made.server.log[-1]

    assert refused.status == 403
    assert judge.complaints(refused) == []


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange("PATCH", "/repos/o/r/git/ref/heads/main", {}, {"sha": "0" * 40}, 200, {}),
        Exchange("GET", "/repos/o/r/pulls/1", {}, {}, 200, {"number": "one"}),
        Exchange("POST", "/repos/o/r/git/refs", {}, {"ref": "refs/heads/x"}, 201, {}),
        Exchange("POST", "/repos/o/r/pulls", {}, {"head": "x", "base": "main", "colour": "red"}, 201, {}),
    ],
    ids=["no such route", "wrong answer", "missing field", "unknown field"],
)
def test_judge_complains_about_what_is_wrong(judge: Judge, exchange: Exchange) -> None:
    assert judge.complaints(exchange)
