"""The style of an entry: what of it is form, what is a field, and what only a person can know.

In a skeleton fields are written `title`, `name`, `rest`, `url:FORM`, `date:FORM`, `authors:FORM`,
`venue:FORM`, `id` and `number` between two control characters. What only a person can know (notes, code
links, badges, stars) is marked as human and then taken out with the punctuation that held it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.anatomy import is_figure, marker_end, title_of
from arxiv_watch.markdown.cleaning import HUMAN, clean, field
from arxiv_watch.markdown.entries import moved_link, split_cells, title_of_row
from arxiv_watch.markdown.fields import find_authors, find_dates, url_form
from arxiv_watch.markdown.inline import Link, scan_links, visible
from arxiv_watch.markdown.titles import Title, is_label
from arxiv_watch.markdown.venues import PREPRINT, VENUE, is_venue

_SHORT_YEAR = re.compile(r"([ '’`]{1,2})\d\d(?![\w./:-])")
_REMEMBERED = 8192  # entries; a heading with few asks those of all others, and so does the next
_BOX = re.compile(r"\[[xX]?\](?=[ \t])")
_PERSONAL = re.compile(r"<!--.*?(?:-->|\Z)|`[^`\n]*`|:[a-z][a-z0-9_]+:|<img\b[^>]*>", re.DOTALL)
_MARKS = r"\[\](){}<>|*_`\"“”,;\\《》「」『』【】（），；：、。"
_RUN = re.compile(rf"<[^<>]*>|&\w+;|\\.|arxiv\.org|(?P<words>[^\s{_MARKS}]+(?: [^\s{_MARKS}]+)*)")
_AUTHORS = "\x01authors:"
_PLACE_COLUMN = re.compile(r"\W*(?:institut|affiliation|organi[sz]ation|universit|compan)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]|[^\x00-\x7f]")
_CODE = re.compile(
    r"\W*(?:official )?(?:code|github|project|demo|video|slides)s?(?: page)?\W*", re.IGNORECASE
)
_AFTER_VENUE = re.compile(r"[\s,.:–—-]{1,4}")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an entry that is not plain form, and what stands for it in the skeleton."""

    start: int
    end: int
    stand_in: str

    def moved(self, by: int) -> Span:
        """Return the same part of a text that starts `by` characters earlier."""
        return Span(self.start + by, self.end + by, self.stand_in)


@dataclass(frozen=True, slots=True)
class Cells:
    """A table row as cells: what stands before, between and after them, and each one's skeleton."""

    outer: tuple[str, str]
    raw: tuple[str, ...]
    forms: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def skeleton(text: str, *, style: str = "bullet", constants: frozenset[str] = frozenset()) -> str:
    """Reduce an entry that is no table row to its form; what is human is gone.

    Args:
        text: The entry's lines.
        style: The entry's style.
        constants: Words that are the same in most entries, so that they are form.
    """
    offset = marker_end(text, style)
    head = _BOX.sub("[ ]", text[:offset])
    if style in {"numbered", "heading"}:
        head = re.sub(r"\d+", field("number"), head, count=1)
    body = text[offset:]
    links = scan_links(body)
    return clean(head + mark(body, links, title_of(body, links, style), constants=constants))


def cells_of(text: str, header: str, constants: frozenset[str] = frozenset()) -> Cells:
    """Reduce a table row to the forms of its cells."""
    links = scan_links(text)
    spans = split_cells(text)
    title = title_of_row(text, spans, header, links)
    names = [header[slice(*cell)] for cell in split_cells(header)] + [""] * len(spans)
    forms = [
        "" if _PLACE_COLUMN.match(name) else _cell(text, start, end, links, title, constants)
        for (start, end), name in zip(spans, names, strict=False)
    ]
    outer = (text[: spans[0][0]], text[spans[-1][1] :])
    return Cells(outer, tuple(text[start:end] for start, end in spans), tuple(forms))


def _cell(  # noqa: PLR0917 - what a cell's form depends on
    text: str, start: int, end: int, links: list[Link], title: Title | None, constants: frozenset[str]
) -> str:
    inside = [moved_link(link, -start) for link in links if start <= link.start < end]
    here = title.moved(-start) if title and start <= title.span[0] < end else None
    first = next((link.id for link in links if link.id), None)
    marked = mark(text[start:end], inside, here, paper=first, constants=constants)
    return clean(marked.strip())


def mark(
    text: str,
    links: Sequence[Link],
    title: Title | None,
    *,
    paper: ArxivId | None = None,
    constants: frozenset[str] = frozenset(),
) -> str:
    """Put stand-ins in the place of fields and of what is human.

    Args:
        text: The entry without its marker, or one cell.
        links: Its links.
        title: Where its title is, if it is here.
        paper: The entry's paper, if it is not that of the first link here.
        constants: Words that are form.
    """
    paper = paper or next((link.id for link in links if link.id), None)
    spans = _title_spans(title) if title else []
    spans += _link_spans(text, links, spans, paper, constants)
    spans += _free_spans(text, spans, paper, constants)
    return _replaced(text, spans)


def _replaced(text: str, spans: Iterable[Span]) -> str:
    marked, position = [], 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if span.start >= position:
            marked += [text[position : span.start], span.stand_in]
            position = span.end
    return "".join([*marked, text[position:]])


def _title_spans(title: Title) -> list[Span]:
    if title.rest:
        return [Span(*title.span, field("name")), Span(*title.rest, field("rest"))]
    return [Span(*title.span, field("title"))]


def _link_spans(
    text: str,
    links: Sequence[Link],
    titles: list[Span],
    paper: ArxivId | None,
    constants: frozenset[str],
) -> list[Span]:
    spans: list[Span] = []
    for link in _outermost(links):
        inside = any(link.start <= span.start < link.end for span in titles)
        if not inside and _CODE.fullmatch(visible(text[slice(*link.label)])):
            spans.append(Span(link.start, link.end, HUMAN))
        elif link.id and link.id == paper and not is_figure(text[slice(*link.label)]):
            form = url_form(link.url, link.id) or "https://arxiv.org/abs/{id}"
            spans += _address(text, link, form)
            if not inside and link.kind != "bare":
                spans += _label_spans(text, link, constants)
        elif inside:
            spans += _address(text, link, "https://arxiv.org/abs/{id}")
        elif not link.url and "![" not in text[link.start : link.end]:
            spans.append(Span(link.start, link.end, text[link.start : link.end]))
        else:
            spans.append(Span(link.start, link.end, HUMAN))
    return spans


def _outermost(links: Sequence[Link]) -> Iterator[Link]:
    end = 0
    for link in links:
        if link.start >= end:
            end = link.end
            yield link


def _address(text: str, link: Link, form: str) -> list[Span]:
    if link.kind == "bare":
        return [Span(*link.label, field(f"url:{form}"))]
    start = text.find(link.url or ")", link.label[1] if link.kind == "link" else link.start)
    if not 0 <= start < link.end:
        return []
    end = start + len(link.url)
    address = [Span(start, end, field(f"url:{form}"))]
    if link.kind == "html":
        address += [
            Span(one, other, text[one:other]) for one, other in ((link.start, start), (end, link.label[0]))
        ]
    return address


def _label_spans(text: str, link: Link, constants: frozenset[str]) -> list[Span]:
    label = text[slice(*link.label)]
    shown = visible(label)
    number = label.find(link.id.base) if link.id and is_label(shown) else -1
    if link.id and number >= 0:
        start = link.label[0] + number
        return [Span(start, start + len(link.id.base), field("id"))]
    if "![" in label or "<img" in label or not shown:
        return [Span(*link.label, label)]  # a badge that leads to arXiv is form
    if is_venue(shown):
        return [span.moved(link.label[0]) for span in _venues(label, list(find_dates(label)))]
    if is_label(shown):
        dates = [Span(*link.label, label)]
        return [
            Span(link.label[0] + a, link.label[0] + b, field(f"date:{f}")) for a, b, f in find_dates(label)
        ] or dates
    return [Span(*link.label, label if shown in constants else field("name"))]


def _free_spans(text: str, taken: list[Span], paper: ArxivId | None, constants: frozenset[str]) -> list[Span]:
    """Mark what no link and no title holds."""
    spans: list[Span] = []
    for start, end in _gaps(taken, 0, len(text)):
        spans += [span.moved(start) for span in _free(text[start:end], paper, constants)]
    people = sorted(
        (span for span in spans if span.stand_in.startswith(_AUTHORS)), key=lambda span: span.start
    )
    second = set(people[1:])  # an institution looks like names as well
    return [replace(span, stand_in=HUMAN) if span in second else span for span in spans]


def _gaps(spans: list[Span], start: int, end: int) -> Iterator[tuple[int, int]]:
    for span in sorted(spans, key=lambda span: span.start):
        if span.start > start:
            yield start, span.start
        start = max(start, span.end)
    if start < end:
        yield start, end


def _free(text: str, paper: ArxivId | None, constants: frozenset[str]) -> list[Span]:
    spans = [Span(*match.span(), HUMAN) for match in _PERSONAL.finditer(text)]
    if paper:
        spans += [Span(*match.span(), field("id")) for match in re.finditer(re.escape(paper.base), text)]
    dates = list(find_dates(text))
    venues = _venues(text, dates)
    _add(spans, venues)
    _add(spans, (Span(start, end, field(f"date:{form}")) for start, end, form in dates))
    hidden = [Span(venue.start, venue.end, HUMAN * (venue.end - venue.start)) for venue in venues]
    people = find_authors(_replaced(text, hidden))
    _add(spans, (Span(start, end, field(f"authors:{form}")) for start, end, form in people))
    words: list[Span] = []
    for start, end in _gaps(spans, 0, len(text)):
        words += _words(text, start, end, constants)
    return spans + words


def _add(spans: list[Span], more: Iterable[Span]) -> None:
    """Add the parts that overlap none of the earlier ones."""
    spans += [new for new in more if not any(old.start < new.end and new.start < old.end for old in spans)]


def _venues(text: str, dates: list[tuple[int, int, str]]) -> list[Span]:
    """Find venues with the date that follows; only a preprint's form is told."""
    spans = []
    for match in PREPRINT.finditer(text):
        end, form = _with_date(text, match.end(), dates)
        spans.append(Span(match.start(), end, field(f"venue:{match[0]}{form}")))
    for match in VENUE.finditer(text):
        if not PREPRINT.search(match[0]):
            end, _ = _with_date(text, match.end(), dates)
            spans.append(Span(match.start(), end, field("venue:")))
    return spans


def _with_date(text: str, end: int, dates: list[tuple[int, int, str]]) -> tuple[int, str]:
    """Tell where a venue ends and how its date is written, if one follows."""
    after = _AFTER_VENUE.match(text, end)
    date = next((date for date in dates if after and date[0] == after.end()), None)
    if after and date:
        return date[1], after[0] + date[2]
    short = _SHORT_YEAR.match(text, end)
    return (short.end(), short[1] + "{y:02}") if short else (end, "")


def _words(text: str, start: int, end: int, constants: frozenset[str]) -> list[Span]:
    """Call every run of words human that is not the same in most entries."""
    return [
        Span(*match.span("words"), HUMAN)
        for match in _RUN.finditer(text, start, end)
        if match["words"] and _WORD.search(match["words"]) and match["words"] not in constants
    ]


@lru_cache(maxsize=_REMEMBERED)
def human_runs(text: str, style: str = "bullet") -> frozenset[str]:
    """Return the runs of words in an entry that are no field, and the labels of its links to arXiv."""
    body = text[marker_end(text, style) :]
    links = scan_links(body)
    title = title_of(body, links, style)
    taken = _title_spans(title) if title else []
    taken += [Span(link.start, link.end, HUMAN) for link in _outermost(links)]
    labels = {visible(body[slice(*link.label)]) for link in links if link.id and link.kind != "bare"}
    return frozenset(labels) | {
        body[start + span.start : start + span.end]
        for start, end in _gaps(taken, 0, len(body))
        for span in _free(body[start:end], None, frozenset())
        if span.stand_in == HUMAN
    }
