r"""Punctuation that people write as an escape or an entity: read as what it is, written as it was.

`\[[Paper](U)\] &middot; note` shows a bracket around a link and a dot after it. Where the parts of an entry
are found, each such spelling is one private character, so that it is neither cut in half nor lost.
"""

from __future__ import annotations

import re
import unicodedata

from arxiv_watch.tex import decode_accents

_SHOWN = {
    "[": r"\[ &#91; &lbrack; &lsqb;",
    "]": r"\] &#93; &rbrack; &rsqb;",
    "(": r"\( &#40;",
    ")": r"\) &#41;",
    "|": r"\| &#124; &vert; &verbar;",
    " ": "&nbsp; &#160; &ensp; &emsp; &thinsp;",
    "·": "&middot; &#183;",
    "•": "&bull; &#8226;",
    "—": "&mdash;",
    "–": "&ndash;",
    "→": "&rarr;",
    "∣": "&mid;",
}
_SPELLINGS = {spelling: shown for shown, spellings in _SHOWN.items() for spelling in spellings.split()}
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


LONGEST_TITLE = 300  # characters; arXiv's own titles stay below
# matches "\n  ", and a character that controls a terminal
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What CommonMark reads as itself, and mdformat writes so: "snake_case", "a * b", "n < 3", "a -> b", " ~100B".
_BARE = r"(?<=[^\W_])_+(?=[^\W_])|(?<=\S )[*~]+(?= )|<(?= )|(?<=.)>|(?<= )~(?=[^\W_])"
_SPECIAL = re.compile(rf"(?P<bare>{_BARE})|[\\`*_\[\]<>~$]")  # matches "*" and "[", and the "<" of "n < 3"
_IN_ROW = re.compile(rf"(?P<bare>{_BARE})|[\\`*_\[\]<>~$|]")  # matches "|" too: "A | B" would be two cells
# Matches "$\pi_0$", and "$\mathcal{O}(n)$": a formula to GitHub in which nothing is Markdown as well.
FORMULA = re.compile(
    r"(?<![\w$\\])\$(?=[^\s$])(?:[^$\\&`*_\[\]<>~|]|\\(?=[A-Za-z])|(?<=[^\W_])_(?=[^\W_]))+(?<=\S)\$(?![\w$])"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # matches "\*"
# matches what begins a block in "1. A" and "# A"
_BLOCK_START = re.compile(r"^(\d{0,9})([#+=.)-])(?=[\s#+=-]|$)")
_ENTITY = re.compile(r"&(?=#?\w+;)")  # matches the first character of "&amp;"
# matches the first character of "&#0 " and "&copy ", which HTML reads without a semicolon
_OPEN_ENTITY = re.compile(r"&(?=#?\w)(?!#?\w+;)")
# matches what GitHub makes a link in "https://a.b", "www.a.b" and "me@a.b"
_AUTOLINK = re.compile(r"(?i)(https?|ftp)(?=://)|(www)(?=\.)|(?<=\w)@(?=\w+\.)")
_SHORTCODE = re.compile(r":(?=[a-z0-9_+-]+:)")  # matches the first colon of ":fire:"
# Hangul fillers and the Braille blank are letters or symbols by category, and empty to the eye.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180e")


def shown_text(text: str) -> str:
    """Reduce a title to what it shows: one line, accents composed, nothing invisible, not overlong."""
    text = unicodedata.normalize("NFC", _SPACE.sub(" ", decode_accents(text)))
    text = "".join(character for character in text if not _is_invisible(character)).strip()
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"


def file_text(text: str, *, in_row: bool = True, formulas: bool = False) -> str:
    """Write text so that GitHub shows exactly it, in a bullet, a table cell, a link or bold.

    Markdown, HTML, entities, mathematics, autolinks and emoji codes come out as plain characters;
    control, direction and zero-width characters are removed. What needs no escape has none: a pipe only
    `in_row`, where it would part two cells. `formulas` are left as such.
    """
    text, end = shown_text(text), 0
    parts: list[str] = []
    for formula in FORMULA.finditer(text) if formulas else ():
        parts += [_escaped(text[end : formula.start()], in_row=in_row), formula[0]]
        end = formula.end()
    parts.append(_escaped(text[end:], in_row=in_row))
    return _BLOCK_START.sub(lambda match: match[1] + "\\" + match[2], "".join(parts))


def html_text(text: str) -> str:
    """Write what `file_text` wrote so that it shows among HTML tags, where no backslash escapes."""
    return _ESCAPED.sub(lambda match: f"&#{ord(match[1])};", _OPEN_ENTITY.sub("&amp;", text))


def _escaped(text: str, *, in_row: bool) -> str:
    text = _SHORTCODE.sub("&#58;", _AUTOLINK.sub(_defuse, _ENTITY.sub("&amp;", text)))
    return (_IN_ROW if in_row else _SPECIAL).sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0] if match["bare"] else "\\" + match[0]


def _defuse(match: re.Match[str]) -> str:
    """Break an automatic link by writing one character of it as an entity."""
    found = match[0]
    return "&#64;" if found == "@" else f"&#{ord(found[0])};{found[1:]}"


def _is_invisible(character: str) -> bool:
    return (
        character in _INVISIBLE
        or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}
        or ("\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef")
    )
