"""Heading paths: every heading above an entry, outermost first, a title heading included."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from arxiv_watch.errors import UsageError

HeadingPath = tuple[str, ...]

SEPARATOR = ">"


def parse_path(text: str) -> HeadingPath:
    """Read a heading path written as `A > B` or as a JSON array.

    The array form is for headings that hold a `>` themselves.

    Raises:
        UsageError: `text` is empty or not a JSON array of strings.
    """
    if text.lstrip().startswith("["):
        try:
            parts = json.loads(text)
        except json.JSONDecodeError:
            parts = None
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


def matches_path(pattern: str, path: HeadingPath) -> bool:
    """Return whether a pattern of the config, globs allowed, means this path or one above it."""
    wanted = parse_path(pattern)
    return any(
        all(fnmatchcase(part, glob) for part, glob in zip(path[start:], wanted, strict=False))
        for start in range(len(path) - len(wanted) + 1)
    )


def select_paths(
    paths: Iterable[HeadingPath], include: Sequence[str], exclude: Sequence[str]
) -> list[HeadingPath]:
    """Keep the paths that an include pattern means (all, if there is none) and no exclude pattern does."""
    return [
        path
        for path in paths
        if (not include or any(matches_path(pattern, path) for pattern in include))
        and not any(matches_path(pattern, path) for pattern in exclude)
    ]
