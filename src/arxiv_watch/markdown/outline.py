"""From blocks to sections: which heading an entry stands under, and which blocks are entries."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from arxiv_watch.headings import HeadingPath
from arxiv_watch.markdown.blocks import Node
from arxiv_watch.markdown.document import Entry, Section
from arxiv_watch.markdown.entries import EntryReader
from arxiv_watch.markdown.inline import scan_links, visible

SUMMARY_LEVEL = 7
BOLD_LEVEL = 20
BULLET_LEVEL = 30
_NAME_WORDS = 3  # of what an item names, where it is no title
_DEEPEST = 40  # headings above one another; more are none that a reader could follow
# matches "**Serving**:", a heading in bold letters
_BOLD_LINE = re.compile(r"\s*(\*\*|__)(?P<text>[^*\[\]]+?)(\*\*|__)\s*+(?:[:：]\s*+)?")
# matches "<h2>Serving</h2>", "<summary>2024</summary>", "<details>", "<li>A Title" and a comment
_HTML_EVENT = re.compile(
    r"<!--.*?(?:-->|\Z)|<h(?P<level>[1-6])\b[^<>]*>(?P<heading>(?:(?!<h[1-6]\b).)*?)</h(?P=level)\s*>|"
    r"<summary\b[^<>]*>(?P<summary>(?:(?!<summary\b).)*?)</summary\s*>|(?P<open><details\b[^<>]*>)|"
    r"(?P<close></details\s*>)|(?P<row><tr\b.*?(?:</tr\s*>|\Z))|(?P<item><li\b.*?(?:</li\s*>|(?=<li\b|</?[uo]l\b|\Z)))|"
    r"(?P<line>^[ ]*(?:[-*+|] ?|\d+\. |\[)[^\n]*\]\([^\n]*$)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
# matches "<h2 align=center>Serving</h2>"
_INNER_HEADING = re.compile(r"<h([1-6])\b[^<>]*>((?:(?!<h[1-6]\b).)*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
# matches "Click to expand" as the summary of a fold
_NO_HEADING = re.compile(
    r"(?:click|show|expand|more|abstract|details|bibtex|toggle|fold|unfold|table of contents)\b.*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Heading:
    level: int
    text: str
    line: int
    details: int = 0


@dataclass(slots=True)
class _Builder:
    headings: tuple[_Heading, ...]
    entries: list[Entry] = field(default_factory=list)
    loose: list[range] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    empty: bool = True
    linked: bool = False
    end: int = 0
    closed: bool = False


def read_sections(
    lines: list[str], nodes: list[Node], references: Mapping[str, str], path: str
) -> list[Section]:
    """Find the sections of a file and their entries in its blocks."""
    walker = _Walker(lines, EntryReader(lines, references))
    walker.walk(nodes)
    walker.fold_headings()
    walker.group_entries()
    builders = list(walker.sections())
    sections = [_finish(builder, path) for builder in builders]
    beside = {section.path[:-1] for section in sections if section.category}
    above = {section.path[:size] for section in sections for size in range(len(section.path))}
    return [
        replace(section, category=True)
        if builder.empty and _is_awaiting(section.path, beside, above)
        else section
        for section, builder in zip(sections, builders, strict=True)
    ]


def _is_awaiting(path: HeadingPath, beside: set[HeadingPath], above: set[HeadingPath]) -> bool:
    """Return whether papers are expected under an empty heading: there are some under headings beside it."""
    return bool(path) and is_category(path[-1]) and path[:-1] in beside and path not in above


class _Walker:
    """Goes through the blocks in order and keeps the headings that stand above."""

    def __init__(self, lines: list[str], reader: EntryReader) -> None:
        self._lines = lines
        self._reader = reader
        self._headings: list[_Heading] = []
        self._details = 0
        self._builders: dict[tuple[int, ...], _Builder] = {}
        self._current = self._open()

    def sections(self) -> Iterator[_Builder]:
        for builder in self._builders.values():
            if builder.headings or builder.entries:
                yield builder

    def fold_headings(self) -> None:
        """Make entries of headings that stand for one paper each: no entries below, but a link to it."""
        holding = {
            key: builder for key, builder in self._builders.items() if builder.linked or builder.entries
        }
        above = {key[:size] for key in holding for size in range(1, len(key))}
        found = {
            key: headed
            for key, builder in holding.items()
            if key[1:] and key not in above and key[:-1] in self._builders
            if (headed := self._reader.headed(builder.headings[-1].line, builder.end, builder.entries))
        }
        sure = {key[:-1] for key, (_, is_sure) in found.items() if is_sure}
        beside = Counter(key[:-1] for key in found)
        for key, (entry, _) in found.items():
            # A name beside titles is a title; one alone above items is a topic, unless it bears a number.
            alone = beside[key[:-1]] == 1 and not entry.number
            if key[:-1] in sure and not (alone and self._builders[key].entries):
                del self._builders[key]
                self._current = self._builders[key[:-1]]
                self._add(entry)

    def group_entries(self) -> None:
        """Find the papers without a link to arXiv among paragraphs, and number the groups of entries."""
        for builder in self._builders.values():
            if builder.loose and builder.entries:
                entries = with_unlinked(builder.entries, builder.loose, self._reader)
                builder.entries = [replace(entry, gap=self._gap(entry)) for entry in entries]
            builder.entries = in_groups(builder.entries, builder.breaks)

    def walk(self, nodes: list[Node], depth: int = 0) -> None:
        taken: Node | None = None
        for index, node in enumerate(nodes):
            following = nodes[index + 1] if index + 1 < len(nodes) else None
            if node is taken:
                continue
            self._current.empty = self._current.empty and node.kind == "heading"
            if node.kind == "heading":
                self._push(node.level, self._text(node), node.start)
                self._current.linked = self._current.linked or self._reader.names_paper(node)
            self._extend(node)
            if node.kind == "list":
                self._list(node, depth)
            elif node.kind == "table":
                self._table(node)
            elif node.kind == "paragraph" and self._add_titled_list(node, following):
                taken = following
            elif node.kind == "paragraph":
                self._paragraph(node, following)
            elif node.kind == "html":
                self._html(node)
            elif node.kind == "quote":
                self.walk(node.children, depth)
            elif node.kind == "rule":
                self._break(node.start)

    def _open(self) -> _Builder:
        key = tuple(heading.line for heading in self._headings)
        if key not in self._builders:
            self._builders[key] = _Builder(tuple(self._headings))
        self._current = self._builders[key]
        return self._current

    def _push(self, level: int, raw: str, line: int) -> None:
        text = heading_text(raw)
        if not text:
            return
        while self._headings and (self._headings[-1].level >= level or len(self._headings) == _DEEPEST):
            self._headings.pop()
        self._headings.append(_Heading(level, text, line, self._details))
        self._open()

    def _extend(self, node: Node) -> None:
        """Let what stands under the current heading end where a block ends; a rule closes it."""
        current = self._current
        current.closed = current.closed or (node.kind == "rule" and current.linked)
        if not current.closed:
            current.end = node.end

    def _pop_details(self, line: int) -> None:
        self._details = max(self._details - 1, 0)
        while self._headings and self._headings[-1].details > self._details:
            self._headings.pop()
        self._open()
        self._break(line)

    def _break(self, line: int) -> None:
        self._current.breaks.append(line)

    def _add(self, entry: Entry | None) -> None:
        if entry:
            gap = self._gap(entry)
            self._current.entries.append(replace(entry, gap=gap) if gap else entry)

    def _gap(self, entry: Entry) -> int:
        """Count the blank lines right above an entry."""
        above = entry.line - 1
        while above > 0 and not self._lines[above - 1].strip():
            above -= 1
        return entry.line - 1 - above

    def _text(self, node: Node) -> str:
        text = "\n".join(self._lines[node.start : node.end])
        # Matches "> > " before a quoted line.
        text = re.sub(r"^[ \t]*(?:>[ \t]?)+", "", text, flags=re.MULTILINE)
        # Matches "\n=====" under a heading.
        return re.sub(r"\n\s*(?:=+|-+)\s*$", "", text)

    def _add_titled_list(self, node: Node, following: Node | None) -> bool:
        """Read a title and the list of its links as one entry; return whether they are one."""
        if following is None or following.kind != "list":
            return False
        entry = self._reader.titled_list(node, following)
        if entry:
            self._extend(following)
            self._add(entry)
        return entry is not None

    def _paragraph(self, node: Node, following: Node | None) -> None:
        text = "\n".join(self._lines[node.start : node.end])
        bold = _BOLD_LINE.fullmatch(text)
        if bold and following and following.kind in {"list", "table"}:
            self._push(BOLD_LEVEL, bold["text"], node.start)
            return
        entries = self._reader.paragraph(node.start, node.end)
        for entry in entries:
            self._add(entry)
        if not entries and not YEAR_LINE.fullmatch(text):
            self._break(node.start)
            self._current.loose.append(range(node.start, node.end))
            self._current.linked = self._current.linked or self._reader.names_paper(node)

    def _table(self, node: Node) -> None:
        rows = [child for child in node.children if child.kind == "row"]
        head = next((child for child in node.children if child.kind == "head"), None)
        if self._current.entries:
            self._break(node.start)
        for row in rows:
            self._add(self._reader.row(row.start, head.start if head else None))

    def _list(self, node: Node, depth: int) -> None:
        for item in node.children:
            self._item(item, depth)

    def _item(self, item: Node, depth: int) -> None:
        lists = [child for child in item.children if child.kind == "list"]
        own_end = lists[0].start if lists else item.end
        if lists and self._reader.is_parent(item, lists):
            self._push(BULLET_LEVEL + depth, self._reader.own_text(item.start, own_end), item.start)
            self.walk(item.children[1:], depth + 1)
            self._pop_bullet(BULLET_LEVEL + depth)
        elif not lists and self._reader.holds_paragraphs(item):
            self._push(
                BULLET_LEVEL + depth, self._reader.own_text(item.start, item.children[0].end), item.start
            )
            for child in item.children[1:]:
                for entry in self._reader.paragraph(child.start, child.end):
                    self._add(entry)
            self._pop_bullet(BULLET_LEVEL + depth)
        elif lists and self._reader.has_entries_below(item, lists):
            self._add(self._reader.item(item.start, own_end, ordered=item.ordered))
            for child in lists:
                self._list(child, depth + 1)
        else:
            self._add(self._reader.item(item.start, item.end, ordered=item.ordered))

    def _pop_bullet(self, level: int) -> None:
        while self._headings and self._headings[-1].level >= level:
            self._headings.pop()
        self._open()

    def _html(self, node: Node) -> None:
        text = "\n".join(self._lines[node.start : node.end])
        line, position = node.start, 0
        for match in _HTML_EVENT.finditer(text):
            line += text.count("\n", position, match.start())
            position = match.start()
            last = line + match[0].rstrip().count("\n") + 1
            if match["level"]:
                self._push(int(match["level"]), match["heading"], line)
            elif match["summary"] is not None:
                self._summary(match["summary"], line)
            elif match["open"]:
                self._details += 1
            elif match["close"]:
                self._pop_details(line)
            elif match["row"] or match["item"] or match["line"]:
                self._add(self._reader.html(match[0], line, last))

    def _summary(self, inner: str, line: int) -> None:
        heading = _INNER_HEADING.search(inner)
        if heading:
            self._push(int(heading[1]), heading[2], line)
            return
        # Matches "## " and "<a id=top>".
        text = heading_text(re.sub(r"^\W*#+\s*|<[^>]*>", "", inner))
        if text and not _NO_HEADING.fullmatch(text):
            self._push(SUMMARY_LEVEL + self._details, text, line)


def _finish(builder: _Builder, path: str) -> Section:
    names = tuple(heading.text for heading in builder.headings)
    entries = tuple(builder.entries)
    styles = Counter(entry.style for entry in entries)
    return Section(
        path=names or (PurePosixPath(path).stem,),
        level=builder.headings[-1].level if builder.headings else 0,
        line=builder.headings[-1].line + 1 if builder.headings else 0,
        style=max(styles, key=lambda style: styles[style], default=""),
        order=tell_order(entries),
        entries=entries,
        category=_holds_papers(names, entries),
    )


def _holds_papers(names: tuple[str, ...], entries: tuple[Entry, ...]) -> bool:
    if names and (not is_category(names[-1]) or any(excludes_below(name) for name in names[:-1])):
        return False
    if any(entry.ids for entry in entries):
        return True
    titled = sum(len(entry.title.split()) > _NAME_WORDS for entry in entries)
    return titled * 2 > len(entries)


# matches the ":gem: " of ":gem: **A Title**" and the "- " of "- A Title"
_SIGNS = re.compile(r"(?:\s|:[a-z0-9_+-]+:|[^\w\s*_<\[(\"“《:])*")
# matches the "**" of "**A Title**" and the "<b" of "<b>A Title</b>"
_OPENING = re.compile(r"\*+|_+|<\w+|\[+|[(\"“《]|")
_LINKED = re.compile(r"\]\(|https?://|\bhref=")  # matches the "](" of "[Paper](https://a.b)"
YEAR_LINE = re.compile(r"\W{0,12}((?:19|20)\d\d)\W{0,12}")  # matches "***2020:***"
"""A line that names the year of the entries below it."""
Shape = tuple[str, ...]


def with_unlinked(entries: Sequence[Entry], loose: Sequence[range], reader: EntryReader) -> list[Entry]:
    """Add the paragraphs that are written as a section's papers are, in the order of the file.

    Args:
        entries: The entries of the section.
        loose: The lines, from 0, of its paragraphs that link to no paper on arXiv.
        reader: Reads them.
    """
    texts = [reader.text(entry.line - 1, entry.end_line) for entry in entries if entry.style == "paragraph"]
    shapes = {shape for text in texts for shape in _shapes(text)}
    more = [
        entry
        for lines in (loose if shapes else ())
        if not shapes.isdisjoint(_shapes(reader.text(lines.start, lines.stop)))
        if (entry := reader.unlinked(lines.start, lines.stop))
    ]
    return sorted([*entries, *more], key=lambda entry: entry.line)


def _shapes(text: str) -> Iterator[Shape]:
    """Tell how the lines begin, and which has a link, down to the first that has one.

    Of a text that begins with a mark it is enough that it has as many lines, wherever the links are.
    """
    lines = text.split("\n")
    linked = [bool(_LINKED.search(line)) for line in lines]
    if any(linked):
        first = linked.index(True)
        yield (*map(_mark, lines[: first + 1]), "")
        if mark := _mark(lines[0]):
            yield (mark, str(len(lines)))


def _mark(line: str) -> str:
    """Return the mark that a line begins with, such as `**`; empty for a letter."""
    signs = _SIGNS.match(line)
    opening = _OPENING.match(line, signs.end() if signs else 0)
    return opening[0] if opening else ""


def in_groups(entries: Sequence[Entry], breaks: Sequence[int]) -> list[Entry]:
    """Number the groups that prose and rules part entries into; what stands between most of them parts none.

    Args:
        entries: The entries, in the order of the file.
        breaks: The lines, from 0, of what parts them.
    """
    starts = {entry.line - 1 for entry in entries}  # a paper found late was taken for prose
    breaks = [line for line in breaks if line not in starts]
    runs = [bisect_left(breaks, entry.line - 1) for entry in entries]
    parted = sum(one != other for one, other in pairwise(runs))
    if 2 * parted >= len(entries) - 1:
        runs = [0] * len(entries)
    return [replace(entry, run=run) if run else entry for entry, run in zip(entries, runs, strict=True)]


# matches "## " before a heading and " ##" after one
_ATX = re.compile(r"^\s{0,3}#{1,6}(?:\s+|$)|(?:^|(?<!\s)\s+)#+\s*$")
# matches " ([top](#contents))"
_ANCHOR_LINK = re.compile(r"(?:(?<!\s)\s+)?[(\[]\s*\[[^\[\]]*\]\(#[^()]*\)\s*[)\]]")
# matches "[Back to Top](#contents)"
_BACK_LINK = re.compile(r"\[(?=[^\[\]]*(?:back|top|🔝|↑|⬆|🔙))[^\[\]]*\]\(#[^()]*\)", re.IGNORECASE)
# matches ":books: " before a heading and " :fire:" after one
_SHORTCODE = re.compile(r"^(?:\s*:[a-z0-9_+-]+:)+\s*|(?:(?<!\s)\s+)?(?::[a-z0-9_+-]+:\s*){1,20}$")
# matches "Latest News", "Table of Contents" and "How to Cite"
_NO_CATEGORY = re.compile(
    r"(?:latest |recent |our |breaking )?(?:news|updates?|releases?|announcements?|highlights?)"
    r"(?: ?(?:&|and) ?\w+)?"
    r"|(?:update|change|release)s? ?logs?|our (?:\w+ )?(?:works?|papers?|surveys?|publications?|projects?)"
    r"|what'?s new|news? .*|changelog|(?:table of )?contents?(?: table)?|toc|index|outline|overview"
    r"|abbreviations?|glossary|acronyms?|terminolog(?:y|ies)|licen[sc]es?|citations?|cite(?: (?:us|this).*)?"
    r"|citing.*|bibtex|references?|contact.*|acknowledge?ments?|contribut(?:e|ing|ors?|ions?).*"
    r"|how to (?:contribute|cite|use).*|star[ -]?history.*|stargazers.*|about(?: .*)?|join us.*|disclaimer"
    r"|featured papers",
    re.IGNORECASE,
)


def heading_text(raw: str) -> str:
    """Read a heading's text without marker, addresses, anchors, badges, back links and outer emoji."""
    text = _ATX.sub("", raw) if raw.lstrip().startswith("#") else raw
    text = _BACK_LINK.sub("", _ANCHOR_LINK.sub("", text))
    shown = visible(text, scan_links(text))
    bare = _strip_emoji(_SHORTCODE.sub("", shown))
    return bare or shown


def is_category(text: str) -> bool:
    """Return whether papers can stand under a heading of this name; not under news or a licence."""
    return not _NO_CATEGORY.fullmatch(text.strip(" :.!"))


def excludes_below(text: str) -> bool:
    """Return whether the headings below this one hold no papers either; `Contents` is often a title."""
    # Matches "table of contents" and "about".
    names_all = re.match(r"(?:table of )?contents|overview|about|index", text, re.IGNORECASE)
    return not is_category(text) and not names_all


def _strip_emoji(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_ornament(text[start]):
        start += 1
    while end > start and _is_ornament(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_ornament(character: str) -> bool:
    return character.isspace() or (
        unicodedata.category(character) in {"So", "Sk", "Cf", "Mn", "Me", "Co"} and character != "°"
    )


STRICT = 0.85  # share of neighbours in order from which people keep it
FEWEST_IN_ORDER = 3  # identifiers that may be in order by chance
_CHANCE = 5  # titles that may be in order by chance


def tell_order(entries: Sequence[Entry]) -> str:
    """Name the order of a section: `newest-first`, `oldest-first`, `alphabetical`, `prepend` or `append`.

    Many lists are in order by month and no finer: TsinghuaC3I's of reinforcement learning, GeorgeDu's.
    """
    ids = [entry.ids[0] for entry in entries if entry.ids]
    if not entries:
        return ""
    if len(ids) > FEWEST_IN_ORDER:
        told = direction([one.sort_key for one in ids]) or direction([one.month for one in ids])
        if told:
            return "oldest-first" if told > 0 else "newest-first"
    titles = [entry.title.casefold() for entry in entries if entry.title]
    if len(titles) > _CHANCE and titles == sorted(titles):
        return "alphabetical"
    steps = [(one > other) - (one < other) for one, other in pairwise(one.sort_key for one in ids)]
    return "prepend" if sum(steps) > 0 else "append"


def direction(keys: Iterable[Any]) -> int:
    """Return 1 where keys rise from one neighbour to the next that differs, -1 where they fall, or else 0."""
    pairs = [(one, other) for one, other in pairwise(keys) if one != other]
    rising = sum(one < other for one, other in pairs)
    if not pairs or STRICT * len(pairs) > max(rising, len(pairs) - rising):
        return 0
    return 1 if 2 * rising > len(pairs) else -1
