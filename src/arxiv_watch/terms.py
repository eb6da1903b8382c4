"""Terms in texts the way people write them: a maintainer's in papers, a classifier's where they stand.

For a rule's terms case, accents, kinds of hyphens and whether there is one, plurals and TeX make no
difference: "KV cache" is in "kv‑caches", "pre-training" in "pretraining". Where a script parts no words, a
term needs no borders: "推理" is in "LLM推理".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from arxiv_watch.tex import decode_accents

# Matches "-" and "\u2011" (which does not break), dashes and the minus sign, with the end of a line.
_HYPHEN = re.compile(r"[-\u2010-\u2015\u2212]\s*")
# TeX's marks, the soft hyphen and the space of no width go; of apostrophes one kind is left: "O\u2019Brien".
_DROPPED = str.maketrans("\u2018\u2019", "''", "${}\u00ad\u200b")
# Letters whose strokes Unicode takes for no accents, as in "Łukasz", "Søren" and "Yıldız"; Đ is one too.
_STROKES = str.maketrans("\u00f8\u0142\u0111\u0131", "oldi")
# A letter of a script that parts its words: "a" and "é", neither "模" nor "-".
_LETTER = r"[^\W_\u0e00-\u0eff\u2e80-\uffff]"
# Matches the hyphen of "DeepSeek-AI", not that of "Li-Ang": capitals alone are no half of a person's name.
_TEAM_HYPHEN = re.compile(r"-(?=[A-Z]{2,}\b)")
_LONG = 4  # letters, from which on an "s" at the end can be a plural's


# Between two words of a classifier's term. It leaves out letters that stand alone, and nothing parts Han
# characters: "tensor parallelism" is in "tensor-parallelism", "vitamin deficiency" in "vitamin C deficiency".
_BETWEEN = r"[\W_]*(?:\w[\W_]+)?"


def first_held(terms: Collection[str], *texts: str) -> str | None:
    """Return the first term that stands in one of the texts as whole words, or None."""
    spellings = [spelling for text in texts for spelling in _spellings(text)] if terms else []
    for term in terms:
        patterns = _patterns(term)
        if any(pattern.search(each) for pattern in patterns for each in spellings):
            return term
    return None


def first_named(terms: Collection[str], names: Iterable[str]) -> str | None:
    """Return the first term that is one of the names, or whole words of one, or None.

    A name has no plural, and its hyphens join: "Li" is in "Wei Li", neither in "Liang" nor in "Li-Ang Chen",
    and "Jun Wei Li" is "Jun-Wei Li", which "Wei Li" is not. Teams have others: "DeepSeek" is "DeepSeek-AI".
    """
    folded = [_spellings(_TEAM_HYPHEN.sub(" ", name)) for name in names] if terms else []
    for term in terms:
        spaced, joined = _spellings(term)
        words = re.compile(_bordered(joined, re.escape(joined)))
        if joined and any(spaced == other or words.search(name) for other, name in folded):
            return term
    return None


def find_terms(text: str, terms: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where terms stand in a text, as start and end, in order and without overlap.

    Args:
        text: Any text.
        terms: Lower-case words, or several parted by spaces, as `Evidence.terms` has them. A plural counts.
    """
    patterns = []
    for words in filter(None, map(str.split, terms)):
        whole = _BETWEEN.join(map(re.escape, words))
        plural = "(?:e?s)?" if re.match(_LETTER, words[-1][-1]) else ""
        patterns.append(_bordered(" ".join(words), whole + plural))
    if not patterns:
        return
    alternatives = "|".join(sorted(patterns, key=len, reverse=True))  # of "cache" and "kv cache" the second
    for match in re.compile(alternatives, re.IGNORECASE).finditer(text):
        yield match.span()


def _bordered(term: str, pattern: str) -> str:
    """Return a pattern that matches a term as whole words, as far as its script parts words."""
    start = rf"(?<!{_LETTER})" if re.match(_LETTER, term[:1]) else ""
    end = rf"(?!{_LETTER})" if re.match(_LETTER, term[-1:]) else ""
    return start + pattern + end


def _spellings(text: str) -> tuple[str, str]:
    """Return a text folded, once with a space in place of each hyphen and once without any."""
    folded = unicodedata.normalize("NFKD", decode_accents(text).translate(_DROPPED)).casefold()
    folded = folded.translate(_STROKES)
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    folded = unicodedata.normalize("NFC", folded)  # syllables of Hangul are letters once more
    return " ".join(_HYPHEN.sub(" ", folded).split()), " ".join(_HYPHEN.sub("", folded).split())


@lru_cache(maxsize=1024)
def _patterns(term: str) -> tuple[re.Pattern[str], ...]:
    spellings = {spelling for spelling in _spellings(term) if spelling}
    return tuple(re.compile(_pattern(spelling)) for spelling in sorted(spellings))


def _pattern(spelling: str) -> str:
    *before, last = spelling.split()
    forms = sorted(set(_forms(last)), key=len, reverse=True)
    whole = r"\s".join([*map(re.escape, before), f"(?:{'|'.join(map(re.escape, forms))})"])
    return _bordered(spelling, whole)


def _forms(word: str) -> Iterator[str]:
    """Yield a word with its regular plurals, and with its singular where it looks like a plural."""
    yield word
    if not re.match(_LETTER, word[-1]):
        return
    yield from (f"{word}s", f"{word}es")
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
    if len(word) >= _LONG and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
        if word.endswith("ies"):
            yield f"{word[:-3]}y"
        if word.endswith(("ses", "xes", "zes", "ches", "shes")):
            yield word[:-2]
