"""What a section is: the text of its heading, whether papers belong there, its groups and its order."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from arxiv_watch.markdown.document import Entry, Section
from arxiv_watch.markdown.formats.format import FileText
from arxiv_watch.markdown.formats.paragraph import with_unlinked
from arxiv_watch.markdown.text.inline import scan_links, visible
from arxiv_watch.wording import SHORT_MONTHS

_NAME_WORDS = 3  # of what an item names, where it is no title
YEAR_LINE = re.compile(r"\W{0,12}((?:19|20)\d\d)\W{0,12}")  # matches "***2020:***"
"""A line that names the year of the entries below it."""


@dataclass(slots=True)
class OpenHeading:
    """A heading while a file is read; `line` counts from 0, `details` the folds that it stands in."""

    level: int
    text: str
    line: int
    details: int = 0


@dataclass(slots=True)
class OpenSection:
    """A section while a file is read.

    Attributes:
        headings: Those above its entries, outermost first.
        loose: The lines, from 0, of its paragraphs that link to no paper on arXiv.
        breaks: The lines, from 0, of prose and rules.
        empty: Whether nothing but headings stands in it.
        linked: Whether its heading or a paragraph links to a paper by a label.
        end: The line after what stands directly under the heading, from 0.
        closed: Whether a rule has ended that.
    """

    headings: tuple[OpenHeading, ...]
    entries: list[Entry] = field(default_factory=list)
    loose: list[range] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    empty: bool = True
    linked: bool = False
    end: int = 0
    closed: bool = False


def finish_sections(sections: Sequence[OpenSection], file: FileText, path: str) -> list[Section]:
    """Make the sections of a file of what was found in it."""
    finished = [_finish(section, file, path) for section in sections]
    beside = {section.path[:-1] for section in finished if section.category}
    above = {section.path[:size] for section in finished for size in range(len(section.path))}

    def is_awaiting(section: Section) -> bool:
        """Return whether papers are expected under an empty heading: there are some under those beside it."""
        where = section.path
        return bool(where) and is_category(where[-1]) and where[:-1] in beside and where not in above

    return [
        replace(section, category=True) if found.empty and is_awaiting(section) else section
        for found, section in zip(sections, finished, strict=True)
    ]


def _finish(found: OpenSection, file: FileText, path: str) -> Section:
    names = tuple(heading.text for heading in found.headings)
    entries: Sequence[Entry] = found.entries
    if found.loose and entries:
        entries = with_unlinked(file, entries, found.loose)
    entries = tuple(_in_groups(entries, found.breaks))
    style = main_style(entries)
    alike = [entry for entry in entries if entry.style == style]
    dates = [shown_date(file.text(entry.line - 1, entry.end_line)) for entry in alike]
    order, ordered_by = tell_order(alike, dates)
    return Section(
        path=names or (PurePosixPath(path).stem,),
        level=found.headings[-1].level if found.headings else 0,
        line=found.headings[-1].line + 1 if found.headings else 0,
        style=style,
        order=order,
        ordered_by=ordered_by,
        entries=entries,
        category=_holds_papers(names, entries),
    )


def main_style(entries: Sequence[Entry]) -> str:
    """Return the style of most papers, or of most entries where none is of arXiv; empty without entries."""
    styles = Counter(entry.style for entry in entries if entry.ids) or Counter(one.style for one in entries)
    return max(styles, key=lambda style: styles[style], default="")


def _holds_papers(names: tuple[str, ...], entries: tuple[Entry, ...]) -> bool:
    if names and (not is_category(names[-1]) or any(excludes_below(name) for name in names[:-1])):
        return False
    if any(entry.ids for entry in entries):
        return True
    titled = sum(len(entry.title.split()) > _NAME_WORDS for entry in entries)
    return titled * 2 > len(entries)


def _in_groups(entries: Sequence[Entry], breaks: Sequence[int]) -> Sequence[Entry]:
    """Number the groups that prose and rules part entries into; what stands between most parts none."""
    starts = {entry.line - 1 for entry in entries}  # a paper found late was taken for prose
    breaks = [line for line in breaks if line not in starts]
    runs = [bisect_left(breaks, entry.line - 1) for entry in entries]
    parted = sum(one != other for one, other in pairwise(runs))
    if 2 * parted >= len(entries) - 1:
        return entries
    return [replace(entry, run=run) if run else entry for entry, run in zip(entries, runs, strict=True)]


# Matches "https://arxiv.org/abs/2403.01234" and "](papers/2024.pdf)". The parenthesis at its end may be
# missing: were it needed, each "](" of a text without one would be followed to the text's end.
_ADDRESS = re.compile(r"https?://\S+|\]\([^)\s]*\)?")
_DAY = r"[-./](?:3[01]|[12]\d|0?[1-9])(?!\d)"
# Matches "2024", "2024.10", "2024-03-27" and "Oct 2024"; digits of longer numbers are none.
_DATE = re.compile(
    rf"(?:\b({'|'.join(SHORT_MONTHS)})[a-z]*\.?,? ?)?(?<!\d)(20[0-3]\d)"
    rf"(?:[-./](1[0-2]|0?[1-9])(?!\d)(?:{_DAY})?)?(?![\d-]\d)",
    re.IGNORECASE,
)
_STRICT = 0.85  # share of neighbours in order from which people keep it
_SHOWN = 0.6  # share of entries from which the dates that they show tell their order
_CHANCE_IDS, _CHANCE_MONTHS, _CHANCE_TITLES = 3, 2, 5  # so many may be in order by chance


@lru_cache(maxsize=16)  # entries that share one line, as rows of an HTML table may, are asked for in turn
def shown_date(text: str) -> tuple[int, int]:
    """Return the year and month of the latest date in an entry's text; 0 for what it does not show.

    A date with a month is one: in "AAAI 2026 - Aug 2025" the year is the conference's.
    """
    dates = []
    for found in _DATE.finditer(_ADDRESS.sub(" ", text)):
        month = SHORT_MONTHS.index(found[1].lower()) + 1 if found[1] else int(found[3] or 0)
        dates.append((int(found[2]), month))
    return max(dates, key=lambda date: (date[1] > 0, date), default=(0, 0))


def tell_order(entries: Sequence[Entry], dates: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Name the order of entries, and what it is one of: `id`, `date`, `month`, or nothing.

    That is `newest-first` or `oldest-first` by their identifiers, by the dates that most of them show, or by
    the months of their identifiers, which many lists follow and nothing finer: TsinghuaC3I's of reinforcement
    learning, GeorgeDu's. Else it is `alphabetical`, or the end at which they grow: `prepend` or `append`.
    Entries come in the order of the file, each with the date that it shows.
    """
    if not entries:
        return "", ""
    ids = [entry.ids[0] for entry in entries if entry.ids]
    shown = [date for date in dates if date[0]]
    months = [one.month for one in ids]
    for key, values, is_enough in (
        ("id", [one.sort_key for one in ids], len(ids) > _CHANCE_IDS),
        ("date", shown, len(shown) >= _SHOWN * len(entries)),
        ("month", months, len(set(months)) > _CHANCE_MONTHS),
    ):
        if is_enough and (direction := _direction(values)):
            return "oldest-first" if direction > 0 else "newest-first", key
    titles = [entry.title.casefold() for entry in entries if entry.title]
    if len(titles) > _CHANCE_TITLES and titles == sorted(titles):
        return "alphabetical", ""
    steps = [(one > other) - (one < other) for one, other in pairwise(one.sort_key for one in ids)]
    return "prepend" if sum(steps) > 0 else "append", ""


def _direction(keys: Sequence[Any]) -> int:
    """Return 1 where keys rise from one neighbour to the next that differs, -1 where they fall, or else 0."""
    pairs = [(one, other) for one, other in pairwise(keys) if one != other]
    rising = sum(one < other for one, other in pairs)
    if not pairs or _STRICT * len(pairs) > max(rising, len(pairs) - rising):
        return 0
    return 1 if 2 * rising > len(pairs) else -1


_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)  # matches "> > " before a quoted line
_UNDERLINE = re.compile(r"\n[ \t]*+(?:=++|-++)\s*+$")  # matches "\n=====" under a heading
_SUMMARY_MARKS = re.compile(r"^\W*#+\s*|<[^<>]*>")  # matches "## " and "<a id=top>"
# matches "## " before a heading and " ##" after one
_ATX = re.compile(r"^\s{0,3}#{1,6}(?:\s+|$)|(?:^|(?<!\s)\s+)#+\s*$")
# matches " ([top](#contents))"
_ANCHOR_LINK = re.compile(r"(?:(?<!\s)\s+)?[(\[]\s*\[[^\[\]]*\]\(#[^()]*\)\s*[)\]]")
# matches "[Back to Top](#contents)"
_BACK_LINK = re.compile(r"\[(?=[^\[\]]*(?:back|top|🔝|↑|⬆|🔙))[^\[\]]*\]\(#[^()]*\)", re.IGNORECASE)
# matches ":books: " before a heading and " :fire:" after one
_SHORTCODE = re.compile(r"^(?:\s*:[a-z0-9_+-]+:)+\s*|(?:(?<!\s)\s+)?(?::[a-z0-9_+-]+:\s*){1,20}$")
# Matches "Latest News", "Table of Contents" and "How to Cite", but no topic that begins with such a word:
# "New Architectures", "News-Driven Trading", "Contact-Rich Manipulation", "Contribution Estimation".
_NO_CATEGORY = re.compile(
    r"(?:latest |recent |our |breaking )?(?:news|updates?|releases?|announcements?|highlights?)"
    r"(?: ?(?:&|and) ?\w+)?"
    r"|news? ?(?:(?!-\w)[^\w\s].*|(?:and|from|on|about|feed|archive|updates?|features?)\b.*)"
    r"|(?:update|change|release)s? ?logs?|our (?:\w+ )?(?:works?|papers?|surveys?|publications?|projects?)"
    r"|what'?s new|changelog|(?:table of )?contents?(?: table)?|toc|index|outline|overview"
    r"|abbreviations?|glossary|acronyms?|terminolog(?:y|ies)|licen[sc]es?"
    r"|citations?(?: (?:&|and) \w+)?|cite(?: (?:us|this).*)?|citing(?: (?:us|this|our|the|awesome)\b.*)?"
    r"|bibtex|references?|acknowledge?ments?|contacts?(?:\W+(?:us|me|the|and|info\w*|contrib\w*)\b.*)?"
    r"|contribut(?:e|ing|ors?|ions?)(?:\W+(?:guid\w*|to|and|are|is|welcome)\b.*)?\W*"
    r"|how to (?:contribute|cite)\b.*|how to use(?: (?:this|it|the)\b.*)?\W*|star[ -]?history.*|stargazers.*"
    r"|about(?: (?:us|me|this|the|our|awesome)\b.*)?|join us.*|disclaimer|featured papers"
    # News and updates, thanks, how to cite and contribute, licence, contact and about, in Chinese.
    r"|(?:最新)?(?:新闻|消息)|(?:最新|近期|项目)动态|(?:最新|最近|近期)?更新(?:日志|记录|说明|历史)?|致谢|鸣谢"
    r"|(?:如何)?(?:引用|贡献)(?:方式|格式|我们|本文|本项目|指南|者)?|参与贡献|许可证?|开源协议|版权(?:声明)?"
    r"|免责声明|联系(?:我们|方式)|关于(?:我们|本项目|作者)?|加入我们|术语表",
    re.IGNORECASE,
)
_CONTENTS = re.compile(  # matches "Table of Content", the title of Furyton's list, and "about"
    r"(?:table of )?contents?|toc\b|outline|overview|about|index|目录", re.IGNORECASE
)
# matches "Click to expand" and "点击展开" as the summary of a fold, not the topics "Click-Through Rate" and
# "Fold Recognition"
_NO_HEADING = re.compile(
    r"(?:click|expand|toggle|(?:un)?fold)"
    r"(?:\s*(?!-)[^\w\s].*|\s+(?:to|here|me|for|on|this|the|all|more|it|and|or|below|list|papers?)\b.*)?"
    r"|(?:show (?:more|all|less|the)|more about)\b.*"
    r"|(?:请?[点单]击)?(?:此处|这里|以)?(?:展开|折叠|收起|查看)(?:[/或]?(?:展开|折叠|收起|更多|全部|所有|详情|内容|列表|论文))*"
    r"|show|more(?: [\w-]+)?|abstract|details?|bibtex|(?:table of )?contents?",
    re.IGNORECASE,
)


def heading_text(raw: str) -> str:
    """Read a heading's text without markers, addresses, anchors, badges, back links and outer emoji."""
    text = _UNDERLINE.sub("", _QUOTED.sub("", raw))
    text = _ATX.sub("", text) if text.lstrip().startswith("#") else text
    text = _BACK_LINK.sub("", _ANCHOR_LINK.sub("", text))
    shown = visible(text, scan_links(text))
    bare = _strip_emoji(_SHORTCODE.sub("", shown))
    return bare or shown


def summary_text(raw: str) -> str:
    """Read the summary of a fold as a heading; empty where it only says what a click does or shows."""
    text = heading_text(_SUMMARY_MARKS.sub("", raw))
    return "" if _NO_HEADING.fullmatch(text) else text


def is_category(text: str) -> bool:
    """Return whether papers can stand under a heading of this name; not under news or a licence."""
    return not _NO_CATEGORY.fullmatch(text.strip(" :.!"))


def excludes_below(text: str) -> bool:
    """Return whether the headings below this one hold no papers either; `Contents` is often a title."""
    return not is_category(text) and not _CONTENTS.match(text)


def _strip_emoji(text: str) -> str:
    kept = [index for index, character in enumerate(text) if not _is_ornament(character)]
    return text[kept[0] : kept[-1] + 1] if kept else ""


def _is_ornament(character: str) -> bool:
    return character.isspace() or (
        unicodedata.category(character) in {"So", "Sk", "Cf", "Mn", "Me", "Co"} and character != "°"
    )
