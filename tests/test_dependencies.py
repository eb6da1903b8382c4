"""The table of dependencies is complete, and says of each the licence that its own metadata says."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs_support import ROOT, read

PROJECT = tomllib.loads(read(ROOT / "pyproject.toml"))
PAGE = read(ROOT / "docs" / "dependencies.md")
# What trove classifiers and free texts call the licences of the table.
SPELLINGS = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
}


def rows(title: str) -> dict[str, tuple[str, str]]:
    """Return a table of the page: package to licence and reason."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines()]
    return {row[0]: (row[1], row[2]) for row in cells[3:] if len(row) == 3}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ ;\[]", text, maxsplit=1)[0].lower() for text in requirements}


def licence_of(package: str) -> str:
    """Return the licence that a package's metadata names: as an expression, as a classifier, or as a text."""
    told = metadata.metadata(package)
    classifiers = (text for text in told.get_all("Classifier") or () if text.startswith("License ::"))
    classifier = next(classifiers, "").rpartition(" :: ")[2]
    name = told["License-Expression"] or classifier or told["License"]
    return SPELLINGS.get(name, name)


def test_every_dependency_has_its_line() -> None:
    assert set(rows("At run time")) == names(PROJECT["project"]["dependencies"])
    assert set(rows("For development")) == names(PROJECT["dependency-groups"]["dev"])


@pytest.mark.parametrize(
    ("package", "licence"),
    [
        (package, row[0])
        for title in ("At run time", "For development")
        for package, row in rows(title).items()
    ],
)
def test_the_licence_is_that_of_the_metadata(package: str, licence: str) -> None:
    assert licence_of(package) == licence


def test_every_dependency_has_its_reason() -> None:
    for row in (*rows("At run time").values(), *rows("For development").values()):
        assert len(row[1].split()) > 2


def locked(file: str) -> dict[str, Requirement]:
    """Return a lock file's packages by their normal names."""
    lines = (line.removesuffix("\\").strip() for line in read(ROOT / file).splitlines())
    pins = [Requirement(line) for line in lines if "==" in line]
    return {canonicalize_name(pin.name): pin for pin in pins}


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_a_locked_package_is_locked_with_the_extras_that_others_ask_for(file: str) -> None:
    """Else pip looks for `name[extra]` beside the lock, and refuses the first release newer than the lock."""
    pins = locked(file)
    asked = [
        Requirement(text)
        for name in pins
        if name in {canonicalize_name(one.name) for one in metadata.distributions()}
        for text in metadata.requires(name) or ()
    ]
    missing = {
        str(one)
        for one in asked
        if one.extras and (one.marker is None or one.marker.evaluate({"extra": ""}))
        if not one.extras <= pins[canonicalize_name(one.name)].extras
    }

    assert any(one.extras for one in asked)
    assert missing == set()
