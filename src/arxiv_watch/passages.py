"""Where a classifier's terms stand in a text, so that a reader sees what spoke for a paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Between two words of a term. The classifier leaves out letters that stand alone, and nothing parts Han
# characters: "tensor parallelism" is in "tensor-parallelism", "vitamin deficiency" in "vitamin C deficiency".
_BETWEEN = r"[\W_]*(?:\w[\W_]+)?"
_LATIN = r"[^\W\u2e80-\uffff]"  # a letter of a script that parts its words: "a" and "é", neither "模" nor "-"


def find_terms(text: str, terms: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where terms stand in a text, as start and end, in order and without overlap.

    Args:
        text: Any text.
        terms: Lower-case words, or several parted by spaces, as `Evidence.terms` has them. A plural counts.
    """
    patterns = [_pattern(term.split()) for term in terms if term.strip()]
    if not patterns:
        return
    alternatives = "|".join(sorted(patterns, key=len, reverse=True))  # of "cache" and "kv cache" the second
    whole = re.compile(alternatives, re.IGNORECASE)
    for match in whole.finditer(text):
        yield match.span()


def _pattern(words: list[str]) -> str:
    """Return what matches a term: borders are where its own letters are parted, so "推理" is in "LLM推理"."""
    start = rf"(?<!{_LATIN})" if re.match(_LATIN, words[0]) else ""
    end = rf"(?:e?s)?(?!{_LATIN})" if re.match(_LATIN, words[-1][-1]) else ""
    return start + _BETWEEN.join(map(re.escape, words)) + end
