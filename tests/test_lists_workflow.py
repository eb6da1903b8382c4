"""The reusable workflow for many lists, in a local runner: one job polls, a matrix works from its file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from action_support import ROOT
from arxiv_watch.demo.arxiv_server import Role
from cli_support import NOW, arxiv_environment, arxiv_server, bare_environment, make_repository
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from test_watch_workflow import NOTHING, PYTHON, VENV, commit, their_addresses
from test_watch_workflow import act as act  # noqa: PLC0414 - a fixture
from watch_support import LIST

pytestmark = pytest.mark.slow

CALLER = """\
on: workflow_dispatch
jobs:
  lists:
    uses: ./.github/workflows/lists.yml
    with: {shards: 3}
    secrets: {token: stand-in-token}
"""
CONFIG = """\
watches:
  - {name: one, list: README.md, categories: [cs.DC]}
  - {name: two, list: OTHER.md, categories: [cs.DC]}
"""
# Artifacts of one run, in a folder: an upload is a copy into it, a download a copy out of it.
UPLOAD = """\
name: stub
description: stub
inputs: {path: {required: true}}
runs:
  using: composite
  steps: [{shell: bash, run: 'mkdir -p "$STUBS/kept" && cp "${{ inputs.path }}" "$STUBS/kept/"'}]
"""
DOWNLOAD = """\
name: stub
description: stub
runs: {using: composite, steps: [{shell: bash, run: 'cp "$STUBS/kept/"* .'}]}
"""
STUBS = {"setup-python": PYTHON, "upload-artifact": UPLOAD, "download-artifact": DOWNLOAD}


def make_workspace(root: Path) -> Path:
    """Lay out a repository that calls the workflow, with the action in it: the runner knows no `$/` yet."""
    workflow = (ROOT / ".github/workflows/lists.yml").read_text().replace("uses: $/", "uses: ./.arxiv-watch")
    files = {
        ".github/workflows/lists.yml": workflow,
        ".github/workflows/caller.yml": CALLER,
        "config/arxiv-watch.yml": CONFIG,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / ".arxiv-watch").mkdir()
    for name in ("action.yml", "requirements.lock"):
        shutil.copy(ROOT / name, root / ".arxiv-watch" / name)
    (root / ".arxiv-watch/src").symlink_to(ROOT / "src")
    return commit(root)


def make_stubs(root: Path) -> list[str]:
    """Write an action for each one that the workflow and the action take from elsewhere."""
    options: list[str] = []
    texts = [(ROOT / name).read_text() for name in (".github/workflows/lists.yml", "action.yml")]
    lines = (line for text in texts for line in text.splitlines() if "uses:" in line and "@" in line)
    for used in {line.partition("uses: ")[2].split()[0] for line in lines}:
        name = used.partition("@")[0]
        folder = root / name
        folder.mkdir(parents=True)
        folder.joinpath("action.yml").write_text(STUBS.get(name.partition("/")[2], NOTHING))
        options += ["--local-repository", f"{used}={folder}"]
    python = root / "bin" / "python"
    python.parent.mkdir()
    python.write_text(VENV)
    python.chmod(0o755)
    return options


@pytest.mark.parametrize("answers", [True, False])
def test_one_job_polls_and_each_part_proposes(tmp_path: Path, act: str, *, answers: bool) -> None:
    """Only the first job asks arXiv; where it fails, the run fails in the end and says so."""
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST, "OTHER.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github, arxiv_server() as arxiv:
        theirs = their_addresses(github)
        variables = arxiv_environment(arxiv) | theirs | {"ARXIV_WATCH_NOW": NOW.isoformat()}
        if not answers:
            variables |= {name: "http://127.0.0.1:9" for name in variables if name.endswith("_URL")} | theirs
        variables["STUBS"] = str(tmp_path / "stubs")
        done = subprocess.run(
            [
                *(act, "workflow_dispatch", "-W", ".github/workflows/caller.yml"),
                *("-P", "ubuntu-latest=-self-hosted", "--concurrent-jobs", "1"),
                *("--action-cache-path", str(tmp_path / "cache"), "-s", "GITHUB_TOKEN=stand-in-token"),
                *make_stubs(tmp_path / "stubs"),
                *(word for name, value in variables.items() for word in ("--env", f"{name}={value}")),
            ],
            cwd=make_workspace(tmp_path / "workspace"),
            env=bare_environment() | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        told = done.stdout + done.stderr
        branches = sorted(pull.branch for pull in github.pulls)
        feeds = [line for line in arxiv.log if line.request.role is Role.RSS]
    assert (done.returncode == 0) == answers, told
    assert branches == ["arxiv-watch/one/1", "arxiv-watch/two/1"] * answers
    assert len(feeds) == answers, "only the first job asks arXiv"
    assert "has no watch" in told, "one repository is not parted, so two of three parts are empty"
