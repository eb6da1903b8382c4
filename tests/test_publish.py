"""Lists in several repositories: each is served where it is, and one that refuses fails alone."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from arxiv_watch.forge import Forge, open_forge
from arxiv_watch.forge.github.transport import GitHubSettings
from arxiv_watch.markdown import Document
from arxiv_watch.markdown.editing import verifying
from arxiv_watch.markdown.reading import reader
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.publish import PullRequests
from arxiv_watch.watch import run_watches
from cli_support import NOW, make_repository
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from watch_support import BELONGS, LIST, FakeArxiv, announce, coverage, watch

NAMES = ("lab/one", "lab/two", "lab/three")


@pytest.fixture
def hubs(tmp_path: Path) -> Iterator[dict[str, FaultyGitHub]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                FaultyGitHub(
                    make_repository(tmp_path / f"{name}.git", {"README.md": LIST}).path,
                    name=name,
                    clock=FakeClock(NOW),
                )
            )
            for name in NAMES
        }


def test_every_repository_gets_its_pull_request_and_one_without_rights_fails_alone(
    hubs: dict[str, FaultyGitHub], tmp_path: Path
) -> None:
    def forge_of(repository: str | None) -> Forge:
        environ = dict(hubs[repository or "lab/one"].environment)
        if repository == "lab/two":
            environ["GITHUB_TOKEN"] = "another"
        return open_forge(environ, FakeClock(NOW), repository)

    watches = [watch(name=name.partition("/")[2], repository=name) for name in NAMES]
    publisher = PullRequests(forge_of, tmp_path)

    outcome = run_watches(
        watches, FakeArxiv(announce(BELONGS), coverage=[coverage()]), publisher, FakeClock(NOW)
    )

    assert [len(hubs[name].pulls) for name in NAMES] == [1, 0, 1]
    assert [pull.branch for pull in hubs["lab/three"].pulls] == ["arxiv-watch/three/1"]
    assert outcome.exit_code == 6
    assert len(outcome.errors) == 1
    assert outcome.requests["github"] == sum(len(hub.log) for hub in hubs.values())


def test_a_paper_that_could_not_be_judged_is_proposed_by_the_run_that_can(
    hubs: dict[str, FaultyGitHub], tmp_path: Path
) -> None:
    hub = hubs["lab/one"]
    publisher = PullRequests(lambda _: open_forge(hub.environment, FakeClock(NOW)), tmp_path)
    polls = (FakeArxiv(announce(BELONGS), background=()), FakeArxiv(announce(BELONGS)))

    [unjudged], [judged] = (
        run_watches([watch()], arxiv, publisher, FakeClock(NOW)).watches for arxiv in polls
    )

    assert ([each.paper for each in unjudged.unsure], unjudged.proposals) == ([BELONGS], ())
    assert [each.paper for each in judged.proposals] == [BELONGS]
    assert len(hub.pulls) == 1


def test_history_is_read_of_the_repository_here_also_where_the_watch_names_it(
    hubs: dict[str, FaultyGitHub], tmp_path: Path
) -> None:
    hub, clone = hubs["lab/one"], tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(hub.world.repository.path), str(clone)], check=True)
    publisher = PullRequests(lambda _: open_forge(hub.environment, FakeClock(NOW)), clone, "Lab/One")

    histories = [publisher.read(watch(repository=name)).history for name in (None, "lab/one", "lab/two")]

    assert [history is not None for history in histories] == [True, True, False]


def test_the_link_to_the_run_leads_to_the_repository_it_runs_in() -> None:
    environ = {"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "lab/hub", "GITHUB_RUN_ID": "7"}

    settings = GitHubSettings.from_environment(environ, "lab/two")

    assert (settings.repository, settings.run_url) == ("lab/two", "https://github.com/lab/hub/actions/runs/7")


def test_the_list_is_read_once_a_run_and_once_more_to_verify_the_edit(
    hubs: dict[str, FaultyGitHub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def counted(path: str, data: bytes) -> Document:
        read.append(data)
        return parse_document(path, data)

    monkeypatch.setattr(reader, "parse_document", counted)
    monkeypatch.setattr(verifying, "parse_document", counted)
    environ = hubs["lab/one"].environment
    publisher = PullRequests(lambda _: open_forge(environ, FakeClock(NOW)), tmp_path)

    run_watches([watch()], FakeArxiv(announce(BELONGS)), publisher, FakeClock(NOW))

    [pull] = hubs["lab/one"].pulls
    [after] = hubs["lab/one"].world.repository.files(pull.head_sha).values()
    assert read == [LIST.encode(), after]
