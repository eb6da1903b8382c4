"""With which commit each line of a list came to its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from arxiv_watch.markdown.history.changes import Hunk

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


class Tracer:
    """Follows the lines of a file back through its changes, newest first."""

    def __init__(self, lines: int) -> None:
        self._ages: list[int | None] = [None] * lines
        self._moved: set[int] = set()
        self._step = 0
        # For each line of the version that was reached the one of today that it became, if it did.
        self._now: list[int | None] = [*range(lines)]

    def step(self, hunks: Sequence[Hunk]) -> None:
        """Go back over one change; without hunks it was to other files."""
        taken = {key for hunk in hunks for line in hunk.old if (key := _key(line))}
        for hunk in reversed(hunks):
            changed = slice(hunk.start, hunk.start + len(hunk.new))
            before: list[int | None] = [None] * len(hunk.old)
            followed = [(index, now) for index, now in enumerate(self._now[changed]) if now is not None]
            rewritten = _rewritten(hunk) if followed else {}
            for index, now in followed:
                if index in rewritten:
                    before[rewritten[index]] = now
                    continue
                self._ages[now] = self._step
                if _key(hunk.new[index]) in taken:
                    self._moved.add(now)
            self._now[changed] = before
        self._step += 1

    def arrivals(self) -> Arrivals:
        """Return what was found."""
        ages = tuple(self._step if age is None else age for age in self._ages)
        return Arrivals(ages, frozenset(self._moved), self._step)


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
    """Return whether two lines share more than half of their words."""
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
        return [Hunk(top, tuple(old), tuple(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(top + new_start, tuple(old[start:end]), tuple(new[new_start:new_end]))
        for kind, start, end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]
