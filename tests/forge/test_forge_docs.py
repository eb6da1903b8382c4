"""The page about pull requests cannot drift from what is tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arxiv_watch.forge.derive.state import State
from arxiv_watch.forge.github.refusals import understand
from arxiv_watch.forge.host import Kind

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
TESTS = "".join(
    (ROOT / "tests" / "forge" / f"test_forge_{name}.py").read_text(encoding="utf-8")
    for name in ("states", "trust", "renames")
)


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


def test_every_state_is_on_the_page_in_its_order() -> None:
    named = [row[0].strip("`") for row in rows("States")]

    assert named == ["none", "orphan", *State, "conflict", "rejected", "merged", "superseded", "ended"]


@pytest.mark.parametrize("row", rows("States"), ids=lambda row: row[0])
def test_every_state_has_a_test_for_each_thing_that_it_does(row: list[str]) -> None:
    state = row[0].strip("`")
    written = [cell for cell in row[2:] if cell != "–"]
    tests = re.findall(rf"^def test_{state}_", TESTS, re.MULTILINE)

    assert state == "conflict" or len(tests) >= len(set(written)) - 1


@pytest.mark.parametrize(
    "row", [row for row in rows("When GitHub refuses") if "`" in row[0]], ids=lambda row: row[0]
)
def test_every_refusal_on_the_page_is_understood(row: list[str]) -> None:
    found = [understand(status, {"message": row[0].strip("`")}, {}, 0.0) for status in (401, 403, 409, 422)]

    assert Kind.DENIED in {refusal.kind for refusal in found if refusal.advice}
