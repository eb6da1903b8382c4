"""What starts fast: each command loads what it needs and nothing heavier."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli_support import (
    NOW,
    Checkout,
    arxiv_environment,
    arxiv_server,
    bare_environment,
    make_checkout,
    make_repository,
)
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from watch_support import LIST

LEARNING = {"sklearn", "scipy", "numpy"}
GITHUB = {"github"}
ARXIV = {"feedparser", "arxiv", "requests", "lxml"}
SCHEDULE = {"apscheduler"}
SHOW = {"rich"}
CONFIG = {"pydantic", "yaml"}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path)


def modules_after(checkout: Checkout, *arguments: str) -> set[str]:
    """Run a command in a process of its own and return what it has imported by its end."""
    code = (
        "import sys\n"
        "from arxiv_watch.cli import main\n"
        "try:\n    code = main(sys.argv[1:])\n"
        "except SystemExit as stop:\n    code = stop.code\n"
        "print('modules:', *sys.modules, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--now", NOW.isoformat(), *arguments],
        cwd=checkout.root,
        env=bare_environment() | checkout.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("modules: ")[2].split())


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (("poll", "--help"), LEARNING | GITHUB | ARXIV | SCHEDULE | SHOW | CONFIG),
        (("schema",), LEARNING | GITHUB | ARXIV | SCHEDULE | SHOW),
        (("check",), LEARNING | GITHUB | ARXIV | SCHEDULE | SHOW),
        (("list", "show", "README.md"), LEARNING | GITHUB | ARXIV | SCHEDULE | SHOW),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_loads_nothing_that_it_does_not_need(
    checkout: Checkout, arguments: tuple[str, ...], heavy: set[str]
) -> None:
    assert heavy & modules_after(checkout, *arguments) == set()


def test_a_poll_with_nothing_new_learns_nothing(checkout: Checkout) -> None:
    with arxiv_server() as server:
        checkout.environ |= arxiv_environment(server)
        assert checkout.run("poll", "--apply").code == 0

        loaded = modules_after(checkout, "poll")

    assert (LEARNING | GITHUB | SCHEDULE) & loaded == set()


def test_a_sync_without_an_answer_loads_neither_learning_nor_feeds(
    checkout: Checkout, tmp_path: Path
) -> None:
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        checkout.environ |= github.environment

        loaded = modules_after(checkout, "sync")

    assert loaded & (LEARNING | SCHEDULE | SHOW | {"feedparser", "arxiv", "lxml"}) == set()
