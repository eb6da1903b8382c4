"""RSS and Atom as rss.arxiv.org writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import HIDDEN_VERSION, NEW_YORK, Listed, World
from arxiv_watch.papers import AnnounceType

MAX_ITEMS = 2000
_NAMESPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_HELP = "No archive specified. Archives are: cs, econ, eess, math, physics, q-bio, q-fin, stat."


def answer(world: World, request: Request, categories: frozenset[str]) -> Response:
    """Answer a request for a feed.

    Args:
        world: The papers.
        request: `/rss/<categories joined by +>` or `/atom/…`.
        categories: The categories and archives that exist.
    """
    _, kind, *rest = [*request.path.split("/"), "", ""]
    query = next((part for part in rest if part), "")
    if kind == "feed":
        return Response(200, b"Status: GOOD\nVersion: 1.1\n", {"Content-Type": "text/plain"})
    if kind not in {"rss", "atom"} or not query:
        return Response(200, _HELP.encode(), {"Content-Type": "text/html"})
    known = {name.lower(): name for name in categories}
    names = [known.get(part.lower(), "") for part in query.split("+")]
    render = _rss if kind == "rss" else _atom
    url = f"http://rss.arxiv.org/{kind}/{query}"
    local = request.moment.astimezone(NEW_YORK)
    if not all(names):
        body = render(
            url, f"Feed error for query: {url}", f"Bad subject class in {query!r}.", [], request.moment
        )
        return Response(400, body, headers(body, local))
    title = f"{', '.join(names)} updates on arXiv.org"
    subtitle = f"{', '.join(names)} updates on the arXiv.org e-print archive."
    body = render(url, title, subtitle, lines(world, names, local.date()), request.moment)
    return Response(200, body, headers(body, local))


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


def headers(body: bytes, local: datetime) -> dict[str, str]:
    """Return the header fields of a feed: a bare ETag that changes with every rendering."""
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), NEW_YORK)
    return {
        "Content-Type": "application/xml",
        "ETag": hashlib.sha256(body).hexdigest(),
        "Cache-Control": f"max-age={int((midnight - local).total_seconds())}",
        "Surrogate-Key": "announce feed feed-rss",
    }


def _abstract(listed: Listed) -> str:
    paper = listed.submission.paper
    return (
        f"arXiv:{paper.id.base}v{listed.version} Announce Type: {listed.type.value} \n"
        f"Abstract: {paper.abstract}"
    )


def _extras(listed: Listed) -> str:
    paper = listed.submission.paper
    doi = f"<arxiv:DOI>{escape(paper.doi)}</arxiv:DOI>" if paper.doi else ""
    journal = paper.journal_ref
    reference = f"<arxiv:journal_reference>{escape(journal)}</arxiv:journal_reference>" if journal else ""
    return (
        f"<arxiv:announce_type>{listed.type.value}</arxiv:announce_type>"
        "<dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>"
        f"{doi}{reference}<dc:creator>{escape(', '.join(paper.authors))}</dc:creator>"
    )


def _rss(url: str, title: str, subtitle: str, shown: Sequence[Listed], moment: datetime) -> bytes:
    midnight = datetime.combine(moment.astimezone(NEW_YORK).date(), time(), NEW_YORK)
    published = format_datetime(midnight)
    items = []
    for listed in shown:
        paper = listed.submission.paper
        tags = "".join(
            f"<category>{escape(name)}</category>" for name in listed.submission.categories(moment)
        )
        items.append(
            f"<item><title>{escape(paper.title)}</title>"
            f"<link>https://arxiv.org/abs/{paper.id.base}</link>"
            f"<description>{escape(_abstract(listed))}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{paper.id.base}v{listed.version}</guid>'
            f"{tags}<pubDate>{published}</pubDate>{_extras(listed)}</item>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<rss {_NAMESPACES} xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">'
        f"<channel><title>{escape(title)}</title><link>{escape(url)}</link>"
        f"<description>{escape(subtitle)}</description>"
        f'<atom:link href={quoteattr(url)} rel="self" type="application/rss+xml"/>'
        "<docs>http://www.rssboard.org/rss-specification</docs><language>en-us</language>"
        f"<lastBuildDate>{format_datetime(moment.astimezone(UTC))}</lastBuildDate>"
        "<managingEditor>rss-help@arxiv.org</managingEditor>"
        f"<pubDate>{published}</pubDate>"
        "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
        f"{''.join(items)}</channel></rss>\n"
    ).encode()


def _atom(url: str, title: str, subtitle: str, shown: Sequence[Listed], moment: datetime) -> bytes:
    midnight = datetime.combine(moment.astimezone(NEW_YORK).date(), time(), NEW_YORK)
    rendered = moment.astimezone(UTC).isoformat(timespec="microseconds")
    entries = []
    for listed in shown:
        paper = listed.submission.paper
        tags = "".join(f"<category term={quoteattr(name)}/>" for name in listed.submission.categories(moment))
        entries.append(
            f"<entry><id>oai:arXiv.org:{paper.id.base}v{listed.version}</id><title>{escape(paper.title)}</title>"
            f"<updated>{rendered}</updated>"
            f'<link href="https://arxiv.org/abs/{paper.id.base}" rel="alternate" type="text/html"/>'
            f"<summary>{escape(_abstract(listed))}</summary>{tags}"
            f"<published>{midnight.isoformat()}</published>{_extras(listed)}</entry>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<feed {_NAMESPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
        f"<id>{escape(url)}</id><title>{escape(title)}</title><updated>{rendered}</updated>"
        f'<link href={quoteattr(url)} rel="self" type="application/atom+xml"/>'
        f"<subtitle>{escape(subtitle)}</subtitle>{''.join(entries)}</feed>\n"
    ).encode()
