"""RSS and Atom as rss.arxiv.org writes them; the code is https://github.com/arXiv/arxiv-feed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.arxiv.taxonomy import CATEGORIES
from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import HIDDEN_VERSION, NEW_YORK, Listed, World
from arxiv_watch.papers import AnnounceType

MAX_ITEMS = 2000
_NAMESPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_ARCHIVES = sorted({name.split(".")[0] for name in CATEGORIES})
_HELP = (
    f"No archive specified. Archives are: {', '.join(_ARCHIVES)}. See "
    "<a href='https://arxiv.org/category_taxonomy'>here</a> to learn about ArXiv category taxonomy."
)


class _FeedError(ValueError):
    """The request names something that does not exist."""


@dataclass(frozen=True, slots=True)
class _Channel:
    """What stands around the items of a feed."""

    url: str
    title: str
    description: str
    moment: datetime
    is_error: bool = False

    @classmethod
    def of(cls, kind: str, topics: Sequence[str], moment: datetime) -> _Channel:
        names = ", ".join(topics)
        return cls(
            f"http://rss.arxiv.org/{kind}/{'+'.join(topics)}",
            f"{names} updates on arXiv.org",
            f"{names} updates on the arXiv.org e-print archive.",
            moment,
        )

    @classmethod
    def of_error(cls, kind: str, query: str, reason: str, moment: datetime) -> _Channel:
        url = f"http://rss.arxiv.org/{kind}/{query}"
        return cls(url, f"Feed error for query: {url}", reason, moment, is_error=True)

    @property
    def midnight(self) -> datetime:
        """The beginning of the day in New York, which every feed and item bears."""
        return datetime.combine(self.moment.astimezone(NEW_YORK).date(), time(), NEW_YORK)


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
        channel, shown = _Channel.of(kind, topics, request.moment), lines(world, topics, local.date())
    except _FeedError as error:
        status, channel = 400, _Channel.of_error(kind, query, str(error), request.moment)
    body = (_rss if kind == "rss" else _atom)(channel, shown)
    return Response(status, body, headers(body, local, kind))


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
    """Return a day's lines of a feed: relative to the query, cut off where arXiv cuts.

    What is cut are the new papers with the lowest identifiers, because the limit is taken from the
    other end of the order in which they are shown.
    """
    merged: dict[str, Listed] = {}
    order = list(AnnounceType)
    for name in names:
        for listed in world.announced(day, name):
            key = listed.submission.id.base
            best = merged.get(key)
            if best is None or order.index(listed.type) < order.index(best.type):
                merged[key] = listed
    shown = [
        listed
        for listed in merged.values()
        if listed.version < HIDDEN_VERSION or listed.type in {AnnounceType.NEW, AnnounceType.CROSS}
    ]
    shown.sort(key=lambda listed: (order.index(listed.type), listed.submission.id))
    return shown[max(0, len(shown) - MAX_ITEMS) :]


def headers(body: bytes, local: datetime, kind: str) -> dict[str, str]:
    """Return the header fields of a feed: a bare ETag that changes with every rendering."""
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), NEW_YORK)
    return {
        "Content-Type": f"application/{kind}+xml",
        "ETag": hashlib.sha256(body).hexdigest(),
        "Cache-Control": f"max-age={int((midnight - local).total_seconds())}",
        "Surrogate-Key": f"announce feed feed-{kind}",
    }


def _abstract(listed: Listed) -> str:
    paper = listed.submission.paper
    return (
        f"arXiv:{paper.id.base}v{listed.version} Announce Type: {listed.type.value} \n"
        f"Abstract: {paper.abstract}"
    )


def _optional(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _extras(listed: Listed, *optional: str) -> str:
    return (
        f"<arxiv:announce_type>{listed.type.value}</arxiv:announce_type>"
        "<dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>"
        f"{''.join(optional)}"
        f"<dc:creator>{escape(', '.join(listed.submission.paper.authors))}</dc:creator>"
    )


def _rss(channel: _Channel, shown: Sequence[Listed]) -> bytes:
    published = format_datetime(channel.midnight)
    items = []
    for listed in shown:
        paper = listed.submission.paper
        tags = "".join(
            f"<category>{escape(name)}</category>" for name in listed.submission.categories(channel.moment)
        )
        doi = _optional("arxiv:DOI", paper.doi)
        journal = _optional("arxiv:journal_reference", paper.journal_ref)
        items.append(
            f"<item><title>{escape(paper.title)}</title>"
            f"<link>https://arxiv.org/abs/{paper.id.base}</link>"
            f"<description>{escape(_abstract(listed))}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{paper.id.base}v{listed.version}</guid>'
            f"{tags}<pubDate>{published}</pubDate>{_extras(listed, doi, journal)}</item>"
        )
    skipped = "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
    editor = "rss-help.arxiv.org" if channel.is_error else "rss-help@arxiv.org"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<rss {_NAMESPACES} xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">'
        f"<channel><title>{escape(channel.title)}</title><link>{escape(channel.url)}</link>"
        f"<description>{escape(channel.description)}</description>"
        f'<atom:link href={quoteattr(channel.url)} rel="self" type="application/rss+xml"/>'
        "<docs>http://www.rssboard.org/rss-specification</docs><language>en-us</language>"
        f"<lastBuildDate>{format_datetime(channel.moment.astimezone(UTC))}</lastBuildDate>"
        f"<managingEditor>{editor}</managingEditor><pubDate>{published}</pubDate>"
        f"{'' if channel.is_error else skipped}{''.join(items)}</channel></rss>\n"
    ).encode()


def _atom(channel: _Channel, shown: Sequence[Listed]) -> bytes:
    rendered = channel.moment.astimezone(UTC).isoformat(timespec="microseconds")
    entries = []
    for listed in shown:
        paper = listed.submission.paper
        tags = "".join(
            f"<category term={quoteattr(name)}/>" for name in listed.submission.categories(channel.moment)
        )
        doi = _optional("arxiv:DOI", paper.doi)
        journal = _optional("arxiv:journal_reference", paper.journal_ref)
        entries.append(
            f"<entry><id>oai:arXiv.org:{paper.id.base}v{listed.version}</id><title>{escape(paper.title)}</title>"
            f"<updated>{rendered}</updated>"
            f'<link href="https://arxiv.org/abs/{paper.id.base}" rel="alternate" type="text/html"/>'
            f"<summary>{escape(_abstract(listed))}</summary>{tags}"
            f"<published>{channel.midnight.isoformat()}</published>{_extras(listed, journal, doi)}</entry>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<feed {_NAMESPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
        f"<id>{escape(channel.url)}</id><title>{escape(channel.title)}</title><updated>{rendered}</updated>"
        f'<link href={quoteattr(channel.url)} rel="self" type="application/atom+xml"/>'
        f"<subtitle>{escape(channel.description)}</subtitle>{''.join(entries)}</feed>\n"
    ).encode()
