"""Taking out of a template what is human, with the brackets, commas and lines that held it.

Each rule looks at the text right before and right after something human, and says what is left of it.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from arxiv_watch.markdown.form.template import HUMAN, Field, Human, Part, Template
from arxiv_watch.markdown.formats import HTML_TAGS
from arxiv_watch.markdown.formats.format import ITEM_MARKER
from arxiv_watch.markdown.text.escapes import as_read, class_of

_OPENERS, _CLOSERS = class_of("([{<（【"), class_of(")]}>）】")
_SEPARATORS = class_of(",;|·•→~∣/&+–—、，；")
_BLANKS = class_of(" \t")
_HELD = rf"[^\w{_OPENERS}{_CLOSERS}]"
_OPENING = re.compile(rf"!?[{_OPENERS}]{_HELD}*\Z")  # matches the "([**" before something human
_CLOSING = re.compile(rf"(?<!{_HELD}){_HELD}*+[{_CLOSERS}]")  # matches the "**]" after it
_MARKS = ("**", "__", "*", "_", "`", '"', "~~")
_IN_MARKS = " ,.;:!?&"
# matches " · " and " <br> - " between two things that are human
_JOINING = re.compile(rf"[{_BLANKS}{_SEPARATORS}:.=<>-]*|[ \t]*<br ?/?>[ \t]*(?:[>-] )?")
_LEADING = re.compile(  # matches ": " after something human at the beginning of an entry
    rf"[{_BLANKS}{_SEPARATORS}:.)-]*(?:<br ?/?>[ \t]*)?"
)
_BREAK = re.compile(r"<br ?/?>[ \t]*(?:[>-][ \t]*)*\Z")  # matches "<br>" before something human
_NEXT_BREAK = re.compile(r"(?<![.,; \t])[.,; \t]*+(?=<br)")  # matches the stop of ".<br>" after it
# matches "**Code:** " before something human
_NAMED = re.compile(r"(?:\*\*|__|\*|_)?[^\W\d_][\w -]{0,25}(?:\*\*|__|\*|_)?[:：](?:\*\*|__|\*|_)?[ \t]*\Z")
_INTRODUCED = re.compile(  # matches "Proceedings of " before a venue, and "accepted by "
    r"(?:Proceedings of (?:the )?"
    r"|\b(?:[Ii]n|(?:[Aa]ccepted|[Pp]ublished|[Tt]o appear) (?:at|by|in|to))[ \t]+)\Z"
)
_OPENED = re.compile(  # matches "(", and the "**" of "[**"
    rf"(?:(?:^|(?<=[\s{_OPENERS}]))[*_]{{1,2}}|[{_OPENERS}])\Z"
)
_SEPARATED = re.compile(rf"[{_BLANKS}{_SEPARATORS}:-]+")  # matches ", " after something human
_COMMA = re.compile(rf"(?<=[^\s{_SEPARATORS}])([{_SEPARATORS}])[ \t]*\Z")  # matches the end of "2024, "
# matches " | " and " &middot; " before something human
_BEFORE = re.compile(rf"(?<![{_BLANKS}])[{_BLANKS}]*+(?P<joint>(?:[{_SEPARATORS}]|(?<!\S)-)[{_BLANKS}]*+)?\Z")
_STOP = re.compile(r"[.,;](?=[ \t])")  # matches the stop of ". A"
_GLUING = rf"{_BLANKS}{_SEPARATORS}:：!{_OPENERS}-"
# matches " - [" at the end of what stands before something human
_GLUE = re.compile(rf"(?<![{_GLUING}])[{_GLUING}]+\Z|<br ?/?>\Z|(?<=\s)[<>]+\Z")
_END = re.compile(r"(?<![ \t])[ \t]*+\\?\Z")  # matches " \" at the end of a line that breaks there
_PAIRS = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【"}
# As in "**Title** [[Paper]](U)", where a code link stood before the brackets.
_AFTER = {*class_of("[(")} - {"\\"}
# matches the ". " of "12. ", whose number is a field
_AFTER_NUMBER = re.compile(r"[.)][ \t]+(?:\[ ?\][ \t]+)?")
_INDENT = re.compile(r"[ \t>]*")  # matches "  "
_NEWLINE = re.compile(r"\n")  # matches "\n"
# matches "<details>" and "</details>"
_FOLD = re.compile(r"(<details\b[^<>]*>|</details\s*>)", re.IGNORECASE)
_UNFOLD = re.compile("</details", re.IGNORECASE)  # matches "</details>"
_CELL = re.compile(rf"(</?(?:{HTML_TAGS})\b[^<>]*>)", re.IGNORECASE)  # matches "<td>" and "</li>"

Rule = Callable[[Part | None, str, str], Sequence[Part] | None]
"""Says what is left of something human and the text on both sides of it, or None if that stays as it is.

The first argument is the part before that text; None where the text begins the line. What is left ends with
text, which may be empty.
"""


def clean(template: Template) -> Template:
    """Take out what is human; lines of nothing else go, and a marker left alone takes the next line.

    The cells of an HTML row stay, whatever was in them; a fold of nothing else goes.
    """
    if not _has_human(template):
        return template
    return Template.join(*map(_clean_part, Template.join(*_unfolded(template)).split(_CELL)))


def _has_human(template: Template) -> bool:
    return Human() in template.parts


def _unfolded(template: Template) -> Iterator[Template]:
    """Call a fold without a field human."""
    pieces = template.split(_FOLD)
    closers = [index for index, piece in enumerate(pieces) if _UNFOLD.match(piece.text)]
    index = 0
    while index < len(pieces):
        following = bisect(closers, index)
        is_fold = following < len(closers) and _FOLD.match(pieces[index].text)
        end = closers[following] if is_fold else index
        fold = pieces[index : end + 1]
        yield Template.join(*fold) if not is_fold or any(piece.fields for piece in fold) else HUMAN
        index = end + 1


def _clean_part(part: Template) -> Template:
    if not _has_human(part):
        return part
    lines = part.split(_NEWLINE)
    first, *more = map(_clean_line, _kept_lines(lines))
    marker = _marker_of(part)
    if more and marker and _has_human(lines[0]) and not first.fields:
        while more and not more[0].strip():  # as between number and paper in amusi's CVPR papers with code
            more.pop(0)
        first = Template.join(marker, more.pop(0).lstrip() if more else "")
    while more and not more[-1].strip():
        more.pop()
    return Template.join(first, *(piece for line in more for piece in ("\n", line)))


def _kept_lines(lines: Sequence[Template]) -> Iterator[Template]:
    """Leave out lines that are human as a whole, and one of two blank lines around them."""
    before, left_out = Template(), False
    for index, line in enumerate(lines):
        if index and _has_human(line) and not line.fields:
            left_out = True
        elif line.strip() or before.strip() or not left_out:
            yield line
            before, left_out = line, False


def _marker_of(line: Template) -> str:
    """Return the marker before an entry; empty where its number is a field."""
    found = ITEM_MARKER.match(line.parts[0]) if isinstance(line.parts[0], str) else None
    return found[0] if found else ""


def _clean_line(line: Template) -> Template:
    if not _has_human(line):
        return line
    line, before = _applied(_Around(_NAMED), line), Template()
    while before != line:
        before = line
        line = _applied(_Around(_OPENING, _CLOSING), line)
        line = _applied(_marked, line)
        line = _applied(_joined, line)
        line = _applied(_Around(_INTRODUCED), line)
    for rule in (_Around(_BREAK, _NEXT_BREAK, left=()), _first, _opened, _listed):
        line = _applied(rule, line)
    return _applied(_last, _without_tail(line))


def _applied(rule: Rule, line: Template) -> Template:
    """Apply a rule to all that is human, in order; what it took out for one is no text of the next."""
    kept: list[Part] = []
    lead: Part | None = None
    before = ""
    coming = deque(line.parts)
    while coming:
        part = coming.popleft()
        if isinstance(part, str):
            before = part
            continue
        after = coming[0] if coming and isinstance(coming[0], str) else ""
        left = rule(lead, before, after) if part == Human() else None
        if left is None:
            kept += [before, part]
            before = ""
        else:
            if after:
                coming.popleft()
            *others, last = left
            kept += others
            before = str(last)
        lead = part
    return Template.join(*kept, before)


@dataclass(frozen=True)
class _Around:
    """A rule that takes text out on both sides, and leaves something human or nothing there."""

    before: re.Pattern[str]
    after: re.Pattern[str] | None = None
    left: tuple[Part, ...] = (Human(),)

    def __call__(self, _: Part | None, before: str, after: str) -> Sequence[Part] | None:
        start = self.before.search(before)
        end = self.after.match(after) if self.after else re.match("", after)
        return (before[: start.start()], *self.left, after[end.end() :]) if start and end else None


def _marked(_: Part | None, before: str, after: str) -> Sequence[Part] | None:
    left, right = before.rstrip(" "), after.lstrip(_IN_MARKS)
    for mark in _MARKS:
        if left.endswith(mark) and right.startswith(mark):
            return left.removesuffix(mark), Human(), right.removeprefix(mark)
    return None


def _joined(lead: Part | None, before: str, after: str) -> Sequence[Part] | None:
    return (after,) if lead == Human() and _JOINING.fullmatch(before) else None


def _first(lead: Part | None, before: str, after: str) -> Sequence[Part] | None:
    """Take out what is human right behind the marker, with the separators after it."""
    if lead == Field("number"):
        is_first = _AFTER_NUMBER.fullmatch(before)
    else:
        is_first = (ITEM_MARKER.fullmatch(before) or _INDENT.fullmatch(before)) if lead is None else None
    return (before, _LEADING.sub("", after, count=1)) if is_first else None


def _opened(_: Part | None, before: str, after: str) -> Sequence[Part] | None:
    """Let what follows something human come first in a bracket: `(2024, ` of two things."""
    opening = _OPENED.search(before)
    separated = _SEPARATED.match(after)
    return (before, after[separated.end() :]) if opening and separated else None


def _listed(_: Part | None, before: str, after: str) -> Sequence[Part] | None:
    """Leave one of the commas around something human."""
    comma = _COMMA.search(before)
    if comma and after.startswith(comma[1]) and after[1:2] in {" ", "\t"}:
        return before.rstrip(" \t"), after[1:]
    return None


def _last(_: Part | None, before: str, after: str) -> Sequence[Part] | None:
    """Take out what is left, with what joined it to the text before it.

    The stop after it is kept where none stands before it, and the blank before a bracket.
    """
    joining = _BEFORE.search(before)
    start = joining.start() if joining else len(before)
    if after[:1] in _AFTER and before[start:]:
        return before, after
    stop = found[0] if (found := _STOP.match(after)) else ""
    text = before[:start].rstrip("*_\"'”’)] \t")[-1:]
    drops = text in {*".,;:!?"} or (joining and joining["joint"])
    return before[:start], "" if drops else stop, after[len(stop) :]


def _without_tail(line: Template) -> Template:
    """Cut a human end of the line: all behind the last field, but for brackets that close what is kept."""
    last = max((index for index, part in enumerate(line.parts) if isinstance(part, Field)), default=-1)
    tail = line.parts[last + 1 :]
    if Human() not in tail:
        return line
    head = Template.join(*line.parts[: last + 1], _unglued(tail[0]) if isinstance(tail[0], str) else "")
    end = tail[-1] if isinstance(tail[-1], str) else ""
    shown = as_read(head.text)
    closers = "".join(
        character
        for character in end
        if (closer := as_read(character)) in _PAIRS and shown.count(_PAIRS[closer]) > shown.count(closer)
    )
    blanks = _END.search(end)
    return Template.join(head, closers, blanks[0] if blanks else "")


def _unglued(text: str) -> str:
    """Take separators and breaks off the end of what stands between a field and something human."""
    while (shorter := _GLUE.sub("", text)) != text:
        text = shorter
    return text
