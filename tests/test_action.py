"""The action's own step, in an environment of Actions, against the stand-ins; there is no checkout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from action_support import ROOT, StepResult, load, run_step
from cli_support import CONFIG, NOW, arxiv_environment, arxiv_server, make_repository
from fakes import FakeClock
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub
from watch_support import BELONGS, LIST

pytestmark = pytest.mark.slow

ACTION = load(ROOT / "action.yml")
[POLL] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "poll"]


@dataclass
class Job:
    """A job of a workflow that uses the action and checks nothing out."""

    workspace: Path
    github: FaultyGitHub
    environ: dict[str, str]

    def poll(self, **inputs: str) -> StepResult:
        defaults = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        token = {"github-token": self.github.environment["GITHUB_TOKEN"]}
        return run_step(POLL, self.workspace, inputs=defaults | token | given, environ=self.environ)


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    files = {"README.md": LIST, "config/arxiv-watch.yml": CONFIG}
    repository = make_repository(tmp_path / "github.git", files)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with arxiv_server() as arxiv, FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        environ = arxiv_environment(arxiv) | github.environment | {"ARXIV_WATCH_NOW": NOW.isoformat()}
        del environ["GITHUB_TOKEN"]  # the runner sets none; the action's input brings it
        yield Job(workspace, github, environ)


def test_a_dry_run_proposes_in_words_writes_nothing_and_sets_every_output(job: Job) -> None:
    done = job.poll(dry_run="true")

    assert done.code == 0, done.log
    assert set(done.outputs) == set(ACTION["outputs"])
    assert (done.outputs["operation"], done.outputs["proposed"]) == ("none", "1")
    assert {row["category"] for row in json.loads(done.outputs["coverage"])} == {"cs.DC"}
    assert BELONGS.title in done.summary
    assert job.github.writes == []


def test_the_outputs_are_those_of_the_step() -> None:
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.poll.outputs.{name} }}}}"


def test_a_real_run_opens_the_pull_request_and_tells_where_it_is(job: Job) -> None:
    done = job.poll()
    again = job.poll(watch="\n  papers\npapers\n")

    [pull] = job.github.pulls
    assert (done.code, again.code) == (0, 0), done.log + again.log
    assert done.outputs["operation"] == "created"
    assert done.outputs["pull-request-number"] == str(pull.number)
    assert done.outputs["pull-request-url"].endswith(f"/pull/{pull.number}")
    assert again.outputs["operation"] == "unchanged"
    assert list(job.workspace.iterdir()) == []


def test_an_answer_on_the_pull_request_is_done_without_a_poll(job: Job) -> None:
    assert job.poll().code == 0
    Person(job.github.world, "octocat").untick(1, BELONGS.id.base)
    job.environ["GITHUB_EVENT_NAME"] = "pull_request"
    writes = len(job.github.writes)

    dry, done = job.poll(dry_run="true"), job.poll()

    assert (dry.code, done.code) == (0, 0), dry.log + done.log
    assert (dry.outputs["operation"], done.outputs["operation"]) == ("none", "updated")
    assert json.loads(done.outputs["coverage"]) == []
    assert not job.github.pulls[0].open
    assert len(job.github.writes) == writes + 1


def test_a_config_that_is_nowhere_fails_the_step_with_2(job: Job) -> None:
    done = job.poll(config="absent.yml")

    assert done.code == 2
    assert "no config file absent.yml" in done.log


def test_a_failure_is_annotated(job: Job) -> None:
    done = job.poll(github_token="wrong")

    assert done.code == 6
    assert "::error title=arxiv-watch::" in done.log
    assert "GITHUB_TOKEN" in done.log


@pytest.mark.parametrize("watch", ["papers absent\n", "\npapers\n\nabsent\n"])
def test_watches_may_stand_one_a_line(job: Job, watch: str) -> None:
    done = job.poll(watch=watch)

    assert done.code == 2
    assert "no watch absent in the config" in done.log


def test_hostile_inputs_stay_words(job: Job) -> None:
    done = job.poll(watch='"; touch hacked; $(touch hacked) `touch hacked`')

    assert done.code == 2
    assert list(job.workspace.iterdir()) == []


def test_what_is_collected_makes_no_page_even_if_one_is_asked_for(job: Job) -> None:
    done = job.poll(collect="poll.gz", report="true")

    assert done.code == 0, done.log
    assert [path.name for path in job.workspace.iterdir()] == ["poll.gz"]
