"""Heading paths: every heading above an entry, outermost first, a title heading included."""

from __future__ import annotations

import difflib
import json
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from arxiv_watch.errors import UsageError

HeadingPath = tuple[str, ...]

SEPARATOR = ">"
_ARRAY = re.compile(r"\s*\[(?!\s*\d+\s*\])")  # matches the "[" of '["A", "B"]', not of the heading "[2024]"
LONGEST_PATH = 5000  # characters: the longest of a known list has 200


def parse_path(text: str) -> HeadingPath:
    """Read a heading path written as `A > B` or as a JSON array.

    The array form is for headings that hold a `>` themselves.

    Raises:
        UsageError: `text` is empty, too long, or not a JSON array of strings.
    """
    if len(text) > LONGEST_PATH:
        raise UsageError(f"heading path {text[:50]!r}… is longer than {LONGEST_PATH} characters")
    if _ARRAY.match(text):
        try:
            parts = json.loads(text)
        except json.JSONDecodeError:
            parts = None
        except RecursionError:
            parts = [None]  # deeper than any array of strings
        if parts and isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            return tuple(parts)
        if parts is not None:
            raise UsageError(f"heading path {text!r} is not a JSON array of strings")
    path = tuple(part.strip() for part in text.split(SEPARATOR))
    if not all(path):
        raise UsageError(f"heading path {text!r} has an empty part", 'write it as "A > B"')
    return path


def format_path(path: HeadingPath) -> str:
    """Write a heading path the way `parse_path` reads it."""
    if any(SEPARATOR in part for part in path) or (path and path[0].startswith("[")):
        return json.dumps(path, ensure_ascii=False)
    return f" {SEPARATOR} ".join(path)


def resolve_path(asked: HeadingPath, known: Sequence[HeadingPath]) -> HeadingPath:
    """Find the one known path that is `asked` or ends with it.

    Raises:
        UsageError: No path fits, or more than one does; the message lists the candidates.
    """
    if asked in known:
        return asked
    unique = list(dict.fromkeys(known))
    fits = [path for path in unique if path[-len(asked) :] == asked] or [
        path for path in unique if any(_flat(path[start:]) == asked for start in range(len(path)))
    ]
    if len(fits) == 1:
        return fits[0]
    name = format_path(asked)
    if not fits:
        raise UsageError(f"no heading {name!r} in the list", "`arxiv-watch list show` prints them all")
    listing = "; ".join(format_path(path) for path in fits)
    raise UsageError(f"heading {name!r} fits {len(fits)} headings", f"name one of them: {listing}")


def _flat(path: HeadingPath) -> HeadingPath:
    """Return what `parse_path` makes of a path joined by separators: a `>` in a heading parts it too."""
    return tuple(part.strip() for heading in path for part in heading.split(SEPARATOR))


def find_paths(pattern: str, paths: Iterable[HeadingPath]) -> list[HeadingPath]:
    """Return the paths that a pattern of the config means: a heading, and all below it.

    Where the list has headings of just these words they are meant, and else the words are globs.
    """
    wanted, known = parse_path(pattern), list(paths)
    exact = [path for path in known if _holds(path, wanted, operator.eq)]
    return exact or [path for path in known if _holds(path, wanted, fnmatchcase)]


def _holds(path: HeadingPath, wanted: HeadingPath, fits: Callable[[str, str], bool]) -> bool:
    return any(all(map(fits, path[start:], wanted)) for start in range(len(path) - len(wanted) + 1))


def common_prefix(paths: Iterable[HeadingPath]) -> HeadingPath:
    """Return the headings that all paths begin with; what is left of each path is never empty."""
    several = list(paths)
    prefix: list[str] = []
    for parts in zip(*(path[:-1] for path in several), strict=False):
        if len(set(parts)) > 1:
            break
        prefix.append(parts[0])
    return tuple(prefix)


def select_paths(
    paths: Iterable[HeadingPath], include: Sequence[str], exclude: Sequence[str]
) -> list[HeadingPath]:
    """Keep the paths that an include pattern means (all, if there is none) and no exclude pattern does."""
    known = list(paths)
    kept = {path for pattern in include for path in find_paths(pattern, known)} if include else {*known}
    kept -= {path for pattern in exclude for path in find_paths(pattern, known)}
    return [path for path in known if path in kept]


def unmatched(key: str, patterns: Iterable[str], paths: Iterable[HeadingPath]) -> list[str]:
    """Say of each pattern under a key of the config that it fits none of the paths, and which is near."""
    known = list(paths)
    parts = (path[start:end] for path in known for end in range(1, len(path) + 1) for start in range(end))
    names = {name.casefold(): name for name in map(format_path, parts)}
    messages = []
    for pattern in patterns:
        if not find_paths(pattern, known):
            close = difflib.get_close_matches(pattern.casefold(), names, n=1)
            messages.append(
                f"{key}: {pattern!r} fits no heading for papers"
                + (f"; did you mean {names[close[0]]!r}?" if close else "")
            )
    return messages
