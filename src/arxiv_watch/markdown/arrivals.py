"""With which commit each line of a file came, told from the diffs back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from arxiv_watch.markdown.diffs import Hunk

_ADDRESS = re.compile(rb"https?://[^\s<>|\[\]\"'`()]+")  # matches "https://arxiv.org/abs/2407.12391"
_WORD = re.compile(rb"[\w-]{3,}")  # matches "Serving"
_SHORTEST = 20  # bytes of a line that is known again by its text
_MOST_COMPARED = 2_000  # lines; more that changed since the last commit are taken for new


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """With which change each line of a file came to its place.

    Attributes:
        ages: For each line the number of its change, counted back from the last one.
        moved: The lines, from 0, that stood elsewhere before.
        read: How many changes were read; it is the age of lines that are older than all of them.
    """

    ages: tuple[int, ...]
    moved: frozenset[int]
    read: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Lines of today's file that stand together in an older one: the first in each, and how many."""

    old: int
    now: int
    count: int


class Tracer:
    """Follows the lines of a file back through its changes, newest first."""

    def __init__(self, lines: int) -> None:
        self._spans = [_Span(0, 0, lines)] if lines else []
        self._ages: list[int | None] = [None] * lines
        self._moved: set[int] = set()
        self._step = 0

    def step(self, hunks: Sequence[Hunk]) -> None:
        """Go back over one change; without hunks it was to other files."""
        if hunks:
            taken = {key for hunk in hunks for line in hunk.old if (key := _key(line))}
            self._spans = list(self._back(hunks, taken))
        self._step += 1

    def arrivals(self) -> Arrivals:
        """Return what was found."""
        ages = tuple(self._step if age is None else age for age in self._ages)
        return Arrivals(ages, frozenset(self._moved), self._step)

    def _back(self, hunks: Sequence[Hunk], taken: set[bytes]) -> Iterator[_Span]:
        """Yield where the lines that are still followed stood before a change."""
        rest = iter(hunks)
        hunk = next(rest, None)
        shift = 0
        queue = self._spans[::-1]
        while queue:
            span = queue.pop()
            while hunk and hunk.new_start + len(hunk.new) <= span.old:
                shift += len(hunk.old) - len(hunk.new)
                hunk = next(rest, None)
            if hunk is None or span.old + span.count <= hunk.new_start:
                yield _Span(span.old + shift, span.now, span.count)
                continue
            above = max(hunk.new_start - span.old, 0)
            if above:
                yield _Span(span.old + shift, span.now, above)
            first = span.old + above - hunk.new_start
            inside = min(len(hunk.new) - first, span.count - above)
            yield from self._arrive(hunk, range(first, first + inside), span.now + above, taken)
            if below := span.count - above - inside:
                done = above + inside
                queue.append(_Span(span.old + done, span.now + done, below))

    def _arrive(self, hunk: Hunk, lines: range, now: int, taken: set[bytes]) -> Iterator[_Span]:
        """Note the lines that came with a hunk; yield those that were only rewritten in it."""
        rewritten = _rewritten(hunk)
        for place, line in enumerate(lines, now):
            if line in rewritten:
                yield _Span(hunk.old_start + rewritten[line], place, 1)
                continue
            self._ages[place] = self._step
            if _key(hunk.new[line]) in taken:
                self._moved.add(place)


def _key(line: bytes) -> bytes | None:
    """Return by what a line is known again: its first address, or its text."""
    found = _ADDRESS.search(line)
    text = found[0] if found else line.strip().lower()
    return text if found or len(text) >= _SHORTEST else None


def _rewritten(hunk: Hunk) -> Mapping[int, int]:
    """Pair the lines of a hunk that are others in new words, in their order."""
    before = {key: index for index, line in enumerate(hunk.old) if (key := _key(line))}
    in_step = len(hunk.old) == len(hunk.new)
    pairs: dict[int, int] = {}
    last = -1
    for index, line in enumerate(hunk.new) if hunk.old else ():
        old = before.get(_key(line) or b"", -1)
        if old < 0 and in_step and _is_alike(hunk.old[index], line):
            old = index
        if old > last:
            pairs[index] = last = old
    return pairs


def _is_alike(one: bytes, other: bytes) -> bool:
    """Tell whether two lines share more than half of their words."""
    words = [set(_WORD.findall(text.lower())) for text in (one, other)]
    return 2 * len(words[0] & words[1]) > max(map(len, words))


def align(before: Sequence[bytes], now: Sequence[bytes]) -> list[Hunk]:
    """Return what was changed in a file since its last commit, for `Tracer.step`."""
    top = 0
    while top < min(len(before), len(now)) and before[top] == now[top]:
        top += 1
    end = 0
    while end < min(len(before), len(now)) - top and before[-1 - end] == now[-1 - end]:
        end += 1
    old, new = before[top : len(before) - end], now[top : len(now) - end]
    if len(old) + len(new) > _MOST_COMPARED:
        return [Hunk(top, top, tuple(old), tuple(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(top + start, top + new_start, tuple(old[start:end]), tuple(new[new_start:new_end]))
        for kind, start, end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]
