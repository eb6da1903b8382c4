"""What the documents show is what there is: commands run, configs load, the help is the program's own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import arxiv_watch
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.config import parse_config
from arxiv_watch.demo.github_server import Repository
from arxiv_watch.demo.github_server.repository import ZEROS, Signature, TreeEntry
from arxiv_watch.errors import ConfigError
from arxiv_watch.rows import paper_to_row, write_rows
from cli_support import NOW, Checkout, arxiv_environment, arxiv_server, make_checkout
from docs_support import (
    DOCUMENTS,
    ROOT,
    Block,
    blocks_of,
    is_shown,
    read,
    steps_of,
)
from fakes import FakeClock
from reference import refresh_help, write_configuration
from stand_ins.github_server import FaultyGitHub
from watch_support import BACKGROUND, BELONGS, LIST, LISTED, STRANGER

BLOCKS = [block for path in DOCUMENTS for block in blocks_of(path)]
CONSOLE = [block for block in BLOCKS if block.language == "console"]
YAML = [block for block in BLOCKS if block.language == "yaml"]
LANGUAGES = {"console", "python", "yaml", "text", "diff", "markdown", "json", ""}

# Programs that the documents show and this test does not run, with the reason.
NOT_RUN = {
    "make": "its targets build environments; the gate runs them",
    "git": "changes repositories",
    "pip": "installs from the network",
    "python": "runs benchmarks, which take minutes and real data",
    "docker": "needs a daemon",
}
# Commands of ours that are understood but not run here, with the reason.
NOT_RUN_OURS = {
    "serve": "never ends by itself; tests of the schedule stop it",
    "review": "asks a person; its own tests answer",
    "demo": "takes ten seconds; tests of the demo run it",
}
BEFORE_INIT = {"README.md"}  # documents whose reader has no config yet


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A list's repository with stand-ins of arXiv and GitHub, and the files that the documents name."""
    root = tmp_path / "papers"
    root.mkdir()
    made = make_checkout(root)
    for name, papers in {
        "paper.jsonl": [BELONGS],
        "candidates.jsonl": [BELONGS, STRANGER],
        "listed.jsonl": LISTED,
        "polled.jsonl": BACKGROUND,
    }.items():
        write_rows(root / name, map(paper_to_row, papers))
    repository = Repository.create(tmp_path / "github.git")
    readme = TreeEntry("README.md", "100644", "blob", repository.write_blob(LIST.encode()))
    author = Signature("octocat", "octocat@example.org", datetime(2025, 11, 1, tzinfo=UTC))
    first = repository.write_commit(repository.write_tree(None, [readme]), [], "Start", author)
    repository.update_ref("refs/heads/main", first, ZEROS)
    with arxiv_server() as arxiv, FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        made.environ |= {**arxiv_environment(arxiv), **github.environment, "COLUMNS": "100"}
        yield made


def commit(root: Path) -> None:
    """Give the list a history: one version of it."""
    git = ["git", "-c", "user.name=octocat", "-c", "user.email=octocat@example.org"]
    for words in (["init", "-q"], ["add", "README.md"], ["commit", "-q", "-m", "Start"]):
        subprocess.run([*git, *words], cwd=root, check=True)


@pytest.mark.parametrize(
    "document", sorted({block.document for block in CONSOLE}), ids=lambda name: name.removeprefix("docs/")
)
def test_every_command_shown_does_what_is_shown(document: str, checkout: Checkout) -> None:
    if document in BEFORE_INIT:
        (checkout.root / "config" / "arxiv-watch.yml").unlink()
        commit(checkout.root)
    for block in CONSOLE:
        for step in steps_of(block) if block.document == document else ():
            program, *arguments = step.words
            if program != "arxiv-watch":
                assert program in NOT_RUN, f"{block}: {program} is neither run nor excused"
            elif arguments[-1] == "--help" or not NOT_RUN_OURS.keys() & set(arguments):
                done = checkout.run(*arguments)
                told = f"{block}: {' '.join(step.words)}\n{done.err}{done.out}"
                assert done.code == step.code, told
                assert is_shown(step.shown, done.out + done.err), told
            else:
                build_parser().parse_args(arguments)


@pytest.mark.parametrize("block", YAML, ids=str)
def test_every_config_shown_is_valid_unless_it_is_marked_as_refused(block: Block) -> None:
    if block.text.startswith("# refused"):
        with pytest.raises(ConfigError):
            parse_config(block.text, str(block), {})
    elif re.search(r"^watches:", block.text, re.MULTILINE):
        parse_config(block.text, str(block), {})
    else:
        assert re.search(r"^jobs:", block.text, re.MULTILINE), f"{block} is neither a config nor a workflow"


def test_every_workflow_shown_is_valid(tmp_path: Path) -> None:
    workflows = [block for block in YAML if re.search(r"^jobs:", block.text, re.MULTILINE)]
    paths = [tmp_path / f"{number}.yml" for number in range(len(workflows))]
    for path, block in zip(paths, workflows, strict=True):
        path.write_text(block.text, encoding="utf-8")

    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)

    assert workflows
    assert done.returncode == 0, done.stdout


def test_every_block_names_its_language() -> None:
    assert [str(block) for block in BLOCKS if block.language not in LANGUAGES] == []


def test_the_configuration_reference_is_that_of_the_models() -> None:
    assert read(ROOT / "docs" / "configuration.md") == write_configuration(), "run `make docs`"


def test_the_quoted_help_is_complete() -> None:
    text = read(ROOT / "docs" / "cli.md")
    names = re.findall(r"^##+ `(.+)`$", text, re.MULTILINE)

    assert [name for name in names if f"$ arxiv-watch {name} --help\n" not in text] == []
    assert {name.split()[0] for name in names} == set(build_parser()._subparsers._group_actions[0].choices)
    assert refresh_help("no help here\n") == "no help here\n"


def test_every_message_in_the_table_of_failures_is_one_of_the_program() -> None:
    page = read(ROOT / "docs" / "operations.md").partition("## Failures")[2].partition("\n## ")[0]
    told = re.findall(r"^\| \d+ \| `([^`]+)` \|", page, re.MULTILINE)
    words = [
        node.value
        for path in Path(arxiv_watch.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    parts = [part.strip() for text in told for part in text.split("…") if re.search("[a-z]{3}", part)]
    assert len(told) > 15
    assert [part for part in parts if not any(part in word for word in words)] == []
