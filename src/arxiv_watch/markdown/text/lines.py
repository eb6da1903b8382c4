"""Bytes as lines and back: nothing of a file is lost, whatever its endings and encoding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")  # matches "- A line\n", its ending too
_ENDING = re.compile(r"\r\n|\n|\r")  # matches "\n"
BOM = "\ufeff"


def decode(data: bytes) -> str:
    """Decode UTF-8; bytes that are not UTF-8 survive as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Undo `decode`."""
    return text.encode("utf-8", "surrogateescape")


def split_lines(text: str) -> list[str]:
    r"""Split into lines with their endings; only `\n`, `\r\n` and `\r` end a line, as in CommonMark."""
    return [line for line in _LINE.findall(text) if line]


def dominant_newline(text: str) -> str:
    r"""Return the ending of most lines; `\n` where there is none."""
    counts = Counter(_ENDING.findall(text))
    return max(counts, key=lambda ending: counts[ending], default="\n")


def strip_ending(line: str) -> str:
    """Cut the line ending off a line."""
    return line.rstrip("\r\n")


_CONTEXT = 3  # lines around a change, as git shows
_NO_NEWLINE = "\\ No newline at end of file\n"


def splice(lines: Sequence[str], inserted: Mapping[int, Sequence[str]], newline: str) -> list[str]:
    """Insert lines before the lines of the given indices; a missing final newline is added where needed."""
    spliced: list[str] = []
    position = 0
    for index in sorted(inserted):
        spliced += lines[position:index]
        if spliced and not _ends(spliced[-1]):
            spliced[-1] += newline
        spliced += inserted[index]
        position = index
    return [*spliced, *lines[position:]]


def unified_diff(path: str, lines: Sequence[str], inserted: Mapping[int, Sequence[str]], newline: str) -> str:
    """Show an insertion the way `git diff` does, line endings as they are."""
    head = f"--- a/{path}\n+++ b/{path}\n"
    added = 0
    hunks = []
    for points in _clusters(sorted(inserted), lines):
        start = max(_first_changed(points[0], lines) - _CONTEXT, 0)
        end = min(points[-1] + _CONTEXT, len(lines))
        body = "".join(_hunk(lines, {point: inserted[point] for point in points}, (start, end), newline))
        more = sum(len(inserted[point]) for point in points)
        length = end - start
        old = _range(start if length else -1, length)
        hunks.append(f"@@ -{old} +{_range(start + added, length + more)} @@\n{body}")
        added += more
    return head + "".join(hunks) if hunks else ""


def _range(start: int, length: int) -> str:
    """Write where a hunk starts, counted from 0, and how long it is, unless that is one line."""
    return f"{start + 1}" if length == 1 else f"{start + 1},{length}"


def _first_changed(point: int, lines: Sequence[str]) -> int:
    """Return the first line that an insertion changes: the one before, too, if it gets its final newline."""
    return point - 1 if point and not _ends(lines[point - 1]) else point


def _clusters(points: Sequence[int], lines: Sequence[str]) -> Iterator[list[int]]:
    """Gather the insertions that are so near to one another that they make one hunk."""
    cluster: list[int] = []
    for point in points:
        if cluster and _first_changed(point, lines) - cluster[-1] > 2 * _CONTEXT:
            yield cluster
            cluster = []
        cluster.append(point)
    if cluster:
        yield cluster


def _hunk(
    lines: Sequence[str], inserted: Mapping[int, Sequence[str]], window: tuple[int, int], newline: str
) -> Iterator[str]:
    start, end = window
    for index in range(start, end + 1):
        yield from (f"+{line}" for line in inserted.get(index, ()))
        if index == end:
            return
        line = lines[index]
        if _ends(line):
            yield f" {line}"
        elif index + 1 in inserted:
            yield from (f"-{line}\n", _NO_NEWLINE, f"+{line}{newline}")
        else:
            yield from (f" {line}\n", _NO_NEWLINE)


def _ends(line: str) -> bool:
    return strip_ending(line) != line
