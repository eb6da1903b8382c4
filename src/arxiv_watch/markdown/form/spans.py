"""The parts of an entry that are fields or human, and what stands for each in its template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.template import HUMAN, Field, Template, field
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import split_cells, title_of_row
from arxiv_watch.markdown.text.authors import find_authors, manner
from arxiv_watch.markdown.text.escapes import class_of, folded, unfolded
from arxiv_watch.markdown.text.fields import find_dates, is_code_address, url_form
from arxiv_watch.markdown.text.inline import Link, bare_ids, scan_links, visible
from arxiv_watch.markdown.text.labels import (
    PREPRINT,
    VENUE,
    is_field_name,
    is_label,
    is_tag,
    is_venue,
    short_name,
)
from arxiv_watch.markdown.text.titles import Title

REMEMBERED = 8192  # entries; a heading with few asks those of all others, and so does the next
_SHORT_YEAR = re.compile(r"([ '’`]{1,2})\d\d(?![\w./:-])")  # matches "'24" and "' 24" after a venue
# Matches "<!-- to read -->", "`pip install it`", ":star:" and "<img src=star.svg>", each what a person adds.
_PERSONAL = re.compile(r"<!--.*?(?:-->|\Z)|`[^`\n]*`|:[a-z][a-z0-9_]+:|<img\b[^<>]*>", re.DOTALL)
_MARKS = class_of('[](){}<>|*_`"“”,;\\《》「」『』【】（），；：、。·•→~∣—–')
# matches "Best Paper" as words, and "<b>", "&amp;" and "\[" as none
_RUN = re.compile(rf"<[^<>]*>|&\w+;|\\.|arxiv\.org|(?P<words>[^\s{_MARKS}]+(?: [^\s{_MARKS}]+)*)")
# matches the address "https://img.shields.io/badge/arXiv-2407.12391-red" of a picture
_BADGE = re.compile(r"shields\.io|badge|icon|logo|\.svg|arxiv|pdf|paper", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]|[^\x00-\x7f]")  # matches a letter or digit of "A"
# matches "NeurIPS-2024" of ".../badge/NeurIPS-2024-blue"
_BADGE_YEAR = re.compile(
    r"(?<![\w-])(?P<name>[A-Za-z][A-Za-z&]+)(?P<gap>(?:[-_' ]|%20|%27)+)(?P<year>(?:19|20)\d\d|\d\d)"
    r"(?=[-_?)\]]|\.(?!\d)|$)"
)
_AFTER_VENUE = re.compile(r"[\s,.:–—-]{1,4}")  # matches ", " between a venue and its date
_CODE_LABEL = re.compile(
    r"\W*(?:official )?(?:code|github|repo|link|here)s?\W*", re.IGNORECASE
)  # matches "[Code]"
_CODE_NAME = re.compile(r"(?:code|github|代码)\W*[:：]\s*<?\Z", re.IGNORECASE)  # matches "- Code: "
# matches "[Official Code]" and "Project page"
_CODE = re.compile(
    r"\W*(?:official )?(?:code|github|project|demo|video|slides)s?(?: page)?\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an entry that is not plain form, and what stands for it in the template."""

    start: int
    end: int
    stand_in: Template

    def moved(self, by: int) -> Span:
        """Return the same part of a text that starts `by` characters earlier."""
        return Span(self.start + by, self.end + by, self.stand_in)


def mark(
    text: str,
    links: Sequence[Link],
    title: Title | None,
    *,
    paper: ArxivId | None = None,
    alias: str = "",
    constants: frozenset[str] = frozenset(),
    code: bool = False,
) -> Template:
    """Put stand-ins in the place of fields and of what is human.

    Args:
        text: The entry without its marker, or one cell.
        links: Its links.
        title: Where its title is, if it is here.
        paper: The entry's paper, if it is not that of the first link here.
        alias: The short name of the title.
        constants: Words that are form.
        code: Whether a link to code is a field, because that of the new paper is known.
    """
    paper = paper or next((link.id for link in links if link.id), None) or next(iter(bare_ids(text)), None)
    titles = _title_spans(title) if title else []
    before = title.span[0] if title else len(text)
    spans = [*titles, *(_aliases(text[:before], alias, links) if alias else ())]
    spans += _code_spans(text, links) if code else []
    spans += _link_spans(text, links, titles, paper, constants)
    spans += _free_spans(text, spans, paper, constants)
    return _replaced(text, _with_names(text, spans))


def _with_names(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Keep the name right before a field, as in `- Paper: https://…`, however few entries have it."""
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    for span, following in zip_longest(ordered, ordered[1:]):
        words = text[span.start : span.end]
        names = span.stand_in == HUMAN and words.rstrip().endswith((":", "："))
        beside = following is not None and not text[span.end : following.start].strip()
        is_beside_field = beside and isinstance(next(iter(following.stand_in.parts), None), Field)
        is_name = names and is_beside_field and is_field_name(words)
        yield replace(span, stand_in=Template.join(words)) if is_name else span


def _replaced(text: str, spans: Iterable[Span]) -> Template:
    marked: list[str | Template] = []
    position = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if span.start >= position:
            marked += [text[position : span.start], span.stand_in]
            position = span.end
    return Template.join(*marked, text[position:])


def _title_spans(title: Title) -> list[Span]:
    if title.rest:
        return [Span(*title.span, field("name")), Span(*title.rest, field("rest"))]
    return [Span(*title.span, field("title"))]


def alias_of(title: Title | None) -> str:
    """Return the short name of a whole title, one word, which may stand once more elsewhere."""
    return "" if title is None or title.rest else short_name(title.text)


def _aliases(text: str, alias: str, links: Sequence[Link]) -> Iterator[Span]:
    """Find a title's short name where it stands once more: `**Octo**: "Octo: A Robot"`."""
    # Matches "KV" and "Cache" of "KV-Cache".
    parts = re.findall(r"[^\W_]+", alias)
    if not parts or parts[0].casefold() not in text.casefold():
        return  # told fast
    words = r"[\W_]?".join(map(re.escape, parts))
    for match in re.compile(rf"(?<![\w-]){words}(?![\w-])", re.IGNORECASE).finditer(text):
        inside = text.rfind("<", 0, match.start()) > text.rfind(">", 0, match.start())  # a tag
        if not inside and not any(link.start < match.end() and match.start() < link.end for link in links):
            yield Span(*match.span(), field("alias"))
            return


def _code_spans(text: str, links: Sequence[Link]) -> list[Span]:
    """Mark the address of the first link to code; the label stays as it is."""
    for link in links:
        if not is_code_address(link.url):
            continue
        if link.kind == "bare" and _CODE_NAME.search(text, 0, link.start):
            return [Span(*link.label, field("code"))]
        if link.kind == "link" and _CODE_LABEL.fullmatch(_label(text, link)):
            start = text.index(link.url, link.label[1])
            return [
                _as_is(text, link.start, start),
                Span(start, start + len(link.url), field("code")),
                _as_is(text, start + len(link.url), link.end),
            ]
    return []


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
        if not inside and _CODE.fullmatch(_label(text, link)):
            spans.append(Span(link.start, link.end, HUMAN))
        elif link.id and link.id == paper and not _is_figure(text[slice(*link.label)]):
            form = url_form(unfolded(link.url), link.id) or "https://arxiv.org/abs/{id}"
            spans += _address(text, link, form)
            if not inside and link.kind != "bare":
                spans += _label_spans(text, link, constants)
        elif inside:
            spans += _address(text, link, "https://arxiv.org/abs/{id}")
        elif not link.url and "![" not in text[link.start : link.end]:
            spans.append(_as_is(text, link.start, link.end))
        else:
            spans.append(Span(link.start, link.end, HUMAN))
    return spans


def _is_figure(label: str) -> bool:
    """Return whether a link shows a picture of its paper, not a badge that any paper may bear."""
    return ("![" in label or "<img" in label) and not _BADGE.search(label)


def _outermost(links: Sequence[Link]) -> Iterator[Link]:
    end = 0
    for link in links:
        if link.start >= end:
            end = link.end
            yield link


def _address(text: str, link: Link, form: str) -> list[Span]:
    if link.kind == "bare":
        return [Span(*link.label, field("url", form))]
    start = text.find(link.url or ")", link.label[1] if link.kind == "link" else link.start)
    if not 0 <= start < link.end:
        return []
    end = start + len(link.url)
    address = [Span(start, end, field("url", form))]
    if link.kind == "html":
        address += [_as_is(text, link.start, start), _as_is(text, end, link.label[0])]
    return address


def _as_is(text: str, start: int, end: int) -> Span:
    """Keep a part of the entry as it is written."""
    return Span(start, end, Template.join(text[start:end]))


def _label_spans(text: str, link: Link, constants: frozenset[str]) -> list[Span]:
    label, shown = text[slice(*link.label)], _label(text, link)
    if "![" in label or "<img" in label or not shown:
        return [Span(*link.label, _badge(label, link.id))]  # a badge that leads to arXiv is form
    if is_label(shown):
        tags = _tag_spans(label, link.id)
        return [span.moved(link.label[0]) for span in tags] or [_as_is(text, *link.label)]
    return [_as_is(text, *link.label) if shown in constants else Span(*link.label, field("name"))]


def _label(text: str, link: Link) -> str:
    return visible(unfolded(text[slice(*link.label)]))


def _tag_spans(text: str, paper: ArxivId | None) -> list[Span]:
    """Mark the identifier, the venues and the dates of a label such as `arXiv:2510.14586 (2025)`."""
    spans = _id_spans(text, paper)
    dates = list(find_dates(text))
    whole = is_venue(text) or is_tag(text)
    if not spans and whole:
        _add(spans, _venues(text, dates))
    _add(spans, (Span(start, end, field("date", form)) for start, end, form in dates))
    return spans


def _badge(label: str, paper: ArxivId | None) -> Template:
    """Write a badge with stand-ins for the identifier and the year it shows; a venue becomes arXiv."""
    spans = _id_spans(label, paper, r"(?:v\d+)?")
    _add(spans, filter(None, map(_dated, _BADGE_YEAR.finditer(label))))
    return _replaced(label, spans)


def _dated(match: re.Match[str]) -> Span | None:
    name, gap, year = match["name"], match["gap"], match["year"]
    preprint = bool(PREPRINT.fullmatch(name))
    if not preprint and not is_venue(f"{name} {year}"):
        return None
    form = "{Y}" if year[2:] else "{y:02}"
    return Span(*match.span(), Template.join(name if preprint else "arXiv", gap, field("date", form)))


def _free_spans(text: str, taken: list[Span], paper: ArxivId | None, constants: frozenset[str]) -> list[Span]:
    """Mark what no link and no title holds."""
    spans: list[Span] = []
    for start, end in _gaps(taken, 0, len(text)):
        spans += [span.moved(start) for span in _free(text[start:end], paper, constants)]
    people = sorted((span for span in spans if span.stand_in.has("authors")), key=lambda span: span.start)
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
    personal = (match for match in _PERSONAL.finditer(text) if not is_tag(match[0].strip("`")))
    spans = [Span(*match.span(), HUMAN) for match in personal]
    spans += _id_spans(text, paper)
    dates = list(find_dates(text))
    venues = _venues(text, dates)
    _add(spans, venues)
    _add(spans, (Span(start, end, field("date", form)) for start, end, form in dates))
    for start, end, first in find_authors(_hidden(text, spans)):
        _add(spans, [Span(start, end, field("authors", first or manner(text[start:end])))])
    words: list[Span] = []
    for start, end in _gaps(spans, 0, len(text)):
        words += _words(text, start, end, constants)
    return spans + words


def _hidden(text: str, spans: Iterable[Span]) -> str:
    """Blot out what is known to be no name, so that `Ann Lee, Bob Ray. 2021.` ends before the year."""
    hidden = list(text)
    for span in spans:
        hidden[span.start : span.end] = "\x00" * (span.end - span.start)
    return "".join(hidden)


def _id_spans(text: str, paper: ArxivId | None, version: str = "") -> list[Span]:
    found = re.finditer(re.escape(paper.base) + version, text) if paper else ()
    return [Span(*match.span(), field("id")) for match in found]


def _add(spans: list[Span], more: Iterable[Span]) -> None:
    """Add the parts that overlap none of the earlier ones."""
    spans += [new for new in more if not any(old.start < new.end and new.start < old.end for old in spans)]


def _venues(text: str, dates: list[tuple[int, int, str]]) -> list[Span]:
    """Find venues with the date that follows; only a preprint's form is told."""
    spans = []
    for match in PREPRINT.finditer(text):
        end, form = _with_date(text, match.end(), dates)
        spans.append(Span(match.start(), end, field("venue", f"{match[0]}{form}")))
    for match in VENUE.finditer(text):
        if not PREPRINT.search(match[0]):
            end, _ = _with_date(text, match.end(), dates)
            spans.append(Span(match.start(), end, field("venue", "")))
    return spans


def _with_date(text: str, end: int, dates: list[tuple[int, int, str]]) -> tuple[int, str]:
    """Return where a venue ends and how its date is written, if one follows."""
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


@lru_cache(maxsize=REMEMBERED)
def human_runs(text: str, style: str = "bullet") -> frozenset[str]:
    """Return the runs of words that stand in one line with a field, and the labels of links to arXiv."""
    written = FORMATS[style]
    body = text[written.marker_end(text) :]
    links = scan_links(body)
    title = written.title(body, links)
    taken = _title_spans(title) if title else []
    fields = taken + [Span(link.start, link.end, field("url")) for link in links if link.id]
    taken += [Span(link.start, link.end, HUMAN) for link in _outermost(links)]
    labels = {visible(body[slice(*link.label)]) for link in links if link.id and link.kind != "bare"}
    words: list[Span] = []
    for start, end in _gaps(taken, 0, len(body)):
        for span in _free(body[start:end], None, frozenset()):
            (words if span.stand_in == HUMAN else fields).append(span.moved(start))
    with_fields = {body.count("\n", 0, span.start) for span in fields}
    beside = (span for span in words if body.count("\n", 0, span.start) in with_fields)
    return frozenset(labels) | {body[span.start : span.end] for span in beside}


_BOX = re.compile(r"\[[xX]?\](?=[ \t])")  # matches the box of "- [x] A Title"
_NUMBER = re.compile(r"\d+")  # matches "12" of "12. "
# matches "Institutions", "**Affiliation**" and "机构"
_PLACE_COLUMN = re.compile(
    r"\W*(?:institut|affiliation|organi[sz]ation|universit|compan|单位|机构|所属)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A table row as cells: what stands before and after them, each one's text, form and column name."""

    outer: tuple[str, str]
    raw: tuple[str, ...]
    forms: tuple[Template, ...]
    names: tuple[str, ...] = ()


@lru_cache(maxsize=REMEMBERED)
def skeleton(
    text: str, *, style: str = "bullet", constants: frozenset[str] = frozenset(), code: bool = False
) -> Template:
    """Reduce an entry that is no table row to its form; what is human is gone.

    Args:
        text: The entry's lines.
        style: The entry's style.
        constants: Words that are the same in most entries, so that they are form.
        code: Whether a link to code is a field.
    """
    written = FORMATS[style]
    offset = written.marker_end(text)
    head = Template.join(_BOX.sub("[ ]", text[:offset]))
    if written.bears_number and (number := _NUMBER.search(head.text)):
        head = Template.join(head.text[: number.start()], Field("number"), head.text[number.end() :])
    body = folded(text[offset:])
    links = scan_links(body)
    title = written.title(body, links)
    marked = mark(body, links, title, alias=alias_of(title), constants=constants, code=code)
    return clean(Template.join(head, marked)).rewritten(unfolded)


def cells_of(text: str, header: str, constants: frozenset[str] = frozenset(), *, code: bool = False) -> Cells:
    """Reduce a table row to the forms of its cells; with `code`, a link to code is a field, too."""
    text = folded(text)
    links = scan_links(text)
    spans = split_cells(text)
    title = title_of_row(text, spans, header, links)
    names = [header[slice(*cell)] for cell in split_cells(header)] + [""] * len(spans)
    forms = [
        Template()
        if _PLACE_COLUMN.match(name)
        else _cell(text, start, end, links, title, constants=constants, code=code).rewritten(unfolded)
        for (start, end), name in zip(spans, names, strict=False)
    ]
    outer = (text[: spans[0][0]], text[spans[-1][1] :])
    raw = tuple(unfolded(text[start:end]) for start, end in spans)
    return Cells(outer, raw, tuple(forms), tuple(names[: len(raw)]))


def _cell(
    text: str,
    start: int,
    end: int,
    links: list[Link],
    title: Title | None,
    *,
    constants: frozenset[str],
    code: bool,
) -> Template:
    inside = [link.moved(-start) for link in links if start <= link.start < end]
    here = title.moved(-start) if title and start <= title.span[0] < end else None
    first = next((link.id for link in links if link.id), None)
    alias = alias_of(title)
    if here is None and _letters(visible(text[start:end])) != _letters(alias):
        alias = ""  # in another cell it stands alone
    marked = mark(text[start:end], inside, here, paper=first, alias=alias, constants=constants, code=code)
    return clean(marked.strip())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
