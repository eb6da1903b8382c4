"""The modules form layers: each imports only from layers below it, and only the rim touches the outside."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import arxiv_watch

PACKAGE = Path(arxiv_watch.__file__).parent

# Lowest floor first; a room may import rooms of lower floors and itself, nothing else of ours.
FLOORS = [
    {"errors", "identifiers", "clock", "conversation", "wording", "files", "troubles", "tex"},
    {"headings", "bounds", "terms", "globs"},
    {"papers"},
    {"proposals", "rows", "publication"},
    {"markdown", "decide", "arxiv", "model"},
    {"delivery"},
    {"forge"},
    {"config", "report"},
    {"publish"},
    {"scope", "notes"},
    {"watch"},
    {"collect"},
    {"schedule", "demo"},
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
# The floors inside of a room, lowest first; each folder or module imports from those below it.
INSIDE = {
    "arxiv": [
        "timetable",
        "taxonomy",
        "settings",
        "damage",
        "session",
        "sources",
        "batches",
        "poll",
        "store",
        "collected",
        "coverage",
        "client",
        "__init__",
    ],
    "markdown": [
        "blocks",
        "document",
        "git",
        "text",
        "formats",
        "reading",
        "history",
        "placing",
        "form",
        "editing",
        "__init__",
    ],
    "forge": [
        "settings",
        "memory",
        "host",
        "github",
        "page",
        "derive",
        "page_writer",
        "planning",
        "forge",
        "__init__",
    ],
}
# How others enter a room: by what its `__init__` exports, and by these modules of it.
DOORS = {
    "arxiv": {"taxonomy", "timetable", "settings", "collected"},
    "config": {"models", "starter", "ignore"},
    "demo": {"cycle"},
    "forge": set[str](),
    "markdown": set[str](),
    "model": {"evaluation"},
    "report": {
        "values",
        "words",
        "run_text",
        "run_json",
        "evaluation_text",
        "evaluation_html",
    },
}
# The outside world, and the only modules that may touch it: everywhere else it is passed in.
WORLD = {
    *("datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time"),
    *("os.environ", "os.getenv", "requests", "socket", "urllib.request"),
}
RIM = {
    "clock.py": {"datetime.now", "time"},
    "bounds.py": {"time", "requests", "socket"},
    "cli/__init__.py": {"os.environ"},
    "arxiv/session/transport.py": {"requests"},
    "arxiv/coverage/mirror.py": {"requests"},
    "forge/github/transport.py": {"requests"},
    "demo/github_server/repository.py": {"os.environ"},
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


@pytest.mark.parametrize("room", sorted(DOORS))
def test_a_room_is_entered_by_its_doors_alone(room: str) -> None:
    inside = f"arxiv_watch.{room}."
    around = {
        path.relative_to(PACKAGE).as_posix(): name
        for path in modules()
        if room_of(path) != room
        for name in imports_of(path)
        if name.startswith(inside) and name.removeprefix(inside) not in DOORS[room]
    }

    assert around == {}


@pytest.mark.parametrize("room", sorted(INSIDE))
def test_inside_of_a_room_a_folder_imports_only_from_lower_ones(room: str) -> None:
    floors = {name: floor for floor, name in enumerate(INSIDE[room])}
    upward = {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in modules()
        if room_of(path) == room
        for name in imports_of(path)
        if name.startswith(f"arxiv_watch.{room}.")
        if floors[name.split(".")[2]] > floors[path.relative_to(PACKAGE / room).with_suffix("").parts[0]]
    }

    assert upward == set()


def world_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            names.add(".".join(ast.unparse(node).split(".")[-2:]))
    return names & WORLD


def test_clock_environment_and_network_are_touched_at_the_rim_alone() -> None:
    touched = {path.relative_to(PACKAGE).as_posix(): world_of(path) for path in modules()}

    assert {module: names for module, names in touched.items() if names} == RIM
