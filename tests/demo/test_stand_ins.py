"""The stand-ins as a process of their own, as the self-test of the action starts them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli_support import Checkout, bare_environment


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_they_tell_where_they_are_and_stay_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "arxiv_watch.demo", str(tmp_path / "world")],
        env=bare_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(11)]
        environ = dict(line.rstrip("\n").split("=", 1) for line in lines)
        here = Checkout(tmp_path, environ | {"GITHUB_TOKEN": "stand-in-token"})
        checked = here.run("check", "--format", "json")
        process.send_signal(number)

        assert process.wait(timeout=30) == 0
    assert all(name.startswith("ARXIV_WATCH_") for name in environ)
    assert '"1 watch: llm-inference"' in checked.out


def test_asked_for_help_they_make_no_folder(tmp_path: Path) -> None:
    """`--help` was taken for the name of a folder, and made."""
    done = subprocess.run(
        [sys.executable, "-m", "arxiv_watch.demo", "--help"],
        cwd=tmp_path,
        env=bare_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "DIR" in done.stdout
    assert list(tmp_path.iterdir()) == []
