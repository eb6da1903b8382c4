r"""Punctuation that people write as an escape or an entity: read as what it is, written as it was.

`\[[Paper](U)\] &middot; note` shows a bracket around a link and a dot after it. Where the parts of an entry
are told, each such spelling is one private character, so that it is neither cut in half nor lost.
"""

from __future__ import annotations

import re

_SPELLINGS = {
    r"\[": "[",
    r"\]": "]",
    r"\(": "(",
    r"\)": ")",
    r"\|": "|",
    "&#91;": "[",
    "&#93;": "]",
    "&lbrack;": "[",
    "&rbrack;": "]",
    "&lsqb;": "[",
    "&rsqb;": "]",
    "&#40;": "(",
    "&#41;": ")",
    "&#124;": "|",
    "&vert;": "|",
    "&verbar;": "|",
    "&nbsp;": " ",
    "&#160;": " ",
    "&ensp;": " ",
    "&emsp;": " ",
    "&thinsp;": " ",
    "&middot;": "·",
    "&#183;": "·",
    "&bull;": "•",
    "&#8226;": "•",
    "&mdash;": "—",
    "&ndash;": "–",
    "&rarr;": "→",
    "&mid;": "∣",
}
_FIRST = 0x10F800  # of the private characters; so high that no list writes them
_PRIVATE = {spelling: chr(_FIRST + index) for index, spelling in enumerate(_SPELLINGS)}
_WRITTEN = {ord(private): spelling for spelling, private in _PRIVATE.items()}
_READ = {ord(private): _SPELLINGS[spelling] for spelling, private in _PRIVATE.items()}
_SPELLING = re.compile(r"\\[\[\]()|]|&#?\w{1,8};")  # matches "\[" and "&middot;"
_HINT = re.compile(r"[\\&]")  # matches the backslash of "\[" and the "&" of "&middot;"


def folded(text: str) -> str:
    r"""Write each spelling of a punctuation mark, such as `\[` or `&middot;`, as one private character."""
    if not _HINT.search(text):
        return text
    return _SPELLING.sub(lambda found: _PRIVATE.get(found[0], found[0]), text)


def unfolded(text: str) -> str:
    """Undo `folded`."""
    return text.translate(_WRITTEN)


def as_read(text: str) -> str:
    """Write what a folded text shows, character by character."""
    return text.translate(_READ)


def in_place(text: str) -> str:
    r"""Write what a text shows where it stands, folded or not: `\[` as a blank and a bracket."""
    if _HINT.search(text):
        text = _SPELLING.sub(lambda found: _SPELLINGS.get(found[0], found[0]).rjust(len(found[0])), text)
    return as_read(text)


def class_of(characters: str) -> str:
    """Return the inside of a pattern's character class: some characters and all their private spellings."""
    private = "".join(_PRIVATE[spelling] for spelling, shown in _SPELLINGS.items() if shown in characters)
    return re.escape(characters) + private
