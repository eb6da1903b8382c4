"""What the README shows is what there is."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import yaml

from arxiv_watch import errors
from arxiv_watch.cli.demo import NEXT
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


def test_the_demo_leaves_the_command_and_names_it() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "> $(BIN)/arxiv-watch" in makefile
    assert "$(BIN)/arxiv-watch demo" in makefile
    assert ".venv/bin/arxiv-watch" in README
    assert [line for line in NEXT.splitlines() if "arxiv-watch " in line] == [
        f"  arxiv-watch {line}"
        for line in ("evaluate README.md", "init README.md --output .github/arxiv-watch.yml", "poll")
    ]


def test_every_command_line_is_understood() -> None:
    parsed = [
        build_parser().parse_args(line.split()[1:]) for line in commands() if line.startswith("arxiv-watch ")
    ]

    assert [one.function for one in parsed] == ["evaluate", "init", "check", "poll"]


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


def test_the_config_shown_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "arxiv-watch.yml"
    [example, _] = blocks("yaml")
    path.write_text(example, encoding="utf-8")

    config = load_config(path, {})

    assert config.watches[0].list == "README.md"
    assert config.arxiv.contact == "you@example.org"


def test_the_workflow_shown_has_the_permissions_of_our_own() -> None:
    [_, example] = blocks("yaml")
    theirs = yaml.safe_load(example)
    ours = yaml.safe_load((ROOT / ".github" / "workflows" / "watch.yml").read_text(encoding="utf-8"))

    assert theirs["permissions"] == ours["permissions"] == {}
    assert theirs["jobs"]["watch"]["permissions"] == ours["jobs"]["watch"]["permissions"]
    assert theirs["jobs"]["watch"]["concurrency"] == ours["jobs"]["watch"]["concurrency"]
    assert theirs["jobs"]["watch"]["if"] == ours["jobs"]["watch"]["if"]
    assert theirs["jobs"]["watch"]["steps"][0] == ours["jobs"]["watch"]["steps"][0]
    assert theirs["jobs"]["watch"]["steps"][1]["uses"] == "OWNER/arxiv-watch@COMMIT"


# The rows of the comparison, by the row of ../shared/facts/peers.md that they shorten.
COMPARED = {
    "learns from your own collection": "Learns from the user's own curated list",
    "puts a paper under a heading of your list": "Assigns a heading of the user's list",
    "writes into the list itself": "Edits the human list in place",
    "opens a pull request": "Opens a PR",
    "keeps one pull request up to date": "One rolling PR, refreshed",
    "a rejected paper never comes back": "Rejections never come back",
    "works without a language model's key": "Runs without any LLM key",
    "threshold calibrated on held-out papers": "Threshold calibrated on held-out data",
    "replays your list's history to measure itself": "Replay on the user's own history",
    "reads a second source when the first fails": "Second transport when first fails",
    "distinguishes a quiet day from a failure": "Quiet day told from failure",
    "catches up after missed runs": "Missed run caught up",
    "starts from the list alone": "Starts from the list alone",
}
PEERS = {
    "awesome-list-radar": "RAD",
    "blastcontain-scout": "SCT",
    "cv-arxiv-daily": "CV",
    "zotero-arxiv-daily": "ZOT",
    "daily-arXiv-ai-enhanced": "DW",
    "arxiv-sanity-lite": "LITE",
}
ANSWERS = {"y": "yes", "~": "partly", "n": "no", "-": "–"}


def table(text: str, first: str) -> dict[str, dict[str, str]]:
    """Return the cells of the table whose first column is headed so, by row and column."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]
    start = next(index for index, row in enumerate(rows) if row[0] == first)
    return {row[0]: dict(zip(rows[start], row, strict=False)) for row in rows[start + 2 :]}


def test_the_comparison_says_what_was_read_of_the_others(shared: Path) -> None:
    read = table((shared / "facts" / "peers.md").read_text(encoding="utf-8"), "feature")
    told = table(README.partition("## How it compares")[2].partition("\n\n[")[0], "")

    assert set(told) == {*COMPARED, "where you read it"}
    for row, feature in COMPARED.items():
        assert told[row]["arxiv-watch"] == "yes"
        for peer, key in PEERS.items():
            assert told[row][peer] == ANSWERS[read[feature][key][0]], f"{row}: {peer}"
