"""The modules form layers: each imports only from layers below it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import arxiv_watch

PACKAGE = Path(arxiv_watch.__file__).parent

# Lowest floor first; a room may import rooms of lower floors and itself, nothing else of ours.
FLOORS = [
    {"errors", "identifiers", "clock", "conversation"},
    {"headings"},
    {"papers"},
    {"proposals", "rows"},
    {"markdown", "decide", "arxiv", "model", "forge"},
    {"config", "report", "training"},
    {"publish"},
    {"watch", "review"},
    {"schedule", "health", "demo"},
    {"cli"},
    {"__main__"},
]
# The only rooms that may know these packages.
ONLY_IN = {
    "sklearn": {"model"},
    "github": {"forge"},
    "feedparser": {"arxiv"},
    "arxiv": {"arxiv"},
    "apscheduler": {"schedule"},
}
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports_of(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            names += (
                [f"{module}.{alias.name}" for alias in node.names] if module == "arxiv_watch" else [module]
            )
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_lower_layers(path: Path) -> None:
    room = room_of(path)
    for name in imports_of(path):
        head, _, rest = name.partition(".")
        if head == "arxiv_watch":
            other = rest.partition(".")[0]
            if other == "__version__":
                continue
            assert other == room or FLOOR_OF[other] < FLOOR_OF[room], f"{room} imports {other}"
        else:
            assert room in ONLY_IN.get(head, {room}), f"{room} imports {head}"
