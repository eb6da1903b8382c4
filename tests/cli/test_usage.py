"""What every command owes its user: help, clear errors, the right exit code, nothing half done."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from arxiv_watch import __version__
from arxiv_watch.cli.parser import build_parser
from cli_support import CONFIG, Checkout, make_checkout

NAMES = list(build_parser()._subparsers._group_actions[0].choices)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path)


def test_help_names_every_command_and_exit_code(checkout: Checkout) -> None:
    done = checkout.run("--help")

    assert done.code == 0
    for word in (*NAMES, "--config", "--now", "130"):
        assert word in done.out


@pytest.mark.parametrize("command", NAMES)
def test_every_command_has_help(checkout: Checkout, command: str) -> None:
    assert checkout.run(command, "--help").code == 0


def test_the_version_is_printed(checkout: Checkout) -> None:
    assert checkout.run("--version").out == f"arxiv-watch {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("poll", "--apply", "--open-pr"),
        ("nonsense",),
        ("--now", "yesterday", "poll"),
        ("poll", "--since", "soon"),
        ("poll", "no-such-watch"),
        ("--config", "absent.yml", "poll"),
        ("classify",),
        ("classify", "not-an-id", "--list", "README.md"),
        ("classify", "--papers", "absent.jsonl", "--list", "README.md", "--metadata", "absent.jsonl"),
        ("list", "show", "absent.md"),
        ("list", "add", "README.md", "--paper", "absent.jsonl", "--heading", "Serving"),
        ("init", "absent.md"),
        ("init", "README.md", "--category", "cs.XX"),
        ("init", "README.md", "--category", "cs.DC", "--output", "README.md/config.yml"),
        ("poll", "--output", "absent/report.json"),
        ("poll", "--output", "."),
        ("poll", "--collect", "poll.gz", "--apply"),
        ("poll", "--collect", "poll.gz", "--format", "json"),
        ("poll", "--collect", "poll.gz", "--output", "report.txt"),
        ("evaluate", "--report", "absent/report.html"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_complaint(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    done = checkout.run(*arguments)

    assert done.code == 2
    assert done.out == ""
    assert "arxiv-watch" in done.err


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        (CONFIG + "    budgets: {}\n", "config/arxiv-watch.yml:5: watches[0].budgets: unknown key"),
        (CONFIG.replace("README.md", "absent.md"), "absent.md"),
        (CONFIG.replace("cs.DC", "cs.dc"), "did you mean cs.DC?"),
        ("watches: [", "not YAML"),
    ],
)
def test_a_wrong_config_ends_with_2_and_says_where(checkout: Checkout, config: str, complaint: str) -> None:
    checkout.write("config/arxiv-watch.yml", config)

    done = checkout.run("check")

    assert done.code == 2
    assert complaint in done.out


def test_a_list_without_papers_ends_with_2(checkout: Checkout) -> None:
    checkout.write("README.md", "# Papers\n\nNone yet.\n")

    done = checkout.run("list", "show", "README.md")

    assert done.code == 2
    assert "README.md" in done.err


def test_papers_that_are_not_json_lines_end_with_2_and_their_first_line(checkout: Checkout) -> None:
    checkout.write("papers.jsonl", "not json\n")

    done = checkout.run(
        "classify", "--papers", "papers.jsonl", "--list", "README.md", "--metadata", "papers.jsonl"
    )

    assert done.code == 2
    assert "papers.jsonl:1: row skipped: not JSON" in done.err


def test_the_schema_is_printed_and_describes_the_config(checkout: Checkout) -> None:
    done = checkout.run("schema")

    schema = json.loads(done.out)
    assert schema["required"] == ["watches"]
    assert "request_interval" in schema["$defs"]["ArxivSettings"]["properties"]
    for model in schema["$defs"].values():
        for field in model["properties"].values():
            assert (
                "description" in field or "description" in schema["$defs"][field["$ref"].rpartition("/")[2]]
            )


def test_the_completion_script_is_valid_bash(checkout: Checkout) -> None:
    done = checkout.run("completion", "bash")
    syntax = subprocess.run(["bash", "-n"], input=done.out, capture_output=True, text=True, check=False)

    assert done.code == 0
    assert "evaluate" in done.out
    assert (syntax.returncode, syntax.stderr) == (0, "")


@pytest.mark.parametrize("now", ["0001-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_at_the_ends_of_the_calendar_is_wrong_usage(checkout: Checkout, now: str) -> None:
    done = checkout.run("--now", now, "poll")

    assert done.code == 2
    assert "from 1991 to 2999" in done.err


def test_a_day_at_the_ends_of_the_calendar_is_wrong_usage(checkout: Checkout) -> None:
    assert checkout.run("poll", "--since", "0001-01-01").code == 2


@pytest.mark.parametrize("keep", ["README.md", "README.md/inside"])
def test_a_demo_that_cannot_be_kept_there_says_so(checkout: Checkout, keep: str) -> None:
    done = checkout.run("demo", "--keep", keep)

    assert done.code == 2
    assert f"no folder {keep} can be made" in done.err
