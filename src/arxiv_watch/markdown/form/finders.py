"""An entry taken apart: which parts of it are fields or a person's, and what stands for each in its template.

The finders of `FINDERS` go over the entry one after the other; none finds anything where an earlier one has.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from arxiv_watch.markdown.text.fields import (
    ABSTRACT,
    PREPRINT,
    VENUE,
    find_dates,
    is_code_address,
    is_field_name,
    is_label,
    is_tag,
    is_venue,
    short_name,
    url_form,
)
from arxiv_watch.markdown.text.inline import Link, bare_ids, scan_links, visible
from arxiv_watch.markdown.text.titles import Title

_FOUND = "\x00"  # stands in the place of what an earlier finder has found; patterns must not reach over it
# matches "[Code]"
_CODE_LABEL = re.compile(r"\W*(?:official )?(?:code|github|repo|link|here)s?\W*", re.IGNORECASE)
_CODE_NAME = re.compile(r"(?:code|github|代码)\W*[:：]\s*<?\Z", re.IGNORECASE)  # matches "- Code: "
# matches "[Official Code]" and "Project page"
_NO_PAPER = re.compile(
    r"\W*(?:official )?(?:code|github|project|demo|video|slides)s?(?: page)?\W*", re.IGNORECASE
)
# matches the address "https://img.shields.io/badge/arXiv-2407.12391-red" of a picture
_BADGE = re.compile(r"shields\.io|badge|icon|logo|\.svg|arxiv|pdf|paper", re.IGNORECASE)
# matches "NeurIPS-2024" of ".../badge/NeurIPS-2024-blue"
_BADGE_YEAR = re.compile(
    r"(?<![\w-])(?P<name>[A-Za-z][A-Za-z&]+)(?P<gap>(?:[-_' ]|%20|%27)+)(?P<year>(?:19|20)\d\d|\d\d)"
    r"(?=[-_?)\]]|\.(?!\d)|$)"
)
# Matches "<!-- to read -->", "`pip install it`", ":star:" and "<img src=star.svg>", each what a person adds.
_PERSONAL = re.compile(r"<!--[^\0]*?(?:-->|(?=\0)|\Z)|`[^`\n\0]*`|:[a-z][a-z0-9_]+:|<img\b[^<>\0]*>")
_AFTER_VENUE = re.compile(r"[\s,.:–—-]{1,4}")  # matches ", " between a venue and its date
_SHORT_YEAR = re.compile(r"([ '’`]{1,2})\d\d(?![\w./:-])")  # matches "'24" and "' 24" after a venue
_MARKS = class_of('\0[](){}<>|*_`"“”,;\\《》「」『』【】（），；：、。·•→~∣—–')
# matches "Best Paper" as words, and "<b>", "&amp;" and "\[" as none
_RUN = re.compile(rf"<[^<>\0]*>|&\w+;|\\[^\n\0]|arxiv\.org|(?P<words>[^\s{_MARKS}]+(?: [^\s{_MARKS}]+)*)")
_WORD = re.compile(r"[^\W_]|[^\x00-\x7f]")  # matches a letter or digit of "A"
REMEMBERED = 8192  # entries; a heading with few asks those of all others, and so does the next
_BOX = re.compile(r"\[[xX]?\](?=[ \t])")  # matches the box of "- [x] A Title"
_NUMBER = re.compile(r"\d+")  # matches "12" of "12. "
# matches "Institutions", "**Affiliation**" and "机构"
_PLACE_COLUMN = re.compile(
    r"\W*(?:institut|affiliation|organi[sz]ation|universit|compan|单位|机构|所属)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is taken apart: an entry without its marker, a cell of a row, or a link's label.

    Attributes:
        text: Its text, with escapes `folded`.
        title: Where the title is; None where it is elsewhere.
        paper: The paper whose links and identifiers are fields.
        alias: The title's short name, which may stand here once more.
        constants: Words that are form.
        code: Whether a link to code is a field: that of the new paper is known.
    """

    text: str
    links: Sequence[Link] = ()
    title: Title | None = None
    paper: ArxivId | None = None
    alias: str = ""
    constants: frozenset[str] = frozenset()
    code: bool = False

    @classmethod
    def of(cls, text: str, links: Sequence[Link], title: Title | None) -> Passage:
        """Take the paper from the first link or identifier, and the short name from the title."""
        linked = next((link.id for link in links if link.id), None)
        alias = "" if title is None or title.rest else short_name(title.text)
        return cls(text, links, title, linked or next(iter(bare_ids(text)), None), alias)

    def cell(self, start: int, end: int) -> Passage:
        """Return one cell of a row; in a cell without the title its short name stands alone."""
        text, title = self.text[start:end], self.title
        links = [link.moved(-start) for link in self.links if start <= link.start < end]
        here = title.moved(-start) if title and start <= title.span[0] < end else None
        is_named = here or _letters(visible(text)) == _letters(self.alias)
        return replace(self, text=text, links=links, title=here, alias=self.alias if is_named else "")

    def holds_title(self, link: Link) -> bool:
        """Return whether a link is around a title or one of its halves."""
        spans = (self.title.span, self.title.rest) if self.title else ()
        return any(link.start <= span[0] < link.end for span in spans if span)

    def outermost_links(self) -> Iterator[Link]:
        """Return the links that stand in no other, such as a badge stands in one."""
        end = 0
        for link in self.links:
            if link.start >= end:
                end = link.end
                yield link


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a passage that is not plain form, and what stands for it in the template."""

    start: int
    end: int
    replacement: Template

    @property
    def place(self) -> tuple[int, int]:
        """Where it starts and ends."""
        return self.start, self.end

    def overlaps(self, other: Span) -> bool:
        """Return whether two parts share text."""
        return self.start < other.end and other.start < self.end


Finder = Callable[[Passage, str], Iterable[Span]]
"""Finds parts of a passage; its second argument is the text without what earlier finders found."""


def template_of(passage: Passage) -> Template:
    """Put stand-ins in the place of fields and of what is human."""
    return _replaced(passage.text, _with_names(passage.text, take_apart(passage, FINDERS)))


def take_apart(passage: Passage, finders: Sequence[Finder]) -> list[Span]:
    """Return the parts that finders find, in the order of the text."""
    found: list[Span] = []
    left = list(passage.text)
    for finder in finders:
        for span in finder(passage, "".join(left)):
            place = bisect(found, span.place, key=lambda other: other.place)
            # No two parts overlap, so that only those next to a new one can overlap it.
            if not any(map(span.overlaps, found[max(place - 1, 0) : place + 1])):
                found.insert(place, span)
                left[span.start : span.end] = _FOUND * (span.end - span.start)
    return found


def _with_names(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Keep the name right before a field, as in `- Paper: https://…`, however few entries have it."""
    for span, following in zip_longest(spans, spans[1:]):
        words = text[span.start : span.end]
        names = span.replacement == HUMAN and words.rstrip().endswith((":", "："))
        beside = following is not None and not text[span.end : following.start].strip()
        is_beside_field = beside and isinstance(next(iter(following.replacement.parts), None), Field)
        yield (
            _as_is(text, span.start, span.end) if names and is_beside_field and is_field_name(words) else span
        )


def _replaced(text: str, spans: Iterable[Span]) -> Template:
    pieces: list[str | Template] = []
    position = 0
    for span in spans:
        pieces += [text[position : span.start], span.replacement]
        position = span.end
    return Template.join(*pieces, text[position:])


def _as_is(text: str, start: int, end: int) -> Span:
    """Keep a part as it is written."""
    return Span(start, end, Template.join(text[start:end]))


def find_title(passage: Passage, _: str) -> Iterator[Span]:
    """Find the title, or its halves."""
    title = passage.title
    if title and title.rest:
        yield Span(*title.span, field("name"))
        yield Span(*title.rest, field("rest"))
    elif title:
        yield Span(*title.span, field("title"))


def _find_alias(passage: Passage, _: str) -> Iterator[Span]:
    """Find the title's short name where it stands once more before it: `**Octo**: "Octo: A Robot"`."""
    text, end = passage.text, passage.title.span[0] if passage.title else len(passage.text)
    # Matches "KV" and "Cache" of "KV-Cache".
    parts = re.findall(r"[^\W_]+", passage.alias)
    if not parts or parts[0].casefold() not in text[:end].casefold():
        return  # seldom does a name stand twice, and the pattern below takes time
    words = r"[\W_]?".join(map(re.escape, parts))
    for match in re.compile(rf"(?<![\w-]){words}(?![\w-])", re.IGNORECASE).finditer(text, 0, end):
        in_tag = text.rfind("<", 0, match.start()) > text.rfind(">", 0, match.start())
        in_link = any(link.start < match.end() and match.start() < link.end for link in passage.links)
        if not in_tag and not in_link:
            yield Span(*match.span(), field("alias"))
            return


def _find_code(passage: Passage, _: str) -> Iterator[Span]:
    """Find the address of the first link to code; the label stays as it is."""
    text = passage.text
    for link in passage.links if passage.code else ():
        if not is_code_address(link.url):
            continue
        if link.kind == "bare" and _CODE_NAME.search(text, 0, link.start):
            yield Span(*link.label, field("code"))
            return
        if link.kind == "link" and _CODE_LABEL.fullmatch(_label(text, link)):
            start = text.index(link.url, link.label[1])
            end = start + len(link.url)
            yield from (_as_is(text, link.start, start), Span(start, end, field("code")))
            yield _as_is(text, end, link.end)
            return


def _find_links(passage: Passage, _: str) -> Iterator[Span]:
    """Find the links: those to the paper, and that of the title, are fields; others are human."""
    text = passage.text
    for link in passage.outermost_links():
        of_title = passage.holds_title(link)
        if not of_title and _NO_PAPER.fullmatch(_label(text, link)):
            yield Span(link.start, link.end, HUMAN)
        elif link.id and link.id == passage.paper and not _is_figure(text[slice(*link.label)]):
            yield from _address(text, link, url_form(unfolded(link.url), link.id))
            if not of_title and link.kind != "bare":
                yield from _label_of_paper(passage, link)
        elif of_title:
            yield from _address(text, link, ABSTRACT)
        elif not link.url and "![" not in text[link.start : link.end]:
            yield _as_is(text, link.start, link.end)
        else:
            yield Span(link.start, link.end, HUMAN)


def _is_figure(label: str) -> bool:
    """Return whether a link shows a picture of its paper, not a badge that any paper may bear."""
    return ("![" in label or "<img" in label) and not _BADGE.search(label)


def _address(text: str, link: Link, form: str) -> Iterator[Span]:
    if link.kind == "bare":
        yield Span(*link.label, field("url", form))
        return
    start = text.find(link.url or ")", link.label[1] if link.kind == "link" else link.start)
    end = start + len(link.url)
    if not 0 <= start < link.end:
        return
    yield Span(start, end, field("url", form))
    if link.kind == "html":
        yield from (_as_is(text, link.start, start), _as_is(text, end, link.label[0]))


def _label_of_paper(passage: Passage, link: Link) -> Iterator[Span]:
    """Find what a link to the paper is called: a badge, what it leads to, or the paper's name."""
    start, end = link.label
    label, shown = passage.text[start:end], _label(passage.text, link)
    inside = Passage(label, paper=link.id)
    if "![" in label or "<img" in label or not shown:  # a badge that leads to arXiv is form
        yield Span(start, end, _replaced(label, take_apart(inside, (_find_ids, _find_badge_years))))
    elif is_label(shown):
        is_whole = (is_venue(label) or is_tag(label)) and not any(_find_ids(inside, label))
        tags = take_apart(inside, (_find_ids, *((_find_venues,) if is_whole else ()), _find_dates))
        moved = [replace(span, start=span.start + start, end=span.end + start) for span in tags]
        yield from moved or [_as_is(passage.text, start, end)]
    elif shown in passage.constants:
        yield _as_is(passage.text, start, end)
    else:
        yield Span(start, end, field("name"))


def _label(text: str, link: Link) -> str:
    return visible(unfolded(text[slice(*link.label)]))


def _find_badge_years(_: Passage, left: str) -> Iterator[Span]:
    """Find the venues of a badge with their years; any becomes arXiv."""
    for match in _BADGE_YEAR.finditer(left):
        name, gap, year = match["name"], match["gap"], match["year"]
        preprint = bool(PREPRINT.fullmatch(name))
        if preprint or is_venue(f"{name} {year}"):
            date = field("date", "{Y}" if year[2:] else "{y:02}")
            yield Span(*match.span(), Template.join(name if preprint else "arXiv", gap, date))


def _find_personal(_: Passage, left: str) -> Iterator[Span]:
    """Find comments, code, signs and pictures; a venue or date may look like code."""
    for match in _PERSONAL.finditer(left):
        if not is_tag(match[0].strip("`")):
            yield Span(*match.span(), HUMAN)


def _find_ids(passage: Passage, left: str) -> Iterator[Span]:
    if passage.paper:
        for match in re.finditer(re.escape(passage.paper.base) + r"(?:v\d+)?", left):
            yield Span(*match.span(), field("id"))


def _find_venues(_: Passage, left: str) -> Iterator[Span]:
    """Find venues with the date that follows; only a preprint's form is kept."""
    dates = {start: (end, form) for start, end, form in find_dates(left)}
    for match in PREPRINT.finditer(left):
        end, form = _with_date(left, match.end(), dates)
        yield Span(match.start(), end, field("venue", f"{match[0]}{form}"))
    for match in VENUE.finditer(left):
        if not PREPRINT.search(match[0]):
            end, _form = _with_date(left, match.end(), dates)
            yield Span(match.start(), end, field("venue", ""))


def _with_date(text: str, end: int, dates: Mapping[int, tuple[int, str]]) -> tuple[int, str]:
    """Return where a venue ends and how its date is written, if one follows; dates come by their start."""
    after = _AFTER_VENUE.match(text, end)
    if after and after.end() in dates:
        date_end, form = dates[after.end()]
        return date_end, after[0] + form
    short = _SHORT_YEAR.match(text, end)
    return (short.end(), short[1] + "{y:02}") if short else (end, "")


def _find_dates(_: Passage, left: str) -> Iterator[Span]:
    for start, end, form in find_dates(left):
        yield Span(start, end, field("date", form))


def _find_authors(_: Passage, left: str) -> Iterator[Span]:
    """Find the authors; what looks like names a second time is an institution."""
    for index, (start, end, first) in enumerate(sorted(find_authors(left), key=lambda found: found[:2])):
        yield Span(start, end, HUMAN if index else field("authors", first or manner(left[start:end])))


def _find_words(passage: Passage, left: str) -> Iterator[Span]:
    """Find every run of words that is not the same in most entries."""
    for match in _RUN.finditer(left):
        if match["words"] and _WORD.search(match["words"]) and match["words"] not in passage.constants:
            yield Span(*match.span("words"), HUMAN)


IN_TEXT: tuple[Finder, ...] = (
    _find_personal,
    _find_ids,
    _find_venues,
    _find_dates,
    _find_authors,
    _find_words,
)
"""What is found where no link and no title stands."""
FINDERS: tuple[Finder, ...] = (find_title, _find_alias, _find_code, _find_links, *IN_TEXT)


def find_whole_links(passage: Passage, _: str) -> Iterator[Span]:
    """Find each link as one part, for those who ask for the words beside."""
    for link in passage.outermost_links():
        yield _as_is(passage.text, link.start, link.end)


@lru_cache(maxsize=REMEMBERED)
def skeleton(
    text: str, *, style: str = "bullet", constants: frozenset[str] = frozenset(), code: bool = False
) -> Template:
    """Reduce an entry that is no table row to its form: what is human is gone, but for words that most share.

    With `code`, a link to code is a field, too.
    """
    offset = FORMATS[style].marker_end(text)
    head = Template.join(_BOX.sub("[ ]", text[:offset]))
    if FORMATS[style].bears_number and (number := _NUMBER.search(head.text)):
        head = Template.join(head.text[: number.start()], Field("number"), head.text[number.end() :])
    passage = replace(passage_of(folded(text[offset:]), style), constants=constants, code=code)
    return clean(Template.join(head, template_of(passage))).rewritten(unfolded)


def passage_of(body: str, style: str) -> Passage:
    """Find what an entry without its marker holds."""
    links = scan_links(body)
    return Passage.of(body, links, FORMATS[style].title(body, links))


@dataclass(frozen=True, slots=True)
class Cells:
    """A table row as cells: what stands before and after them, each one's text, form and column name."""

    outer: tuple[str, str]
    raw: tuple[str, ...]
    forms: tuple[Template, ...]
    names: tuple[str, ...] = ()

    def has(self, kind: str) -> bool:
        """Return whether there is a field of a kind in a cell."""
        return any(form.has(kind) for form in self.forms)


def cells_of(text: str, header: str, constants: frozenset[str] = frozenset(), *, code: bool = False) -> Cells:
    """Reduce a table row to the forms of its cells; with `code`, a link to code is a field, too."""
    text = folded(text)
    spans = split_cells(text)
    links = scan_links(text)
    row = Passage.of(text, links, title_of_row(text, spans, header, links))
    row = replace(row, constants=constants, code=code)
    names = [header[slice(*cell)] for cell in split_cells(header)] + [""] * len(spans)
    forms = [
        Template()
        if _PLACE_COLUMN.match(name)
        else clean(template_of(row.cell(*span)).strip()).rewritten(unfolded)
        for span, name in zip(spans, names, strict=False)
    ]
    outer = (text[: spans[0][0]], text[spans[-1][1] :])
    raw = tuple(unfolded(text[start:end]) for start, end in spans)
    return Cells(outer, raw, tuple(forms), tuple(names[: len(raw)]))
