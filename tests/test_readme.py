"""What the README shows is what there is."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import yaml

from arxiv_watch import errors
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.config import load_config

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language, their indentation taken off."""
    found = re.finditer(rf"^( *)```{language}\n(.*?)^\1```$", README, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{match[1]}", "", match[2], flags=re.MULTILINE) for match in found]


def commands() -> list[str]:
    return [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]


def subcommands() -> set[str]:
    [group] = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return set(group.choices)


def test_the_first_two_commands_set_everything_up() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert commands()[:2] == ["make demo", "make test"]
    assert {"demo", "test"} <= set(targets)


def test_every_command_line_is_understood() -> None:
    parsed = [
        build_parser().parse_args(line.split()[1:]) for line in commands() if line.startswith("arxiv-watch ")
    ]

    assert [one.function for one in parsed] == ["init", "check", "poll"]


def test_the_table_of_commands_is_complete() -> None:
    table = README.partition("## Commands")[2].partition("## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]

    assert {name for row in rows for name in re.findall(r"`([a-z]+)`", row)} == subcommands()


def test_the_exit_codes_are_those_of_the_errors() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    raised = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.ArxivWatchError)
    }

    assert told == {0, 130} | raised
    assert 1 not in told


def test_the_config_is_one(tmp_path: Path) -> None:
    path = tmp_path / "arxiv-watch.yml"
    [example, _] = blocks("yaml")
    path.write_text(example, encoding="utf-8")

    config = load_config(path, {})

    assert config.watches[0].list == "README.md"
    assert config.arxiv.contact == "you@example.org"


def test_the_workflow_asks_for_what_ours_asks_for() -> None:
    [_, example] = blocks("yaml")
    theirs = yaml.safe_load(example)
    ours = yaml.safe_load((ROOT / ".github" / "workflows" / "watch.yml").read_text(encoding="utf-8"))

    assert theirs["permissions"] == ours["permissions"] == {}
    assert theirs["jobs"]["watch"]["permissions"] == ours["jobs"]["watch"]["permissions"]
    assert theirs["concurrency"] == ours["concurrency"]
    assert theirs["jobs"]["watch"]["steps"][0] == ours["jobs"]["watch"]["steps"][0]
    assert theirs["jobs"]["watch"]["steps"][1]["uses"] == "OWNER/arxiv-watch@COMMIT"


def test_every_document_it_points_to_is_there() -> None:
    pointed = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert pointed
    assert [name for name in pointed if not (ROOT / name).exists()] == []
