"""New lines between the lines of a file, and the diff that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from arxiv_watch.markdown.lines import strip_ending

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
    for points in _clusters(sorted(inserted)):
        start, end = max(points[0] - _CONTEXT, 0), min(points[-1] + _CONTEXT, len(lines))
        body = "".join(_hunk(lines, {point: inserted[point] for point in points}, (start, end), newline))
        more = sum(len(inserted[point]) for point in points)
        length = end - start
        old = f"{start + 1 if length else 0},{length}"
        hunks.append(f"@@ -{old} +{start + added + 1},{length + more} @@\n{body}")
        added += more
    return head + "".join(hunks) if hunks else ""


def _clusters(points: Sequence[int]) -> Iterator[list[int]]:
    cluster: list[int] = []
    for point in points:
        if cluster and point - cluster[-1] > 2 * _CONTEXT:
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
