"""RSS and Atom as rss.arxiv.org answers: of one category or several, with its help and its errors.

The code is https://github.com/arXiv/arxiv-feed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.arxiv.taxonomy import CATEGORIES
from arxiv_watch.demo.arxiv_server import Request, Response
from arxiv_watch.demo.arxiv_server.feeds import (
    NAMESPACES,
    Channel,
    abstract_of,
    cut_off,
    extras,
    headers,
    is_shown,
    rss,
)
from arxiv_watch.demo.arxiv_server.world import NEW_YORK, Listed
from stand_ins.arxiv_world import World

_ARCHIVES = sorted({name.split(".")[0] for name in CATEGORIES})
_HELP = (
    f"No archive specified. Archives are: {', '.join(_ARCHIVES)}. See "
    "<a href='https://arxiv.org/category_taxonomy'>here</a> to learn about ArXiv category taxonomy."
)


class _FeedError(ValueError):
    """The request names something that does not exist."""


def answer(world: World, request: Request) -> Response:
    """Answer a request for a feed.

    Args:
        world: The papers.
        request: `/rss/<categories joined by +>` or `/atom/…`.
    """
    _, kind, *rest = [*request.path.split("/"), "", ""]
    query = next((part for part in rest if part), "")
    if kind == "feed":
        return Response(200, b"Status: GOOD Version: 1.1", {"Content-Type": "text/html; charset=utf-8"})
    if kind not in {"rss", "atom"} or not query:
        return Response(200, _HELP.encode(), {"Content-Type": "text/html; charset=utf-8"})
    local = request.moment.astimezone(NEW_YORK)
    status, shown = 200, list[Listed]()
    try:
        if kind == "rss":
            _check_version(request.query.get("version", "2.0"))
        topics = [_topic(part) for part in _parts(query)]
        channel, shown = Channel.of(kind, topics, request.moment), lines(world, topics, local.date())
    except _FeedError as error:
        status, channel = 400, _error_channel(kind, query, str(error), request.moment)
    body = (rss if kind == "rss" else _atom)(channel, shown)
    return Response(status, body, headers(body, local, kind))


def _error_channel(kind: str, query: str, reason: str, moment: datetime) -> Channel:
    url = f"http://rss.arxiv.org/{kind}/{query}"
    return Channel(url, f"Feed error for query: {url}", reason, moment, is_error=True)


def _check_version(version: str) -> None:
    name = version if version[:1].isalpha() else f"RSS {version}"
    if name.lower() not in {"rss 2.0", "atom 1.0"}:
        raise _FeedError(
            f"Unsupported feed version '{name}' requested. Valid options are: RSS 2.0, Atom 1.0."
        )


def _parts(query: str) -> list[str]:
    parts = query.split("+")
    if not all(part.strip() for part in parts):
        raise _FeedError(
            f"Invalid archive specification '{query}'. Correct format is one or more archive names delimited "
            "by '+'. Each name can be either of the form 'archive' or 'archive.category'. For example: "
            "'math+cs.CG' (all from math and only computational geometry from computer science)."
        )
    return parts


def _topic(part: str) -> str:
    """Return the archive or category that a part of a query names, whatever its case."""
    name, dot, subject = part.partition(".")
    archive = name.lower()
    if archive not in _ARCHIVES:
        raise _FeedError(
            f"Bad archive '{archive}'. Valid archive names are: {', '.join([*_ARCHIVES, 'test'])}."
        )
    spelt = (f"{archive}.{subject.upper()}", f"{archive}.{subject.lower()}") if dot else (archive,)
    topic = next((each for each in spelt if each in CATEGORIES or not dot), None)
    if topic is None:
        valid = ", ".join(sorted(each for each in CATEGORIES if each.startswith(f"{archive}.")))
        raise _FeedError(
            f"Bad subject class '{subject}'. Valid subject classes for the archive '{archive}' are: {valid}."
        )
    return topic


def lines(world: World, names: Sequence[str], day: date) -> list[Listed]:
    """Return a day's lines of a feed: relative to the query, cut off where arXiv cuts."""
    merged: dict[str, Listed] = {}
    for name in names:
        for listed in world.announced(day, name):
            key = listed.submission.id.base
            best = merged.get(key)
            if best is None or listed.rank < best.rank:
                merged[key] = listed
    return cut_off(listed for listed in merged.values() if is_shown(listed))


def _atom(channel: Channel, shown: Sequence[Listed]) -> bytes:
    rendered = channel.moment.astimezone(UTC).isoformat(timespec="microseconds")
    entries = "".join(_entry(channel, listed, rendered) for listed in shown)
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<feed {NAMESPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
        f"<id>{escape(channel.url)}</id><title>{escape(channel.title)}</title><updated>{rendered}</updated>"
        f'<link href={quoteattr(channel.url)} rel="self" type="application/atom+xml"/>'
        f"<subtitle>{escape(channel.description)}</subtitle>{entries}</feed>\n"
    ).encode()


def _entry(channel: Channel, listed: Listed, rendered: str) -> str:
    paper = listed.submission.paper
    tags = (f"<category term={quoteattr(name)}/>" for name in listed.submission.categories(channel.moment))
    return (
        f"<entry><id>oai:arXiv.org:{paper.id.base}v{listed.version}</id><title>{escape(paper.title)}</title>"
        f"<updated>{rendered}</updated>"
        f'<link href="https://arxiv.org/abs/{paper.id.base}" rel="alternate" type="text/html"/>'
        f"<summary>{escape(abstract_of(listed))}</summary>{''.join(tags)}"
        f"<published>{channel.midnight.isoformat()}</published>"
        f"{extras(listed, 'journal_reference', 'DOI')}</entry>"
    )
