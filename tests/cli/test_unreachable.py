"""What could not be looked at is never told as nothing there: each command, each thing out of reach."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from arxiv_watch import cli, schedule
from arxiv_watch.demo.arxiv_server import ArxivServer
from arxiv_watch.rows import paper_to_row, write_rows
from cli_support import NOW, arxiv_environment, arxiv_server, make_checkout, make_repository
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from watch_support import BELONGS, LIST

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there
NO_ARXIV = {f"ARXIV_WATCH_ARXIV__{key}_URL": NOWHERE for key in ("RSS", "API", "OAI", "LISTING")}
NO_GITHUB = {"GITHUB_API_URL": NOWHERE, "ARXIV_WATCH_GITHUB__API_URL": NOWHERE}
LIST_ADD = "list add README.md --paper one.jsonl --heading Serving"

# The command, its exit code, and what it says. `sync` asks arXiv only where somebody answered.
ARXIV = [
    ("poll", 4, "nothing could be read"),
    ("poll --open-pr", 4, "nothing could be read"),
    ("poll --collect collected.json", 4, "could not be read completely"),
    ("review", 4, "nothing could be read"),
    ("serve", 0, "nothing could be read"),
    ("classify 2511.00209", 4, "paper 2511.00209 could not be looked up: 127.0.0.1:9 refused"),
    ("classify --papers one.jsonl --list README.md", 4, "known by title only: 127.0.0.1:9 refused"),
    ("evaluate", 4, "known by title only: 127.0.0.1:9 refused"),
    ("evaluate other.md", 4, "the papers of other.md could not be looked up: 127.0.0.1:9 refused"),
    ("evaluate --history", 4, "127.0.0.1:9 refused"),
    ("init README.md", 4, "could not be looked up: 127.0.0.1:9 refused"),
    ("check --online", 4, "fail  arXiv: arXiv could not be read completely: 127.0.0.1:9 refused"),
]
GITHUB = [
    ("poll --open-pr", 6, "not done: GitHub did not answer"),
    ("serve --open-pr", 0, "not done: GitHub did not answer"),
    ("sync", 6, "not done: GitHub did not answer"),
    ("check --online", 6, "fail  GitHub: GitHub did not answer"),
    ("--config theirs.yml poll", 6, "GitHub did not answer"),
]
GIT = [
    ("poll", 0, "the list's history could not be looked at"),
    ("review", 0, "the list's history could not be looked at"),
    (LIST_ADD, 0, "the list's history could not be looked at"),
    ("list check README.md", 0, "the list's history could not be looked at"),
    ("evaluate --history", 2, "the history of README.md cannot be read: git is not installed"),
    ("check", 0, "git is not installed, or not on PATH"),
    ("demo", 2, "git is not installed, or not on PATH"),
    ("init README.md", 0, "categories: [cs.DC]"),
]
CACHE = [
    *((command, 2, "cannot be used") for command in ("poll", "poll --open-pr", "review", "serve")),
    *((command, 2, "cannot be used") for command in ("classify 2511.00209", "evaluate", "init README.md")),
    ("check", 2, "is not a folder"),
    ("check --online", 2, "list README.md: 60 papers"),
    ("sync", 0, "every answer"),
]
# What would be a word about the world, from somebody who has not seen it.
CLAIMS = {
    "arxiv": r"nothing to add(?! in what)|knows no|links no|no category",
    "github": r"nothing to add|no config",
    "git": r"no git history|not a git repository",
    "cache": r"none yet|links no|knows no",
}


@pytest.fixture(scope="module")
def arxiv() -> Iterator[ArxivServer]:
    with arxiv_server() as server:
        yield server


@pytest.fixture
def world(tmp_path: Path, arxiv: ArxivServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Run in a clone of a list's repository, with everything within reach."""
    root = tmp_path / "clone"
    checkout = make_checkout(root)
    checkout.write("other.md", LIST)
    write_rows(root / "one.jsonl", [paper_to_row(BELONGS)])
    git = ["git", "-c", "user.name=octocat", "-c", "user.email=octocat@example.org"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "README.md", "other.md"], ["commit", "-qm", "A"]):
        subprocess.run([*git, *arguments], cwd=root, check=True)
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        environ = checkout.environ | arxiv_environment(arxiv) | github.environment
        for name, value in (environ | {"ARXIV_WATCH_NOW": NOW.isoformat()}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(root)
        monkeypatch.setattr("sys.stdin", io.StringIO())
        # A service polls once and ends, and leaves the signals of this process alone.
        monkeypatch.setattr(schedule, "serve", lambda watches, cycle, clock: cycle(watches, clock))
        monkeypatch.setattr(cli, "_may_be_stopped", lambda: None)
        yield root


@pytest.mark.parametrize(
    ("lost", "command", "code", "said"),
    [
        (lost, *row)
        for lost, rows in (("arxiv", ARXIV), ("github", GITHUB), ("git", GIT), ("cache", CACHE))
        for row in rows
    ],
)
def test_what_is_out_of_reach_is_named_and_nothing_is_called_absent(
    world: Path,
    lost: str,
    command: str,
    code: int,
    said: str,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    lose(lost, world, monkeypatch)

    ended = cli.main(command.split())

    shown = capsys.readouterr()
    told = shown.out + shown.err + caplog.text
    assert ended == code, told
    assert said in told
    assert not re.search(CLAIMS[lost], told), told
    assert code not in {2, 6} or re.search(r"arxiv\.cache_dir|install git|reachable", told), "says what to do"


def lose(lost: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"arxiv": NO_ARXIV, "github": NO_GITHUB}.get(lost, {}).items():
        monkeypatch.setenv(name, value)
    if lost == "git":
        monkeypatch.setenv("PATH", str(root / "nothing"))
    if lost == "cache":
        shutil.rmtree(root / ".cache", ignore_errors=True)
        (root / ".cache").write_text("a file in its place")


def test_a_cache_that_cannot_be_read_is_not_called_a_first_poll(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / ".cache").mkdir()
    (world / ".cache/arxiv.sqlite3").write_bytes(b"no database" * 1000)

    assert cli.main(["check"]) == 0

    shown = capsys.readouterr().out
    assert "cannot be read" in shown
    assert "none yet" not in shown
