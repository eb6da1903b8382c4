"""No pattern of the package takes more than linear time, whatever text it is shown.

Growth is measured, not speed: what a text of four times the length takes is compared with what the text
takes, in processor time of this process alone.
"""

from __future__ import annotations

import importlib
import itertools
import os
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from types import FrameType, ModuleType
from typing import Any

import pytest

import arxiv_watch

# Linear work grows fourfold with a text of four times the length, quadratic work sixteenfold.
STEP, MOST = 4, 8
LENGTH = 100_000 // STEP**2  # characters of the shortest of three texts
NOTICEABLE = 0.001  # seconds for the shortest text; what takes less is not measured again
CEILING = 2.0  # seconds of processor time for one text

# Texts that a pattern is shown; `PATTERN_TEXTS=1000 pytest tests/test_patterns.py` shows it all of them.
PUMPS = int(os.environ.get("PATTERN_TEXTS", "80"))

SOURCE = Path(arxiv_watch.__file__).parent
# What cannot be read off a module's text: a text is asked whether it begins so, at one place.
USED = {"markdown.text.titles:_SHORT_TAG": ("match",)}
# `<!--` is looked for only in a text that ends in `-->`.
SHOWN_LESS = {"markdown.text.inline:_COMMENT"}
USUAL = " \t\na A7中"
ENDS = ("!", "\n")
# Matches "from re import match" and "from re import (\n    match,\n)".
IMPORTS = re.compile(r"^from [\w.]+ import (?:\([^()]*\)|.*)$", re.MULTILINE)
METHODS = "match|fullmatch|search|sub|subn|split|findall|finditer"
ALL_OVER = {"sub", "subn", "split", "finditer"}
Node = tuple[Any, Any]


@dataclass(frozen=True)
class Named:
    """A compiled pattern, where it stands, and the methods that are called on it."""

    name: str
    pattern: re.Pattern[str] | re.Pattern[bytes]
    methods: tuple[str, ...]


def modules() -> Iterator[ModuleType]:
    """Yield every module of the package."""
    for found in pkgutil.walk_packages(arxiv_watch.__path__, "arxiv_watch."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def compiled(value: object, attribute: str = "", depth: int = 4) -> Iterator[tuple[re.Pattern[Any], str]]:
    """Yield the patterns in a value, each with the attribute of our object that holds it, or an empty one."""
    if isinstance(value, re.Pattern):
        yield value, attribute
    elif depth and isinstance(value, dict):
        for part in value.values():
            yield from compiled(part, attribute, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from compiled(part, attribute, depth - 1)
    elif depth and type(value).__module__.startswith("arxiv_watch"):
        slots = getattr(type(value), "__slots__", ())
        names = [*getattr(value, "__dict__", {}), *((slots,) if isinstance(slots, str) else slots)]
        for name in names:
            yield from compiled(getattr(value, name, None), name, depth - 1)


def methods(source: str, name: str) -> tuple[str, ...]:
    """Return what is called on a pattern, or on any variable of its module where it is passed on."""
    own = r"\b(?<!\.)" + re.escape(name)
    called = re.findall(rf"{own}\.({METHODS})\b", source)
    if not called or re.search(rf"{own}\b(?!\.| =|: )", source):
        passed = re.findall(rf"(?:\b(?!re\.)[a-z]\w*(?:\.pattern)?|\))\.({METHODS})\(", source)
        called += [one for one in passed if one != "split"]  # which is a string's
    return _each(called)


def methods_of(attribute: str, sources: Iterable[str]) -> tuple[str, ...]:
    """Return what is called on the patterns that an attribute of objects holds, anywhere in the package."""
    return _each(one for source in sources for one in re.findall(rf"\.{attribute}\.({METHODS})\b", source))


def _each(called: Iterable[str]) -> tuple[str, ...]:
    used = {"findall" if one in ALL_OVER else one for one in called}
    return tuple(sorted(used - {"search"} if "findall" in used else used))


def patterns() -> list[Named]:
    """Return every pattern at the level of a module or class, each once."""
    found: dict[tuple[Any, int], Named] = {}
    sources = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    for module in modules():
        source = IMPORTS.sub("", Path(str(module.__file__)).read_text(encoding="utf-8"))
        own = {
            name: value for name, value in vars(module).items() if not isinstance(value, type | ModuleType)
        }
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__:
                own |= {f"{kind.__name__}.{name}": value for name, value in vars(kind).items()}
        for name, value in own.items():
            for pattern, attribute in compiled(value):
                where = f"{module.__name__.removeprefix('arxiv_watch.')}:{name}"
                entry = found.setdefault((pattern.pattern, pattern.flags), Named(where, pattern, ()))
                own_name = name.rpartition(".")[2]
                used = methods_of(attribute, sources) if attribute else methods(source, own_name)
                merged = tuple(sorted({*entry.methods, *used}))
                found[pattern.pattern, pattern.flags] = Named(entry.name, pattern, merged)
    # What is only put into other patterns is searched for as it is.
    return [each if each.methods else replace(each, methods=("search",)) for each in found.values()]


def tree(pattern: re.Pattern[Any]) -> list[Node]:
    """Parse a pattern's source."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    return list(parser.parse(source, pattern.flags & ~re.UNICODE))


def accepted(node: Node) -> str:
    """Return a character that a literal, class or dot accepts."""
    code, argument = node
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return next(one for one in "a b" if ord(one) != argument)
    if code is codes.ANY:
        return "a"
    return next((one for one in characters(argument) if in_class(one, argument)), "")


def characters(parts: list[Node]) -> Iterator[str]:
    """Yield the characters that a class names, and the usual ones."""
    for code, argument in parts:
        if code is codes.LITERAL:
            yield chr(argument)
        elif code is codes.RANGE:
            yield chr(argument[0])
    yield from "a 7A\t\n-.é中["


def in_class(one: str, parts: list[Node]) -> bool:
    """Tell whether a class of characters has this one."""
    kinds = {
        codes.CATEGORY_SPACE: str.isspace,
        codes.CATEGORY_DIGIT: str.isdigit,
        codes.CATEGORY_WORD: lambda text: text.isalnum() or text == "_",
        codes.CATEGORY_NOT_SPACE: lambda text: not text.isspace(),
        codes.CATEGORY_NOT_DIGIT: lambda text: not text.isdigit(),
        codes.CATEGORY_NOT_WORD: lambda text: not (text.isalnum() or text == "_"),
    }
    inside = any(
        (code is codes.LITERAL and ord(one) == argument)
        or (code is codes.RANGE and argument[0] <= ord(one) <= argument[1])
        or (code is codes.CATEGORY and kinds[argument](one))
        for code, argument in parts
    )
    return inside != any(code is codes.NEGATE for code, _ in parts)


def example(nodes: Iterable[Node]) -> str:
    """Return a short text of the form that a pattern asks for; what looks around is left out."""
    return "".join(_example(node) for node in nodes)


def _example(node: Node) -> str:
    code, argument = node
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        return example(argument[2]) * max(1, argument[0])
    if code is codes.SUBPATTERN:
        return example(argument[3])
    if code is codes.ATOMIC_GROUP:
        return example(argument)
    if code is codes.BRANCH:
        return example(argument[1][0])
    if code in {codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN}:
        return accepted(node)
    return ""


def repeats(nodes: Iterable[Node], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield each repeated part with an example of what must stand before it."""
    for code, argument in nodes:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            if argument[1] > MOST:
                yield before, example(argument[2])
                yield before, "".join(dict.fromkeys(filter(None, map(_example, argument[2]))))
            yield from repeats(argument[2], before)
        elif code is codes.SUBPATTERN:
            yield from repeats(argument[3], before)
        elif code is codes.ATOMIC_GROUP:
            yield from repeats(argument, before)
        elif code is codes.BRANCH:
            for branch in argument[1]:
                yield from repeats(branch, before)
                yield before, example(branch)
        elif code in {codes.ASSERT, codes.ASSERT_NOT}:
            yield from repeats(argument[1], before)
        before += _example((code, argument))


def pumps(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """Return what is repeated at length to make a pattern slow, each with what stands before it once."""
    nodes = tree(pattern)
    found = list(repeats(nodes))
    whole = example(nodes)
    singles = [*USUAL, *(one for before, body in found for one in (body, before) if one)]
    starts = [whole, whole[:-1], *(before + body for before, body in found)]
    pairs = [one + other for one, other in itertools.pairwise(singles)]
    led = [(before, pump) for before, body in found for pump in (body, " ", "a") if before]
    alone = [("", pump) for pump in (*singles, *starts, *pairs)]
    made = [(before, pump) for before, pump in dict.fromkeys([*alone, *led]) if pump]
    return made[:: -(-len(made) // PUMPS)]


@contextmanager
def ceiling() -> Iterator[None]:
    """Raise `TimeoutError` where the process takes more than `CEILING` seconds of its processor."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CEILING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cost(apply: Callable[[Any], object], text: str | bytes) -> float:
    """Return the seconds of processor time that a pattern takes for a text."""
    begin = time.thread_time()
    try:
        with ceiling():
            apply(text)
    except TimeoutError:
        return float("inf")
    return time.thread_time() - begin


def grows(apply: Callable[[Any], object], make: Callable[[int], str | bytes]) -> bool:
    """Tell whether a text of four times the length takes more than `MOST` times as long, twice running."""
    took = cost(apply, make(LENGTH))
    if took < NOTICEABLE:
        return False
    for length in (LENGTH * STEP, LENGTH * STEP**2):
        if took == float("inf"):
            return True
        before, took = took, cost(apply, make(length))
        if took <= MOST * before:
            return False
    return True


def made(pattern: re.Pattern[Any], before: str, pump: str, end: str) -> Callable[[int], str | bytes]:
    """Return what makes a text of a length out of a repeated piece."""

    def make(length: int) -> str | bytes:
        text = before + pump * (length // len(pump)) + end
        return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")

    return make


def slow(named: Named) -> str | None:
    """Return a text that makes a pattern take more than linear time."""
    for method in USED.get(named.name, named.methods):
        apply = getattr(named.pattern, method)
        for before, pump in pumps(named.pattern):
            for end in ENDS:
                if grows(apply, made(named.pattern, before, pump, end)):
                    return f"{method} of {before!r} + {pump!r} * n + {end!r}"
    return None


PATTERNS = patterns()


def test_most_patterns_of_the_package_are_found() -> None:
    assert len(PATTERNS) > 200
    assert {"titles", "listing", "identifiers"} <= {
        named.name.partition(":")[0].rpartition(".")[2] for named in PATTERNS
    }


@pytest.mark.parametrize("pattern", [r"(?:a|a)*b", r"\s*\s*\s*y"])
def test_a_slow_pattern_is_noticed(pattern: str) -> None:
    assert slow(Named("slow", re.compile(pattern), ("search",)))


@pytest.mark.parametrize("named", PATTERNS, ids=lambda named: named.name)
def test_time_grows_with_the_length_of_the_text(named: Named) -> None:
    assert named.name in SHOWN_LESS or slow(named) is None
