"""The listing and catch-up pages of arxiv.org, in the forms of arXiv's own templates.

They are https://github.com/arXiv/arxiv-browse, browse/templates/list/new.html and catchup.html; the rules
for addresses are those of browse/controllers/list_page and browse/controllers/catchup_page.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from http import HTTPStatus

from arxiv_watch.arxiv.taxonomy import canonical
from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import (
    HIDDEN_VERSION,
    NEW_YORK,
    Listed,
    World,
    announced_at,
    is_listed,
)
from arxiv_watch.papers import AnnounceType, Category

PAGE_SIZE = 2000
_KEPT = timedelta(days=91)
_SIZES = (25, 50, 100, 250, 500, 1000, 2000)
_SECTIONS = (
    ("New submissions", "New submissions", {AnnounceType.NEW}),
    ("Cross submissions", "Cross-lists", {AnnounceType.CROSS}),
    ("Replacement submissions", "Replacements", {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}),
)
_AUTHOR = "https://arxiv.org/search/?searchtype=author&query="
_HTML = {"Content-Type": "text/html; charset=utf-8"}
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
class _Part:
    """What a page shows of a day at a moment: at most `size` lines from `skip` on."""

    lines: Sequence[Listed]
    moment: datetime
    skip: int
    size: int

    @property
    def shown(self) -> Sequence[Listed]:
        return self.lines[self.skip : self.skip + self.size]

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
                for number, listed in enumerate(self.shown, start=self.skip + 1)
                if listed.type in types
            ]
            if rows:
                # arXiv counts the end of the cross-lists one too far: "showing first 9 of 9 entries".
                end = first + total + (types == {AnnounceType.CROSS})
                heading = f"{name} ({self._showing(len(rows), first, end)} of {total} entries)"
                parts.append(f"<dl id='articles'>\n<h3>{heading}</h3>\n{''.join(rows)}</dl>\n")
            first += total
        return "".join(parts)

    def _showing(self, shown: int, first: int, end: int) -> str:
        continued, ends = self.skip > first, self.skip + self.size >= end
        begun = "continued, " if continued else ""
        which = "last " if continued and ends else "" if continued or ends else "first "
        return f"{begun}showing {which}{shown}"


def answer(
    world: World, request: Request, categories: frozenset[str], *, is_looked_up_now: bool = False
) -> Response:
    """Answer `/list/<category>/new` and `/catchup/<category>/<date>`.

    Args:
        world: The papers.
        request: The request.
        categories: The categories and archives that exist.
        is_looked_up_now: Whether a catch-up page shows papers with the categories and versions they have by
            now, as arXiv's does, or those of the day.
    """
    kind, category, what = [*request.path.strip("/").split("/"), "", "", ""][:3]
    if kind not in {"list", "catchup"}:
        return _error(HTTPStatus.NOT_FOUND)
    if category not in categories:
        return _error(HTTPStatus.BAD_REQUEST, f"Invalid archive or category: {escape(category)}")
    if kind == "list":
        return _listing(world, request, canonical(category), what)
    lines = _looked_up_now if is_looked_up_now else _of_the_day
    return _catch_up(world, request, category, what, lines)


def _listing(world: World, request: Request, category: Category, what: str) -> Response:
    size = request.query.get("show", str(PAGE_SIZE))
    if what != "new" or not size.isdecimal() or int(size) not in _SIZES:
        return _error(
            HTTPStatus.BAD_REQUEST, f"Invalid show value. Valid values: {', '.join(map(str, _SIZES))}"
        )
    local = request.moment.astimezone(NEW_YORK).date()
    day = max((day for day in world.days() if announced_at(day) <= request.moment), default=local)
    part = _Part(
        _latest(world, category, day), request.moment, int(request.query.get("skip", "0")), int(size)
    )
    total, sections = len(part.lines), part.sections(abstracts=True)
    grey = '<span style="color: #454545">{}</span>'
    paging = (
        f"<div class='paging'>Total of {total} entries \n</div>\n"
        f"<div class='morefewer'>Showing up to {size} entries per page:\n"
        f"{' | '.join(map(grey.format, ('fewer', 'more', 'all')))}</div>\n"
    )
    return _page(
        f"<h1>{category}</h1>\n{part.index}"
        f'<p>See <a id="recent-{category}" aria-labelledby="recent-{category}"'
        f' href="/list/{category}/recent">recent</a> articles</p>\n'
        f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>\n"
        f"{paging if total else ''}{sections or '<p>No updates today.</p>'}{paging if total else ''}"
    )


Lines = Callable[[World, Category, date, datetime], list[Listed]]


def _catch_up(world: World, request: Request, category: Category, what: str, lines_of: Lines) -> Response:
    today = request.moment.astimezone(NEW_YORK).date()
    try:
        day, page = date.fromisoformat(what), int(request.query.get("page", "1"))
    except ValueError:
        return _error(HTTPStatus.BAD_REQUEST, "Invalid date format. Use format: YYYY-MM-DD")
    abstracts = request.query.get("abs", "False")
    if set(request.query) - {"abs", "page"} or abstracts not in {"True", "False"} or page < 1:
        return _error(
            HTTPStatus.BAD_REQUEST, "Unexpected parameters. Only accepted parameters are: 'page', and 'abs'"
        )
    if not today - _KEPT <= day <= today:
        return _error(HTTPStatus.BAD_REQUEST, f"Invalid date: {day}. Catchup only allowed for past 90 days")
    if category != canonical(category):
        target = f"/catchup/{canonical(category)}/{day}?page={page}&abs={abstracts}"
        return Response(301, b"", {**_HTML, "Location": target})
    is_out = announced_at(day) <= request.moment
    lines = lines_of(world, category, day, request.moment) if is_out else []
    part = _Part(lines, request.moment, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    after = [each for each in world.days() if each > day and announced_at(each) <= request.moment]
    address = f"/catchup/{category}/{{}}?abs={abstracts}&page={{}}"
    onward = f'<a href="{address.format(after[0], 1)}">Continue to the next day</a>' if after else ""
    count = f"Total of {len(part.lines)} entries for {day:%a, %d %b %Y}\n{_paging(part, page, address, day)}"
    return _page(
        f"<h1>Catchup results for {category} ({category}) on {day:%a, %d %b %Y}</h1>\n{part.index}"
        f"<div>\n{f'{onward}<br><br>' if onward else ''}\n{count}</div>\n"
        f"{part.sections(abstracts=abstracts == 'True') or _nothing(page, address, day)}"
        f"<div></div>\n{count}{f'<br> <br>{onward}' if onward else ''}</div>\n"
    )


def _nothing(page: int, address: str, day: date) -> str:
    if page > 1:
        back = f'<a href="{address.format(day, 1)}">Go to page 1</a>'
        return f"<br><div>No further updates for {day:%a, %d %b %Y}<br>{back}</div><br>\n"
    return (
        f"<br><div><p>No updates for {day:%a, %d %b %Y}. There was either no announcement for this day, "
        "or no updates within the requested subject.</p></div><br>\n"
    )


def _paging(part: _Part, page: int, address: str, day: date) -> str:
    if len(part.lines) <= part.size:
        return ""
    links = (
        f"<span>{number}</span>" if number == page else f"<a href={address.format(day, number)}>{number}</a>"
        for number in range(1, len(part.lines) // part.size + 2)
    )
    return "View page:\n" + "\n".join(links)


def _latest(world: World, category: Category, day: date) -> list[Listed]:
    """Return the lines of the latest batch; late versions are hidden, whatever they were announced as."""
    return [listed for listed in world.announced(day, category) if listed.version < HIDDEN_VERSION]


def _of_the_day(world: World, category: Category, day: date, moment: datetime) -> list[Listed]:
    """Return the lines of a day as they were announced."""
    del moment
    return [
        listed
        for listed in world.announced(day, category)
        if listed.version < HIDDEN_VERSION or listed.type in {AnnounceType.NEW, AnnounceType.CROSS}
    ]


def _looked_up_now(world: World, category: Category, day: date, moment: datetime) -> list[Listed]:
    """Return the lines of a day as arXiv finds them later.

    It knows which papers were announced on the day and as what, and looks them up as they are now: a paper
    stands in every category that it has by now, also where it was cross-listed later, and a paper that
    was cross-listed on the day into one category stands as such in each of its secondary categories.
    """
    lines = []
    for submission in world.on(day):
        categories = submission.categories(moment)
        if not is_listed(category, categories):
            continue
        is_home = is_listed(category, categories[:1])
        number = next((n for n, each in enumerate(submission.replacements, 2) if each.announced == day), 0)
        kind = None
        if submission.announced == day:
            kind = AnnounceType.NEW if is_home else AnnounceType.CROSS
        elif day in submission.crosses.values():
            kind = None if is_home else AnnounceType.CROSS
        elif 0 < number < HIDDEN_VERSION:
            kind = AnnounceType.REPLACE if is_home else AnnounceType.REPLACE_CROSS
        if kind is not None:
            lines.append(Listed(submission, kind, submission.version(moment)))
    order = list(AnnounceType)
    return sorted(lines, key=lambda listed: (order.index(listed.type), listed.submission.id))


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


def _page(content: str) -> Response:
    end = "</div>\n</div>\n</main>\n</body>\n</html>"
    return Response(200, f"{_HEAD}{content}{end}".encode(), dict(_HTML))


def _error(status: HTTPStatus, reason: str = "") -> Response:
    """Return the error page of arXiv's base template, arxiv/base/templates/base/exception.html."""
    body = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>{status} {status.phrase}'
        " | arXiv e-print repository</title>\n</head>\n"
        '<body class="with-cu-identity">\n<main>\n<div class="has-text-centered">\n'
        f'<h1 class="title is-size-1">\n{status.phrase}\n</h1>\n'
        f'<p class="is-size-5">\n{reason or status.description}\n</p>\n'
        '<p class="is-size-5">\nIf the error persists, please contact arXiv support at\n'
        '<a href="mailto:help@arxiv.org">help@arxiv.org</a>.\n</p>\n</div>\n</main>\n</body>\n</html>'
    )
    return Response(status, body.encode(), dict(_HTML))
