"""How commands end when something outside of them does: the reader goes, the user interrupts."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from arxiv_watch.rows import paper_to_row, write_rows
from cli_support import (
    CONFIG,
    NOW,
    Checkout,
    arxiv_environment,
    arxiv_server,
    bare_environment,
    make_checkout,
)
from watch_support import BELONGS, LISTED, STRANGER

PATIENCE = 60  # seconds until a silent process counts as stuck


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path)


# A test run in the background may have told its processes to ignore interrupts.
PROGRAM = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from arxiv_watch.cli import main
sys.exit(main())
"""


def start(checkout: Checkout, *arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--now", NOW.isoformat(), *arguments],
        cwd=checkout.root,
        env=bare_environment() | checkout.environ,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_an_interrupt_ends_with_130_and_no_traceback(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        checkout.environ |= {
            f"ARXIV_WATCH_ARXIV__{key}_URL": address for key in ("RSS", "API", "OAI", "LISTING")
        }
        checkout.environ |= {"ARXIV_WATCH_ARXIV__REQUEST_INTERVAL": "0"}
        process = start(checkout, "poll")
        silent.settimeout(PATIENCE)
        connection, _ = silent.accept()  # it waits for an answer that never comes
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=PATIENCE)
        connection.close()

    assert process.returncode == 130
    assert "Traceback" not in complaint


@pytest.mark.parametrize("arguments", [("schema",), ("list", "show", "README.md", "--format", "json")])
def test_a_reader_that_went_away_is_no_failure(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    process = start(checkout, *arguments, stdout=theirs)
    os.close(theirs)
    _, complaint = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert complaint == ""


def test_an_error_is_an_annotation_in_actions(checkout: Checkout) -> None:
    done = checkout.run("--config", "absent.yml", "poll", environ={"GITHUB_ACTIONS": "true"})

    assert done.code == 2
    assert "::error title=arxiv-watch::" in done.err


def test_a_folder_is_shown_as_an_array(checkout: Checkout) -> None:
    checkout.write("docs/a.md", "# A\n\n- [T](https://arxiv.org/abs/2407.00001)\n")
    checkout.write("docs/b.md", "# B\n\n- [U](https://arxiv.org/abs/2407.00002)\n")

    done = checkout.run("list", "show", "docs", "--format", "json")

    assert [document["path"] for document in json.loads(done.out)] == ["docs/a.md", "docs/b.md"]


def test_a_list_is_shown_with_its_counts(checkout: Checkout) -> None:
    done = checkout.run("list", "show", "README.md")

    assert done.out.splitlines()[0] == "README.md: 60 entries"
    assert "(30 entries, bullet, " in done.out


def test_a_list_may_lie_anywhere(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "list.md").write_text("# A\n\n- [T](https://arxiv.org/abs/2511.00001)\n")
    write_rows(elsewhere / "paper.jsonl", [paper_to_row(BELONGS)])
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, LISTED))

    named = {name: str(elsewhere / name) for name in ("list.md", "*.md", "")}
    shown = [checkout.run("list", "show", name, "--format", "json").out for name in named.values()]
    added = checkout.run(
        *(
            "list",
            "add",
            named["list.md"],
            "--paper",
            str(elsewhere / "paper.jsonl"),
            "--heading",
            "A",
            "--write",
        )
    )
    checked = checkout.run("list", "check", str(checkout.root / "README.md"))
    rows = ("--papers", "papers.jsonl", "--metadata", "papers.jsonl")
    classified = checkout.run(
        "classify", "--list", str(checkout.root / ".." / checkout.root.name / "README.md"), *rows
    )

    assert [json.loads(text)["sections"][0]["path"] for text in shown] == [["A"]] * 3
    assert (added.code, checked.code, classified.code) == (0, 0, 0)
    assert BELONGS.id.base in (elsewhere / "list.md").read_text()


def test_list_add_wants_one_paper(checkout: Checkout) -> None:
    write_rows(checkout.root / "two.jsonl", map(paper_to_row, [BELONGS, STRANGER]))

    done = checkout.run("list", "add", "README.md", "--paper", "two.jsonl", "--heading", "Serving")

    assert (done.code, done.out) == (2, "")
    assert "two.jsonl holds 2 papers" in done.err


def test_list_add_says_that_a_paper_is_listed_already(checkout: Checkout) -> None:
    write_rows(checkout.root / "old.jsonl", map(paper_to_row, LISTED[:1]))

    done = checkout.run("list", "add", "README.md", "--paper", "old.jsonl", "--heading", "Serving", "--write")

    assert done.code == 0
    assert "is already listed" in done.err


def test_what_is_broken_in_a_list_is_reported_as_json(checkout: Checkout) -> None:
    entry = "- [T](https://arxiv.org/abs/2407.00001)\n"
    checkout.write("README.md", f"# Papers\n\n{entry}{entry}")

    done = checkout.run("list", "check", "README.md", "--format", "json")

    assert done.code == 0
    found = [row for row in json.loads(done.out) if row["kind"] != "info"]
    assert [(row["file"], row["line"]) for row in found] == [("README.md", 4)]
    assert set(found[0]) == {"file", "line", "kind", "message", "advice"}


def test_classify_needs_a_list_that_links_papers(checkout: Checkout) -> None:
    checkout.write("empty.md", "# Papers\n\n- [Elsewhere](https://example.org)\n")
    write_rows(checkout.root / "papers.jsonl", map(paper_to_row, [BELONGS]))

    done = checkout.run(
        "classify", "--papers", "papers.jsonl", "--list", "empty.md", "--metadata", "papers.jsonl"
    )

    assert done.code == 2
    assert "empty.md" in done.err


def test_a_paper_that_arxiv_does_not_know_ends_with_4(checkout: Checkout) -> None:
    with arxiv_server() as server:
        checkout.environ |= arxiv_environment(server)
        done = checkout.run("classify", "2512.99999")

    assert done.code == 4
    assert "2512.99999" in done.err


def test_a_paper_that_is_listed_is_skipped(checkout: Checkout) -> None:
    write_rows(checkout.root / "listed.jsonl", map(paper_to_row, LISTED))

    done = checkout.run(
        *("classify", "--papers", "listed.jsonl", "--list", "README.md", "--metadata", "listed.jsonl"),
        *("--output", "out.jsonl"),
    )

    assert (done.code, done.out) == (0, "")
    rows = [json.loads(line) for line in (checkout.root / "out.jsonl").read_text().splitlines()]
    assert {(row["decision"], row["reason"]) for row in rows} == {("skip", "listed")}
    assert [row["id"] for row in rows] == [paper.id.base for paper in LISTED]


def test_a_list_without_papers_cannot_be_evaluated(checkout: Checkout) -> None:
    checkout.write("README.md", "# Papers\n\n- [Elsewhere](https://example.org)\n")

    done = checkout.run("evaluate")

    assert done.code == 2
    assert "README.md" in done.err


def test_a_replay_needs_a_history(checkout: Checkout) -> None:
    write_rows(checkout.root / "listed.jsonl", map(paper_to_row, LISTED))

    done = checkout.run("evaluate", "--history", "--metadata", "listed.jsonl")

    assert done.code == 2
    assert "history" in done.err


def test_the_program_runs_as_a_module_and_through_its_script() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import arxiv_watch.__main__"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("coerced", ["0", "1"])
def test_names_are_found_and_lists_printed_in_any_locale(checkout: Checkout, coerced: str) -> None:
    checkout.write("论文.md", "# 論文\n\n- [Größe](https://arxiv.org/abs/2511.00001) → ∞\n")
    checkout.write("设置.yml", CONFIG.replace("README.md", "论文.md"))
    ascii_locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": coerced}

    checked = checkout.spawn("--config", "设置.yml", "check", environ=ascii_locale)
    shown = checkout.spawn("list", "show", "论文.md", environ=ascii_locale)

    assert (checked.code, shown.code) == (0, 0)
    assert "ok    list 论文.md: 1 paper" in checked.out
    assert shown.out == "论文.md: 1 entry\n     1  論文  (1 entry, bullet, append)\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_output_is_wrong_usage_and_no_crash(checkout: Checkout) -> None:
    with Path("/dev/full").open("w") as full:
        process = start(checkout, "list", "show", "README.md", stdout=full)
        _, complaint = process.communicate(timeout=PATIENCE)

    assert process.returncode == 2
    assert "No space left" in complaint
    assert "Traceback" not in complaint
