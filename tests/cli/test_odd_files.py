"""Files that are none, and a world that moves: a clear error and exit 2, never a wait or a traceback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from arxiv_watch.cli import main
from arxiv_watch.files import MEGABYTE
from arxiv_watch.rows import LONGEST_ROW, paper_to_row, write_rows
from cli_support import CONFIG, Checkout, bare_environment, make_checkout
from watch_support import BELONGS, LISTED

LONG_NAME = "x" * 300


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name)  # its whole path may be too long for one


KINDS: dict[str, Callable[[Path], object]] = {
    "fifo": os.mkfifo,
    "zeros": lambda path: path.symlink_to("/dev/zero"),
    "memory": lambda path: path.symlink_to("/proc/self/mem"),
    "folder": Path.mkdir,
    "socket": a_socket,
}
CLASSIFY = ("classify", "--list", "README.md", "--papers")
INPUTS: dict[str, Sequence[str]] = {
    "list": ("list", "check", "{}"),
    "config": ("--config", "{}", "watches"),
    "paper": ("list", "add", "README.md", "--heading", "Serving", "--paper", "{}"),
    "papers": (*CLASSIFY, "{}", "--metadata", "rows.jsonl"),
    "metadata": (*CLASSIFY, "rows.jsonl", "--metadata", "{}"),
    "background": (*CLASSIFY, "rows.jsonl", "--metadata", "rows.jsonl", "--background", "{}"),
    "collection": ("poll", "--from", "{}"),
}
OUTPUTS: dict[str, Sequence[str]] = {
    "report": ("poll", "--output", "{}"),
    "rows": (*CLASSIFY, "rows.jsonl", "--metadata", "rows.jsonl", "--output", "{}"),
    "collected": ("poll", "--collect", "{}"),
    "evaluation": ("evaluate", "--report", "{}"),
    "config": ("init", "README.md", "--category", "cs.DC", "--output", "{}"),
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = make_checkout(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    write_rows(tmp_path / "rows.jsonl", map(paper_to_row, [*LISTED, BELONGS]))
    return made


def run(arguments: Sequence[str], name: str) -> int:
    return main([argument.replace("{}", name) for argument in arguments])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", INPUTS)
def test_what_is_no_file_is_not_read(
    checkout: Checkout, role: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    KINDS[kind](checkout.root / "odd.md")

    # A list behind a link is another refusal, and an edit that could not be made has the code 3.
    assert run(INPUTS[role], "odd.md") in ({2, 3} if role == "list" else {2})
    assert "odd.md" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "fifo"])
@pytest.mark.parametrize("role", OUTPUTS)
def test_what_is_no_file_is_not_written(
    checkout: Checkout, role: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    KINDS[kind](checkout.root / "odd.md")

    assert run(OUTPUTS[role], "odd.md") == 2
    assert "odd.md" in capsys.readouterr().err


def test_a_pipe_that_nobody_reads_is_not_waited_for(checkout: Checkout) -> None:
    os.mkfifo(checkout.root / "pipe")

    assert run(OUTPUTS["rows"], "pipe") == 2


@pytest.mark.parametrize("arguments", [*INPUTS.values(), *OUTPUTS.values()], ids=" ".join)
def test_a_name_that_is_too_long_is_told(
    checkout: Checkout, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments, f"{LONG_NAME}.md") == 2
    assert LONG_NAME in capsys.readouterr().err
    assert checkout.root.is_dir()


TOO_LARGE = {
    "README.md": (20 * MEGABYTE, "larger than 20 MB", ("list", "check", "README.md")),
    "config/arxiv-watch.yml": (MEGABYTE, "larger than 1 MB", ("watches",)),
    "rows.jsonl": (2 * LONGEST_ROW, "a line of more than 1 MB", INPUTS["papers"]),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_nothing_of_unbounded_size_is_read(
    checkout: Checkout, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    size, told, arguments = TOO_LARGE[name]
    with (checkout.root / name).open("ab") as file:
        file.truncate(size + 1)  # a sparse file

    assert run(arguments, "rows.jsonl") == 2
    error = capsys.readouterr().err
    assert name in error
    assert told in error


def test_the_part_beside_a_list_is_never_written_through_a_link(checkout: Checkout) -> None:
    other = checkout.write("precious.txt", "kept")
    for name in (".README.md.arxiv-watch", ".README.md.partial", "README.md.partial"):
        (checkout.root / name).symlink_to(other)
    write_rows(checkout.root / "paper.jsonl", [paper_to_row(BELONGS)])
    mode = (checkout.root / "README.md").stat().st_mode
    arguments = ("list", "add", "README.md", "--paper", "paper.jsonl", "--heading", "Serving", "--write")

    assert main(arguments) == 0
    assert other.read_text() == "kept"
    assert BELONGS.title in (checkout.root / "README.md").read_text()
    assert (checkout.root / "README.md").stat().st_mode == mode


def test_a_list_whose_name_is_as_long_as_names_may_be_is_written(checkout: Checkout) -> None:
    name = f"{'é' * 126}.md"  # 255 bytes
    shutil.copy(checkout.root / "README.md", checkout.root / name)
    write_rows(checkout.root / "paper.jsonl", [paper_to_row(BELONGS)])

    assert main(["list", "add", name, "--paper", "paper.jsonl", "--heading", "Serving", "--write"]) == 0


MOVED: dict[str, tuple[str, int]] = {
    "the working folder is gone": ('rmdir "$PWD" && exec "$@"', 2),
    "no home": ('unset HOME XDG_CACHE_HOME; exec "$@"', 0),
    "home is a file": ('export HOME=/dev/null XDG_CACHE_HOME=; exec "$@"', 0),
    "no folder for temporary files": ('export TMPDIR=/nowhere; exec "$@"', 0),
    "an unknown locale": ('export LC_ALL=xx_YY.bogus LANGUAGE=xx; exec "$@"', 0),
    "an odd time zone": ('export TZ=GMT+8; exec "$@"', 0),
    "no standard input": ('exec "$@" <&-', 0),
    "no output": ('exec "$@" >&-', 0),
    "no error output": ('exec "$@" 2>&-', 0),
    "nothing open at all": ('exec "$@" <&- >&- 2>&-', 0),
    "no programs": ('PATH=/nowhere exec "$@"', 0),
    "an odd terminal": ('export COLUMNS=x LINES=-1 TERM=; exec "$@"', 0),
    "few files open": ('ulimit -n 16; exec "$@"', 0),
}


@pytest.mark.parametrize(("shell", "code"), MOVED.values(), ids=MOVED.keys())
def test_a_world_that_moves_is_told_or_borne(tmp_path: Path, shell: str, code: int) -> None:
    root = tmp_path / "root"
    root.mkdir()
    if code == 0:
        make_checkout(root).write("config/arxiv-watch.yml", CONFIG)
    environ = {
        key: value for key, value in bare_environment().items() if key != "ARXIV_WATCH_ARXIV__CACHE_DIR"
    }
    command = [sys.executable, "-m", "arxiv_watch", "check"]

    done = subprocess.run(
        ["sh", "-c", shell, "sh", *command],
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode in {code, 2}, done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or done.stderr or done.stdout
