"""The benchmarks start: what they take from the package is there, and nothing comes from the tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from docs_support import ROOT

BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("arxiv_watch"):
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_what_a_benchmark_imports_of_the_package_is_there(path: Path) -> None:
    """One stood still for weeks after a name that it used was changed."""
    missing = [
        f"{module}.{name}"
        for module, name in imported(path)
        if not hasattr(import_module(module), name)
        if find_spec(f"{module}.{name}") is None
    ]

    assert missing == []


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_imports_nothing_from_the_tests(path: Path) -> None:
    names = {one.stem for one in (ROOT / "tests").rglob("*.py")} | {"tests", "stand_ins"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {module for module in taken if module and module.partition(".")[0] in names} == set()
