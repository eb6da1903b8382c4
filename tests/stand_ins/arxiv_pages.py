"""The listing and catch-up pages of arxiv.org: in several pages, looked up later, and their errors.

They are https://github.com/arXiv/arxiv-browse, browse/templates/list/new.html and catchup.html; the rules
for addresses are those of browse/controllers/list_page and browse/controllers/catchup_page.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from http import HTTPStatus

from arxiv_watch.arxiv.taxonomy import canonical
from arxiv_watch.demo.arxiv_server import Request, Response, pages
from arxiv_watch.demo.arxiv_server.pages import HTML
from arxiv_watch.demo.arxiv_server.world import HIDDEN_VERSION, NEW_YORK, Listed, announced_at, is_listed
from arxiv_watch.papers import AnnounceType, Category
from stand_ins.arxiv_world import World

PAGE_SIZE = 2000
_KEPT = timedelta(days=91)
_SIZES = (25, 50, 100, 250, 500, 1000, 2000)

Lines = Callable[[World, Category, date, datetime], list[Listed]]


@dataclass(frozen=True, slots=True)
class Part(pages.Part):
    """What a page shows of a day at a moment: at most `size` lines from `skip` on."""

    skip: int
    size: int

    @property
    def shown(self) -> Iterable[tuple[int, Listed]]:
        return enumerate(self.lines[self.skip : self.skip + self.size], start=self.skip + 1)

    def showing(self, shown: int, first: int, end: int) -> str:
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
    part = Part(_latest(world, category, day), request.moment, int(request.query.get("skip", "0")), int(size))
    total, sections = len(part.lines), part.sections(abstracts=True)
    grey = '<span style="color: #454545">{}</span>'
    paging = (
        f"<div class='paging'>Total of {total} entries \n</div>\n"
        f"<div class='morefewer'>Showing up to {size} entries per page:\n"
        f"{' | '.join(map(grey.format, ('fewer', 'more', 'all')))}</div>\n"
    )
    return pages.page(
        f"<h1>{category}</h1>\n{part.index}"
        f'<p>See <a id="recent-{category}" aria-labelledby="recent-{category}"'
        f' href="/list/{category}/recent">recent</a> articles</p>\n'
        f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>\n"
        f"{paging if total else ''}{sections or '<p>No updates today.</p>'}{paging if total else ''}"
    )


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
        return Response(301, b"", {**HTML, "Location": target})
    is_out = announced_at(day) <= request.moment
    lines = lines_of(world, category, day, request.moment) if is_out else []
    part = Part(lines, request.moment, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    after = [each for each in world.days() if each > day and announced_at(each) <= request.moment]
    address = f"/catchup/{category}/{{}}?abs={abstracts}&page={{}}"
    onward = f'<a href="{address.format(after[0], 1)}">Continue to the next day</a>' if after else ""
    sections = part.sections(abstracts=abstracts == "True") or _nothing(page, address, day)
    paging = _paging(part, page, address, day)
    return pages.catch_up(category, day, sections, part, paging=paging, onward=onward)


def _nothing(page: int, address: str, day: date) -> str:
    if page == 1:
        return pages.nothing(day)
    back = f'<a href="{address.format(day, 1)}">Go to page 1</a>'
    return f"<br><div>No further updates for {day:%a, %d %b %Y}<br>{back}</div><br>\n"


def _paging(part: Part, page: int, address: str, day: date) -> str:
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
    del moment
    return pages.of_the_day(world, category, day)


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
            lines.append(Listed(submission, kind, len(submission.versions(moment))))
    return sorted(lines, key=lambda listed: listed.rank)


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
    return Response(status, body.encode(), HTML)
