"""The style of a section: what of its entries is form, what is a field, and what only a person can know.

An entry is cut into atoms. Fields become `{title}`, `{name}`, `{rest}`, `{url:FORM}`, `{date:FORM}`,
`{authors:FORM}`, `{id}` and `{number}`; what only a person can know (notes, code links, badges, stars,
venues of publication) is taken out with the punctuation that held it. What is left is the entry's skeleton;
the skeleton most entries share is the section's style.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.entries import MARKER, split_cells, title_of_row
from arxiv_watch.markdown.fields import AUTHORS, authors_form, find_dates, url_form
from arxiv_watch.markdown.inline import Link, scan_links, visible
from arxiv_watch.markdown.titles import Title, find_title, is_label

HUMAN = "\x00"
FIELD = re.compile("\x01([^\x02]*)\x02")
_BOX = re.compile(r"\[[xX]?\](?=[ \t])")
_VENUE = re.compile(
    r"\b[A-Z][A-Za-z&-]*[A-Z][A-Za-z]*(?:[ -][A-Z][a-z]+)?[ ,]*['’‘` ]? ?(?:20)?\d\d\b(?!\.\d)"
)
_ARXIV = re.compile(r"\b(?:arxiv|preprint)\b", re.IGNORECASE)
_TEXT = re.compile(
    r"<[^<>]*>|&\w+;|\\.|\b(?:ar[xX]iv|AR[xX]IV|[Aa]r[Xx]iv(?: preprint)?|[Pp]reprint)\b"
    r"|(?P<word>[^\s\[\](){}<>|*_`\",;\\]+)"
)
_WORD = re.compile(r"[^\W_]|[^\x00-\x7f]")
_OPEN, _CLOSE = r"[(\[{<（【]", r"[)\]}>）】]"
_CLEANERS = (
    (re.compile(rf"{_OPEN}+[^\w\x01\x02()\[\]]*\x00[^\w\x01\x02()\[\]]*{_CLOSE}+"), HUMAN),
    (re.compile(r"(\*\*|__|\*|_|`|\"|~~)[ ]*\x00[\x00 ,.;:]*\1"), HUMAN),
    (re.compile(r"\x00[\s,;&/+:.|–—-]*(?<!\n)\x00"), HUMAN),
)
_TRAILING = re.compile(
    r"[ \t]*(?:<br ?/?>)?[ \t]*[,;:.|–—-]*[ \t]*\x00[ ,.;:|]*?(?=[ \t]*\\?$)", re.MULTILINE
)
_LEADING = re.compile(
    r"(^[ \t>]*(?:(?:[-*+]|\d+[.)]|\x01number\x02[.)])[ \t]+(?:\[ ?\][ \t]+)?)?)"
    r"\x00[ \t,;:|–—-]*(?:<br ?/?>[ \t]*)?"
)
_MIDDLE = re.compile(r"[ \t]*\x00")


def field(name: str) -> str:
    """Stand for a field in a skeleton."""
    return f"\x01{name}\x02"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an entry that is not plain form, and what stands for it in the skeleton."""

    start: int
    end: int
    stand_in: str


def skeleton(text: str, entry: Entry, header: str = "") -> str:
    """Reduce an entry's text to its form; human-only parts are gone."""
    if entry.style == "table":
        return _row_skeleton(text, header)
    return _text_skeleton(text, entry.style == "numbered")


def _text_skeleton(text: str, numbered: bool) -> str:  # noqa: FBT001
    marker = MARKER.match(text)
    offset = marker.end() if marker else 0
    head = _BOX.sub("[ ]", text[:offset])
    if numbered:
        head = re.sub(
            r"\d+", lambda digits: digits[0] if digits[0] == "1" else field("number"), head, count=1
        )
    body = text[offset:]
    links = scan_links(body)
    return head_and_body(head, mark(body, links, find_title(body, links)))


def head_and_body(head: str, body: str) -> str:
    """Join a marker and a marked body, and clean the places of what was human."""
    return clean_places(head + body)


def _row_skeleton(text: str, header: str) -> str:
    links = scan_links(text)
    cells = split_cells(text)
    title = title_of_row(text, cells, header, links)
    marked, position = [], 0
    for start, end in cells:
        marked.append(text[position:start])
        marked.append(_cell(text, start, end, links, title))
        position = end
    return "".join([*marked, text[position:]])


def _cell(text: str, start: int, end: int, links: list[Link], title: Title | None) -> str:
    here = title if title and start <= title.span[0] < end else None
    inside = [_moved(link, start) for link in links if start <= link.start < end]
    moved = Title((here.span[0] - start, here.span[1] - start), here.text, None, here.short) if here else None
    if here and here.rest and moved:
        moved = Title(moved.span, here.text, (here.rest[0] - start, here.rest[1] - start), here.short)
    body = mark(text[start:end], inside, moved, named=title is not None and here is None)
    return clean_places(body).replace("\n", " ")


def _moved(link: Link, by: int) -> Link:
    label = (link.label[0] - by, link.label[1] - by)
    return Link(link.start - by, link.end - by, label, link.url, link.kind, link.id)


def mark(text: str, links: Sequence[Link], title: Title | None, *, named: bool = False) -> str:
    """Put stand-ins in the place of fields and of what is human.

    Args:
        text: The entry without its marker, or one cell.
        links: Its links.
        title: Where its title is, if it is here.
        named: The title is in another cell, so a linked name is a short name.
    """
    spans = _title_spans(title) if title else []
    spans += _link_spans(text, links, spans, named)
    spans += _free_spans(text, spans)
    marked, position = [], 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if span.start < position:
            continue
        marked += [text[position : span.start], span.stand_in]
        position = span.end
    return "".join([*marked, text[position:]])


def _title_spans(title: Title) -> list[Span]:
    if title.rest:
        return [Span(*title.span, field("name")), Span(*title.rest, field("rest"))]
    return [Span(*title.span, field("title"))]


def _link_spans(text: str, links: Sequence[Link], titles: list[Span], named: bool) -> list[Span]:  # noqa: FBT001
    first = next((link.id for link in links if link.id), None)
    outer = [
        link
        for link in links
        if not any(o is not link and o.start <= link.start and link.end <= o.end for o in links)
    ]
    spans: list[Span] = []
    for link in outer:
        form = url_form(link.url, link.id) if link.id and link.id == first else None
        inside = [span for span in titles if link.start <= span.start < link.end]
        if form:
            spans += _address(text, link, form)
            if not inside and link.kind != "bare":
                spans += _label_spans(text, link, named)
        elif link.id and link.id == first:
            spans += _address(text, link, "https://arxiv.org/abs/{id}")
        elif inside and link.kind == "link":
            spans += [Span(*_url_span(text, link), field("url:https://arxiv.org/abs/{id}"))]
        elif link.url or link.kind == "image":
            spans.append(Span(link.start, link.end, HUMAN))
    return spans


def _url_span(text: str, link: Link) -> tuple[int, int]:
    opening = text.index("(", link.label[1])
    return opening + 1, link.end - 1


def _address(text: str, link: Link, form: str) -> list[Span]:
    if link.kind == "bare":
        return [Span(*link.label, field(f"url:{form}"))]
    if link.kind == "link" and text.startswith("(", link.label[1] + 1):
        return [Span(*_url_span(text, link), field(f"url:{form}"))]
    return []


def _label_spans(text: str, link: Link, named: bool) -> list[Span]:  # noqa: FBT001
    label = text[slice(*link.label)]
    shown = visible(label)
    if "![" in label or "<img" in label or not shown:
        return [Span(*link.label, label)]  # a badge that leads to arXiv is form
    if is_label(shown) and not _VENUE.fullmatch(shown):
        dates = list(find_dates(label))
        if dates and not _ARXIV.search(label):
            start, end, form = dates[0]
            return [Span(link.label[0] + start, link.label[0] + end, field(f"date:{form}"))]
        return [Span(*link.label, label)]
    return [Span(*link.label, field("name") if named else HUMAN)]


def _free_spans(text: str, taken: list[Span]) -> list[Span]:
    """Find dates, authors and identifiers in what is left; every other word is human."""
    spans: list[Span] = []
    position = 0
    for start, end in [*sorted((span.start, span.end) for span in taken), (len(text), len(text))]:
        if start > position:
            spans += [
                Span(s.start + position, s.end + position, s.stand_in) for s in _free(text[position:start])
            ]
        position = max(position, end)
    return spans


def _free(text: str) -> list[Span]:
    spans = [Span(*match.span(), HUMAN) for match in _VENUE.finditer(text) if not _ARXIV.search(match[0])]
    spans += [Span(*match.span(), HUMAN) for match in re.finditer(r"<!--.*?-->|`[^`]*`|:[a-z_]+:", text)]
    spans += [
        Span(start, end, field(f"date:{form}"))
        for start, end, form in find_dates(text)
        if not any(span.start < end and start < span.end for span in spans)
    ]
    spans += [
        Span(*match.span(), field(f"authors:{authors_form(match)}"))
        for match in AUTHORS.finditer(text)
        if not _ARXIV.search(match[0])
        and not any(span.start < match.end() and match.start() < span.end for span in spans)
    ]
    position = 0
    words: list[Span] = []
    for start, end in [*sorted((span.start, span.end) for span in spans), (len(text), len(text))]:
        words += _words(text, position, start)
        position = max(position, end)
    return spans + words


def _words(text: str, start: int, end: int) -> list[Span]:
    """Call every run of words human, but for markup and the word arXiv."""
    return [
        Span(*match.span(), HUMAN)
        for match in _TEXT.finditer(text, start, end)
        if match["word"] and _WORD.search(match["word"])
    ]


def clean_places(text: str) -> str:
    """Take out what is human with the brackets, commas and lines that held it."""
    lines = text.split("\n")
    kept = [line for line in lines if HUMAN not in line or FIELD.search(line) or line is lines[0]]
    return "\n".join(_clean_line(line) for line in kept)


def _clean_line(text: str) -> str:
    if HUMAN not in text:
        return text
    before = ""
    while before != text:
        before = text
        for pattern, replacement in _CLEANERS:
            text = pattern.sub(replacement, text)
    text = _LEADING.sub(r"\1", text)
    text = _TRAILING.sub("", text)
    return _MIDDLE.sub("", text)


def most_common(values: Iterable[tuple[str, float]]) -> str | None:
    """Return the value of the greatest weight; the first of equals."""
    weights: Counter[str] = Counter()
    for value, weight in values:
        weights[value] += weight  # type: ignore[assignment]  # Counter adds floats as well
    return max(weights, key=lambda value: weights[value], default=None)


def describe(form: str) -> str:
    """Show a skeleton to people, fields in braces."""
    return FIELD.sub(lambda match: "{" + match[1].partition(":")[0] + "}", form).replace("\n", "⏎")
