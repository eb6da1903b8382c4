"""Taking out of a template what is human, with the brackets, commas and lines that held it.

For this alone the parts of a template become one text, in which one character stands for each that is no
text: patterns then see what is around what goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from arxiv_watch.markdown.escapes import as_read, class_of
from arxiv_watch.markdown.template import Field, Human, Part, Template

_HUMAN, _NUMBER, _FIRST = "\x00", "\x01", 0x100000
_FIELDS = "\x01\U00100000-\U0010f7ff"  # the characters that stand for fields
_FIELD = re.compile(f"[{_FIELDS}]")  # matches "\x01", an entry's number
_STAND_IN = re.compile(f"([\x00{_FIELDS}])")  # matches "\x00" too
_OPENERS, _CLOSERS = class_of("([{<（【"), class_of(")]}>）】")
_SEPARATORS = class_of(",;|·•→~∣/&+–—、，；")
_BLANKS = class_of(" \t")
_HOLDERS = (
    # matches "[\x00]", "([**\x00**])" and the escaped "\[\x00\]"
    re.compile(
        rf"!?[{_OPENERS}][^\w{_FIELDS}{_OPENERS}{_CLOSERS}]*\x00[^\w{_FIELDS}{_OPENERS}{_CLOSERS}]*?[{_CLOSERS}]"
    ),
    re.compile(r"(\*\*|__|\*|_|`|\"|~~)[ ]*\x00[\x00 ,.;:!?&]*\1"),  # matches "**\x00, \x00**"
    re.compile(rf"\x00[{_BLANKS}{_SEPARATORS}:.=<>-]*\x00"),  # matches "\x00 · \x00"
    re.compile(r"\x00[ \t]*<br ?/?>[ \t]*(?:[>-] )?\x00"),  # matches "\x00 <br> \x00"
)
# matches "- \x00: " at the beginning of an entry
_LEADING = re.compile(
    r"\A([ \t>]*(?:(?:[-*+]|(?:\d+|\x01)[.)])[ \t]+(?:\[ ?\][ \t]+)?)?)"
    rf"\x00[{_BLANKS}{_SEPARATORS}:.)-]*(?:<br ?/?>[ \t]*)?"
)
# matches what is human between two breaks, as in "<br>\x00<br>"
_SEGMENT = re.compile(r"<br ?/?>[ \t]*(?:[>-][ \t]*)*\x00[.,; \t]*(?=<br)")
# matches "**Code:** \x00", and a sign before what is human
_NAMED = re.compile(
    r"(?:(?:\*\*|__|\*|_)?[^\W\d_][\w -]{0,25}(?:\*\*|__|\*|_)?[:：](?:\*\*|__|\*|_)?"
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]\ufe0f?)[ \t]*\x00"
)
_INTRODUCED = re.compile(  # matches "In *Proceedings of \x00" before a venue, and "accepted by \x00"
    r"(?:Proceedings of (?:the )?"
    r"|\b(?:[Ii]n|(?:[Aa]ccepted|[Pp]ublished|[Tt]o appear) (?:at|by|in|to))[ \t]+)\x00"
)
# matches "(\x00, "
_OPENED = re.compile(rf"((?:^|(?<=\s))[*_]{{1,2}}|[{_OPENERS}\"“])\x00[{_BLANKS}{_SEPARATORS}:-]+")
# matches what is human between two commas, as in "2024, \x00, "
_BETWEEN = re.compile(rf"(?<=[^\s{_SEPARATORS}])([{_SEPARATORS}])[ \t]*\x00\1(?=[ \t])")
_BEFORE = re.compile(  # matches " | \x00" and " &middot; \x00"
    rf"(?<![{_BLANKS}])[{_BLANKS}]*+(?P<joint>(?:[{_SEPARATORS}：:]|(?<![^\s{_FIELDS}])-)[{_BLANKS}]*+)?"
    r"\x00(?P<stop>[.,;](?=[ \t]))?"
)
_GLUING = rf"{_BLANKS}{_SEPARATORS}:：!{_OPENERS}-"
# matches " - [" at the end of what stands before something human
_GLUE = re.compile(rf"(?<![{_GLUING}])[{_GLUING}]+\Z")
_PAIRS = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【"}
_AFTER = {*class_of("[(")} - {"\\"}  # as in "**Title** \x00[[Paper]](U)", where a code link stood
# matches "- [ ] " and "\x01. "
_MARKER = re.compile(r"[ \t>]*(?:[-*+]|(?:\d+|\x01)[.)])[ \t]+(?:\[ ?\][ \t]+)?")
# matches "<details><summary>Abstract</summary>…</details>"
_FOLD = re.compile(r"<details\b[^<>]*>.*?</details\s*>", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"(</?(?:t[rdh]|tbody|li)\b[^<>]*>)", re.IGNORECASE)  # matches "<td>" and "</li>"


def clean(template: Template) -> Template:
    """Take out what is human; lines of nothing else go, and a marker left alone takes the next line.

    The cells of an HTML row stay, whatever was in them; a fold of nothing else goes.
    """
    if Human() not in template.parts:
        return template
    stand_ins: dict[Part, str] = {Human(): _HUMAN, Field("number"): _NUMBER}

    def stand_in(part: Part) -> str:
        return stand_ins.setdefault(part, chr(_FIRST + len(stand_ins)))

    text = "".join(
        _STAND_IN.sub(lambda same: stand_in(same[0]), part) if isinstance(part, str) else stand_in(part)
        for part in template.parts
    )
    text = _FOLD.sub(lambda fold: fold[0] if _FIELD.search(fold[0]) else _HUMAN, text)
    cleaned = "".join(_clean_part(part) for part in _CELL.split(text))
    parts = {character: part for part, character in stand_ins.items()}
    return Template.join(*(parts.get(piece, piece) for piece in _STAND_IN.split(cleaned)))


def _clean_part(text: str) -> str:
    if _HUMAN not in text:
        return text
    first, *more = map(_clean_line, _kept_lines(text))
    marker = _MARKER.match(text)
    if more and marker and _HUMAN in text.split("\n", 1)[0] and not _FIELD.search(first, marker.end()):
        first = marker[0]  # what is left there named the human part
        while more and not more[0].strip():
            more.pop(0)
        first += more.pop(0).lstrip() if more else ""
    while more and not more[-1].strip():
        more.pop()
    return "\n".join([first, *more])


def _kept_lines(text: str) -> Iterator[str]:
    """Leave out lines that are human as a whole, and one of two blank lines around them."""
    before, left_out = "", False
    for line in text.split("\n"):
        if _HUMAN in line and not _FIELD.search(line) and not text.startswith(line):
            left_out = True
        elif line.strip() or before.strip() or not left_out:
            yield line
            before, left_out = line, False


def _clean_line(text: str) -> str:
    if _HUMAN not in text:
        return text
    text, before = _NAMED.sub(_HUMAN, text), ""
    while before != text:
        before = text
        for holder in _HOLDERS:
            text = holder.sub(_HUMAN, text)
        text = _INTRODUCED.sub(_HUMAN, text)
    text = _SEGMENT.sub("", text)
    text = _LEADING.sub(r"\1", text)
    text = _BETWEEN.sub(r"\1", _OPENED.sub(r"\1", text))
    text = _clean_tail(text)
    return _BEFORE.sub(_left_of, text)


def _left_of(human: re.Match[str]) -> str:
    """Keep the stop after what is human where none stands before it, and the blank before a bracket."""
    if human.string[human.end() :][:1] in _AFTER and human[0][0] != _HUMAN:
        return human[0].partition(_HUMAN)[0]
    before = human.string[: human.start()].rstrip("*_\"'”’)] \t")[-1:]
    return "" if human["joint"] or before in ".,;:!?\n" else human["stop"] or ""


def _clean_tail(text: str) -> str:
    """Cut a human end of the line: all behind the last field, but for brackets that close what is kept."""
    last = max((match.end() for match in _FIELD.finditer(text)), default=0)
    tail = text[last:]
    if _HUMAN not in tail:
        return text
    start, end = tail.index(_HUMAN), tail.rindex(_HUMAN)
    between = _unbreak(tail[:start])
    head = text[:last] + between
    shown = as_read(head)
    closers = "".join(
        character
        for character in tail[end + 1 :]
        if (closer := as_read(character)) in _PAIRS and shown.count(_PAIRS[closer]) > shown.count(closer)
    )
    # Matches " \" at the end of a line that breaks there.
    blanks = re.search(r"[ \t]*\\?$", tail)
    return head + closers + (blanks[0] if blanks else "")


def _unbreak(glue: str) -> str:
    """Take separators and breaks off the end of what stands between a field and a human part."""
    before = ""
    while before != glue:
        before = glue
        # Matches "<br>" and ">" at the end.
        glue = re.sub(r"<br ?/?>$|(?<=\s)[<>]+$", "", _GLUE.sub("", glue))
    return glue
