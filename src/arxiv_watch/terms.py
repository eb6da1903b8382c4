"""Terms of a maintainer's rules, and whether a text holds them the way people write them.

Case, accents, kinds of hyphens and whether there is one, plurals and TeX make no difference: "KV cache" is in
"kv‑caches", "pre-training" in "pretraining". Where a script parts no words, a term needs no borders.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from arxiv_watch.tex import decode_accents

# Matches "-" and "\u2011" (which does not break), dashes and the minus sign, with the end of a line.
_HYPHEN = re.compile(r"[-\u2010-\u2015\u2212]\s*")
# TeX's marks, the soft hyphen and the space of no width go; of apostrophes one kind is left: "O\u2019Brien".
_DROPPED = str.maketrans("\u2018\u2019", "''", "${}\u00ad\u200b")
# Letters whose strokes Unicode takes for no accents, as in "Łukasz", "Søren" and "Yıldız"; Đ is one too.
_STROKES = str.maketrans("\u00f8\u0142\u0111\u0131", "oldi")
# A letter of a script that parts its words: "a" and "é", neither "模" nor "-" (as in passages).
_LETTER = r"[^\W_\u0e00-\u0eff\u2e80-\uffff]"
_LONG = 4  # letters, from which on an "s" at the end can be a plural's


def first_held(terms: Collection[str], *texts: str, plurals: bool = True) -> str | None:
    """Return the first term that stands in one of the texts as whole words, or None.

    Args:
        terms: As the config has them.
        texts: Any texts; a term that begins in one and ends in the next is in neither.
        plurals: Whether a term stands for its plural and its singular too; names have none.
    """
    spellings = [spelling for text in texts for spelling in _spellings(text)] if terms else []
    for term in terms:
        patterns = _patterns(term, plurals=plurals)
        if any(pattern.search(each) for pattern in patterns for each in spellings):
            return term
    return None


def _spellings(text: str) -> tuple[str, str]:
    """Return a text folded, once with a space in place of each hyphen and once without any."""
    folded = unicodedata.normalize("NFKD", decode_accents(text).translate(_DROPPED)).casefold()
    folded = folded.translate(_STROKES)
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    folded = unicodedata.normalize("NFC", folded)  # syllables of Hangul are letters once more
    return " ".join(_HYPHEN.sub(" ", folded).split()), " ".join(_HYPHEN.sub("", folded).split())


@lru_cache(maxsize=1024)
def _patterns(term: str, *, plurals: bool) -> tuple[re.Pattern[str], ...]:
    spellings = {spelling for spelling in _spellings(term) if spelling}
    return tuple(re.compile(_pattern(spelling, plurals=plurals)) for spelling in sorted(spellings))


def _pattern(spelling: str, *, plurals: bool) -> str:
    *before, last = spelling.split()
    forms = sorted(set(_forms(last)), key=len, reverse=True) if plurals else [last]
    whole = r"\s".join([*map(re.escape, before), f"(?:{'|'.join(map(re.escape, forms))})"])
    start = rf"(?<!{_LETTER})" if re.match(_LETTER, spelling) else ""
    end = rf"(?!{_LETTER})" if re.match(_LETTER, spelling[-1]) else ""
    return start + whole + end


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
