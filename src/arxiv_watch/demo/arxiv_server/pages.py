"""The catch-up pages of arxiv.org, in the form of arXiv's own template.

It is https://github.com/arXiv/arxiv-browse, browse/templates/catchup.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.feeds import is_shown
from arxiv_watch.demo.arxiv_server.world import Listed, World, announced_at
from arxiv_watch.papers import AnnounceType, Category

_SECTIONS = (
    ("New submissions", "New submissions", {AnnounceType.NEW}),
    ("Cross submissions", "Cross-lists", {AnnounceType.CROSS}),
    ("Replacement submissions", "Replacements", {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}),
)
_AUTHOR = "https://arxiv.org/search/?searchtype=author&query="
HTML = {"Content-Type": "text/html; charset=utf-8"}
_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
  <script src="/static/browse/0.3.4/js/mathjaxToggle.min.js" type="text/javascript"></script>
  <script type="text/javascript" language="javascript">mathjaxToggle();</script>
</head>
<body class="with-cu-identity">
<main>
<div id='content-inner'>
<div id='dlpage'>
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What a page shows of a day at a moment: here all of it."""

    lines: Sequence[Listed]
    moment: datetime

    @property
    def shown(self) -> Iterable[tuple[int, Listed]]:
        """The lines on this page, each with its number in the day."""
        return enumerate(self.lines, start=1)

    def showing(self, shown: int, first: int, end: int) -> str:
        """Say how many lines of a section are on this page; the section goes from one line to another."""
        del first, end
        return f"showing {shown}"

    @property
    def index(self) -> str:
        """The list of links to the sections of the day."""
        links, first = "", 1
        for _, name, types in _SECTIONS:
            count = sum(listed.type in types for listed in self.lines)
            links += f'<li><a href="#item{first}">{name}</a></li>\n' if count else ""
            first += count
        return f"<ul>\n{links}</ul>\n"

    def sections(self, *, abstracts: bool) -> str:
        """The sections that have papers on this page."""
        parts, first = [], 0
        for name, _, types in _SECTIONS:
            total = sum(listed.type in types for listed in self.lines)
            rows = [
                _row(number, listed, self.moment, abstracts=abstracts)
                for number, listed in self.shown
                if listed.type in types
            ]
            if rows:
                # arXiv counts the end of the cross-lists one too far: "showing first 9 of 9 entries".
                end = first + total + (types == {AnnounceType.CROSS})
                heading = f"{name} ({self.showing(len(rows), first, end)} of {total} entries)"
                parts.append(f"<dl id='articles'>\n<h3>{heading}</h3>\n{''.join(rows)}</dl>\n")
            first += total
        return "".join(parts)


def answer(world: World, request: Request) -> Response:
    """Answer `/catchup/<category>/<date>?abs=True`."""
    _, _, category, what = request.path.split("/")
    day = date.fromisoformat(what)
    lines = of_the_day(world, category, day) if announced_at(day) <= request.moment else []
    part = Part(lines, request.moment)
    return catch_up(category, day, part.sections(abstracts=True) or nothing(day), part)


def of_the_day(world: World, category: Category, day: date) -> list[Listed]:
    """Return the lines of a day as they were announced; late replacements are hidden."""
    return [each for each in world.announced(day, category) if is_shown(each)]


def catch_up(
    category: Category, day: date, sections: str, part: Part, *, paging: str = "", onward: str = ""
) -> Response:
    """Write a catch-up page, with the links to its other pages and onward to the next day."""
    count = f"Total of {len(part.lines)} entries for {day:%a, %d %b %Y}\n{paging}"
    return page(
        f"<h1>Catchup results for {category} ({category}) on {day:%a, %d %b %Y}</h1>\n{part.index}"
        f"<div>\n{f'{onward}<br><br>' if onward else ''}\n{count}</div>\n{sections}"
        f"<div></div>\n{count}{f'<br> <br>{onward}' if onward else ''}</div>\n"
    )


def nothing(day: date) -> str:
    """Write what stands in the place of papers where there are none."""
    return (
        f"<br><div><p>No updates for {day:%a, %d %b %Y}. There was either no announcement for this day, "
        "or no updates within the requested subject.</p></div><br>\n"
    )


def _row(number: int, listed: Listed, moment: datetime, *, abstracts: bool) -> str:
    paper = listed.submission.paper
    base, label = paper.id.base, ""
    if listed.type is AnnounceType.CROSS:
        label = f"(cross-list from {paper.categories[0]})"
    elif listed.type is not AnnounceType.NEW:
        label = "(replaced)"
    primary, *others = (f"{name} ({name})" for name in listed.submission.categories(moment))
    authors = ", ".join(
        f'<a href="{_AUTHOR}{escape(name.replace(" ", "+"))}">{escape(name)}</a>' for name in paper.authors
    )
    subjects = "".join((f'<span class="primary-subject">{primary}</span>', *(f"; {name}" for name in others)))
    abstract = f"<p class='mathjax'>\n{escape(paper.abstract)}\n</p>\n" if abstracts else ""
    return (
        f"<dt>\n<a name='item{number}'>[{number}]</a>\n"
        f'<a href ="/abs/{base}" title="Abstract" id="{base}">\narXiv:{base}\n</a>\n{label}\n'
        f'[<a href="/pdf/{base}" title="Download PDF" id="pdf-{base}" aria-labelledby="pdf-{base}">pdf</a>, '
        f'<a href="https://arxiv.org/html/{base}v{listed.version}" title="View HTML" id="html-{base}" '
        f'aria-labelledby="html-{base}" rel="noopener noreferrer" target="_blank">html</a>]\n</dt>\n'
        f"<dd>\n<div class='meta'>\n{_field('title mathjax', 'Title', paper.title)}"
        f"<div class='list-authors'>{authors}</div>\n{_field('comments mathjax', 'Comments', paper.comment)}"
        f"{_field('journal-ref', 'Journal-ref', paper.journal_ref)}"
        f"<div class='list-subjects'><span class='descriptor'>Subjects:</span>\n{subjects}\n</div>\n"
        f"{abstract}</div>\n</dd>\n"
    )


def _field(name: str, label: str, text: str) -> str:
    if not text:
        return ""
    return f"<div class='list-{name}'><span class='descriptor'>{label}:</span>\n{escape(text)}\n</div>\n"


def page(content: str) -> Response:
    """Write a page around its content."""
    end = "</div>\n</div>\n</main>\n</body>\n</html>"
    return Response(200, f"{_HEAD}{content}{end}".encode(), HTML)
