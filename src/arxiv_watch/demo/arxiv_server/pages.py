"""The listing and catch-up pages of arxiv.org."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import NEW_YORK, Listed, World, announced_at
from arxiv_watch.papers import AnnounceType

PAGE_SIZE = 2000
_KEPT = timedelta(days=90)
_SIZES = {25, 50, 100, 250, 500, 1000, 2000}
_SECTIONS = {
    "New": {AnnounceType.NEW},
    "Cross": {AnnounceType.CROSS},
    "Replacement": {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS},
}
_HTML = {"Content-Type": "text/html; charset=utf-8"}


def answer(world: World, request: Request, categories: frozenset[str]) -> Response:
    """Answer `/list/<category>/new` and `/catchup/<category>/<date>`."""
    kind, category, what = [*request.path.strip("/").split("/"), "", "", ""][:3]
    if category not in categories or kind not in {"list", "catchup"}:
        return _plain(404, "Not Found")
    if kind == "list":
        return _listing(world, request, category, what)
    return _catch_up(world, request, category, what)


def _listing(world: World, request: Request, category: str, what: str) -> Response:
    size = request.query.get("show", str(PAGE_SIZE))
    if what != "new" or not size.isdecimal() or int(size) not in _SIZES:
        return _plain(400, "Bad Request")
    days = [day for day in world.days() if announced_at(day) <= request.moment]
    if not days:
        return _page("<p>No updates today.</p>")
    return _day(world, category, days[-1], int(request.query.get("skip", "0")), int(size))


def _catch_up(world: World, request: Request, category: str, what: str) -> Response:
    today = request.moment.astimezone(NEW_YORK).date()
    try:
        day = date.fromisoformat(what)
    except ValueError:
        return _plain(400, "Bad Request")
    if set(request.query) - {"abs", "page"} or not today - _KEPT <= day or announced_at(day) > request.moment:
        return _plain(400, "Bad Request")
    page = int(request.query.get("page", "1"))
    return _day(world, category, day, (page - 1) * PAGE_SIZE, PAGE_SIZE)


def _day(world: World, category: str, day: date, skip: int, size: int) -> Response:
    lines = world.announced(day, category)
    heading = f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
    if not lines:
        return _page(f"{heading}<p>No updates for this day.</p>")
    shown = lines[skip : skip + size]
    sections = []
    for name, types in _SECTIONS.items():
        total = sum(listed.type in types for listed in lines)
        part = [listed for listed in shown if listed.type in types]
        if part:
            rows = "".join(_row(skip + shown.index(listed) + 1, listed) for listed in part)
            count = f"showing {'first ' if len(part) < total else ''}{len(part)} of {total} entries"
            sections.append(f"<h3>{name} submissions ({count})</h3>{rows}")
    paging = f"<div class='paging'>Total of {len(lines)} entries</div>"
    return _page(f"{heading}{paging}<dl id='articles'>{''.join(sections)}</dl>")


def _row(number: int, listed: Listed) -> str:
    paper = listed.submission.paper
    base, is_new = paper.id.base, listed.type is AnnounceType.NEW
    label = "" if is_new else "(replaced)" if listed.type.value.startswith("replace") else "(cross-list)"
    comment = _part("comments", "Comments", paper.comment)
    journal = _part("journal-ref", "Journal-ref", paper.journal_ref)
    subjects = "; ".join(f"{escape(name)} ({escape(name)})" for name in _subjects(listed))
    authors = ", ".join(
        f'<a href="/search/?query={escape(name)}">{escape(name)}</a>' for name in paper.authors
    )
    return (
        f"<dt><a name='item{number}'>[{number}]</a> "
        f'<a href ="/abs/{base}" title="Abstract" id="{base}">arXiv:{base}</a> {label} '
        f'[<a href="/pdf/{base}">pdf</a>, <a href="https://arxiv.org/html/{base}v{listed.version}">html</a>]</dt>'
        f"<dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span>"
        f" {escape(paper.title)}</div><div class='list-authors'>{authors}</div>{comment}{journal}"
        f"<div class='list-subjects'><span class='descriptor'>Subjects:</span> {subjects}</div>"
        f"<p class='mathjax'>{escape(paper.abstract)}</p></div></dd>"
    )


def _subjects(listed: Listed) -> Sequence[str]:
    added = listed.submission.crosses
    return list(dict.fromkeys((*listed.submission.paper.categories, *added)))


def _part(name: str, label: str, text: str) -> str:
    if not text:
        return ""
    return f"<div class='list-{name} mathjax'><span class='descriptor'>{label}:</span> {escape(text)}</div>"


def _page(content: str) -> Response:
    return Response(200, f"<!DOCTYPE html><html><body>{content}</body></html>".encode(), dict(_HTML))


def _plain(status: int, text: str) -> Response:
    return Response(status, f"<html><body><h1>{text}</h1></body></html>".encode(), dict(_HTML))
