"""The house rules that a program can check: class names, docstrings, units, errors, patterns, words."""

from __future__ import annotations

import ast
import importlib
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import arxiv_watch
from docs_support import ROOT

SOURCE = Path(arxiv_watch.__file__).parent  # the checkout, or the wheel that is tested
MODULES = sorted(SOURCE.rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef
OURS = re.compile(r"(?:ArxivWatch|Usage|Config|List|EditRefused|ArxivUnavailable|ArxivStale|GitHub)Error")
# A number with one of these names means nothing without its unit.
QUANTITIES = {
    "seconds": "second",
    "timeout": "second",
    "interval": "second",
    "floor": "second",
    "days": "day",
    "minutes": "minute",
    "hours": "hour",
}
FORBIDDEN = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp)/[\w.-]+")
# Paths of containers and of systems in general, not of a developer's machine.
NOT_A_MACHINE = re.compile(r"/home/(?:runner|arxiv-watch|user|you)\b")


@dataclass(frozen=True)
class Place:
    """A definition and where it stands."""

    module: str
    name: str
    node: ast.AST

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


def definitions(path: Path) -> Iterator[Place]:
    """Yield the module, its classes and its functions, methods of classes included."""
    module = path.relative_to(SOURCE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield Place(module, "", tree)
    yield from _below(module, "", tree)


def _below(module: str, prefix: str, node: ast.AST) -> Iterator[Place]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function):
            name = f"{prefix}{child.name}"
            yield Place(module, name, child)
            if isinstance(child, ast.ClassDef):
                yield from _below(module, f"{name}.", child)


PLACES = [place for path in MODULES for place in definitions(path)]
PUBLIC = [place for place in PLACES if not re.search(r"(?:^|[./])_", place.name)]
FUNCTIONS = [place for place in PLACES if isinstance(place.node, Function)]


def docstring(place: Place) -> str:
    assert isinstance(place.node, ast.Module | ast.ClassDef | Function)
    return ast.get_docstring(place.node) or ""


def is_overload_or_setter(place: Place) -> bool:
    names = {ast.unparse(one) for one in getattr(place.node, "decorator_list", ())}
    return any(name.endswith((".setter", "overload")) for name in names)


def test_every_public_name_says_in_a_sentence_what_it_is() -> None:
    silent = [
        str(place)
        for place in PUBLIC
        if not is_overload_or_setter(place)
        and not re.fullmatch(r"(?:arXiv|[^a-z\s]).*[.:?]", docstring(place).partition("\n")[0])
    ]

    assert silent == []


def test_every_module_says_what_it_is_for() -> None:
    assert [place.module for place in PLACES if not place.name and not docstring(place)] == []


def test_no_class_name_is_used_twice() -> None:
    """A reader who greps for a class finds one."""
    rooms: dict[str, set[str]] = {}
    for place in PLACES:
        if isinstance(place.node, ast.ClassDef):
            rooms.setdefault(place.node.name, set()).add(place.module)

    assert {name for name, modules in rooms.items() if len(modules) > 1} == set()


def test_quantities_have_a_unit() -> None:
    silent = [
        f"{place}: {argument.arg}"
        for place in PUBLIC
        if isinstance(place.node, Function)
        for argument in (*place.node.args.args, *place.node.args.kwonlyargs)
        if argument.annotation is not None and ast.unparse(argument.annotation) in {"float", "int"}
        for word, unit in QUANTITIES.items()
        if word in argument.arg.split("_") and unit not in f"{argument.arg} {docstring(place)}".lower()
    ]

    assert silent == []


def test_our_errors_are_reported_by_what_other_rooms_call() -> None:
    called = called_from_outside()
    silent = [
        f"{place}: {name}"
        for place in PUBLIC
        if isinstance(place.node, Function)
        if is_command(place) or (dotted(place.module), place.name.partition(".")[0]) in called
        for name in sorted(raised_in(place.node))
        if "Raises:" not in docstring(place)
    ]

    assert silent == []


def called_from_outside() -> set[tuple[str, str]]:
    """Return the functions and classes, each with its module, that a room's door or another room imports."""
    return {
        (node.module, alias.name)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("arxiv_watch.")
        if path.name == "__init__.py"
        or node.module.split(".")[1] != path.relative_to(SOURCE).with_suffix("").parts[0]
        for alias in node.names
    }


def dotted(module: str) -> str:
    return f"arxiv_watch/{module}".removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_command(place: Place) -> bool:
    """Return whether the command line calls a function by the name of a command."""
    given = [one.arg for one in place.node.args.args] if isinstance(place.node, Function) else []
    return place.module.startswith("cli/") and given == ["context", "arguments"]


def raised_in(function: ast.AST) -> set[str]:
    """Return our errors that a function raises itself and does not catch."""
    raised = {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        for name in [node.exc.func]
        if isinstance(name, ast.Name) and OURS.fullmatch(name.id)
    }
    caught = {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for name in ast.walk(node.type)
        if isinstance(name, ast.Name)
    }
    return raised - caught


# Matches `# Matches "2104.12255v1"` and `# matches the end of 'Papers [12]'`, of several lines too.
EXAMPLE = re.compile(r"""\b[Mm]atches\b[^"']*(?P<quote>["'])(?P<text>.+?)(?P=quote)(?![\w])""", re.DOTALL)
# Matches what a comment writes for a character that nobody sees: "\x01", "\u2028" and "\n".
UNSEEN = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\n(?![a-z])")

SHORT = 7  # characters of a pattern such as `[^\W_]+`, which says itself what it matches
TOO_LONG_TO_SHOW = {b"<[^<>]{8192}"}


def comments(path: Path) -> dict[int, str]:
    """Return the comment of each line of a module that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return {one.start[0]: one.string.lstrip("# ") for one in tokens if one.type == tokenize.COMMENT}


def compiled(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls with a pattern, but for those of variable text, each with an expression for it."""
    within = {inner for outer in ast.walk(tree) if isinstance(outer, Function) for inner in ast.walk(outer)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), "compile")) if node not in within:
                yield node, ast.unparse(node)
            case ast.Call(ast.Attribute(ast.Name("re")), [ast.Constant(str(source)), *_]) if (
                len(source) > SHORT
            ):
                yield node, f"re.compile({source!r})"


def beside(call: ast.Call, lines: list[str], told: dict[int, str]) -> str:
    """Return the comments above a pattern and on its lines."""
    first = call.lineno
    while lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return " ".join(told[line] for line in range(first, (call.end_lineno or first) + 1) if line in told)


def without_example(path: Path) -> Iterator[str]:
    """Yield the patterns of a module that have no example beside them, or one that they do not match."""
    text, told = path.read_text(encoding="utf-8"), comments(path)
    name = ".".join(("arxiv_watch", *path.relative_to(SOURCE).with_suffix("").parts))
    for call, expression in compiled(ast.parse(text)):
        shown = EXAMPLE.search(beside(call, text.splitlines(), told))
        pattern = eval(expression, vars(importlib.import_module(name)))  # noqa: S307 - our own source
        example = UNSEEN.sub(
            lambda found: found[0].encode().decode("unicode_escape"), shown["text"] if shown else ""
        )
        match = pattern.search(example.encode() if isinstance(pattern.pattern, bytes) else example)
        if pattern.pattern not in TOO_LONG_TO_SHOW and not (match and match[0]):
            yield f"{name}:{call.lineno}: {example!r}"


def test_every_pattern_has_an_example_beside_it_that_it_matches() -> None:
    assert [found for path in MODULES for found in without_example(path)] == []


def test_each_exception_from_a_lint_rule_has_its_reason() -> None:
    told = [(path, comment) for path in MODULES for comment in comments(path).values() if "noqa" in comment]

    assert [pair for pair in told if not re.match(r"noqa: [A-Z]+\d+ - \w", pair[1])] == []


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("needs a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if path.is_file():
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a picture


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path, text in texts()
        for word in FORBIDDEN
        if re.search(rf"\b{word}\b", text) and path.name not in {"pyproject.toml", "llm-inference.md"}
    ]

    assert found == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in texts()
        for match in MACHINE.finditer(text)
        if not NOT_A_MACHINE.match(match[0])
    ]

    assert found == []
