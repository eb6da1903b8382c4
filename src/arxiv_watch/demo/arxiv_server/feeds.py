"""RSS as rss.arxiv.org writes it; the code is https://github.com/arXiv/arxiv-feed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from arxiv_watch.demo.arxiv_server.exchange import Request, Response
from arxiv_watch.demo.arxiv_server.world import HIDDEN_VERSION, NEW_YORK, Listed, World

MAX_ITEMS = 2000
NAMESPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass(frozen=True, slots=True)
class Channel:
    """What stands around the items of a feed."""

    url: str
    title: str
    description: str
    moment: datetime
    is_error: bool = False

    @classmethod
    def of(cls, kind: str, topics: Sequence[str], moment: datetime) -> Channel:
        """Return that of a feed of categories, fetched at a moment."""
        names = ", ".join(topics)
        return cls(
            f"http://rss.arxiv.org/{kind}/{'+'.join(topics)}",
            f"{names} updates on arXiv.org",
            f"{names} updates on the arXiv.org e-print archive.",
            moment,
        )

    @property
    def midnight(self) -> datetime:
        """The beginning of the day in New York, which every feed and item bears."""
        return datetime.combine(self.moment.astimezone(NEW_YORK).date(), time(), NEW_YORK)


def answer(world: World, request: Request) -> Response:
    """Answer `/rss/<category>`."""
    category = request.path.rpartition("/")[2]
    local = request.moment.astimezone(NEW_YORK)
    shown = cut_off(each for each in world.announced(local.date(), category) if is_shown(each))
    body = rss(Channel.of("rss", [category], request.moment), shown)
    return Response(200, body, headers(body, local, "rss"))


def is_shown(listed: Listed) -> bool:
    """Return whether feeds show a line: they leave out late replacements."""
    return listed.version < HIDDEN_VERSION or listed.type.is_first


def cut_off(shown: Iterable[Listed]) -> list[Listed]:
    """Return the lines of a feed in their order, cut off where arXiv cuts.

    What is cut are the new papers with the lowest identifiers, because the limit is taken from the
    other end of the order in which they are shown.
    """
    return sorted(shown, key=lambda listed: listed.rank)[-MAX_ITEMS:]


def headers(body: bytes, local: datetime, kind: str) -> dict[str, str]:
    """Return the header fields of a feed: a bare ETag that changes with every rendering."""
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), NEW_YORK)
    return {
        "Content-Type": f"application/{kind}+xml",
        "ETag": hashlib.sha256(body).hexdigest(),
        "Cache-Control": f"max-age={int((midnight - local).total_seconds())}",
        "Surrogate-Key": f"announce feed feed-{kind}",
    }


def abstract_of(listed: Listed) -> str:
    """Write a line's description."""
    paper = listed.submission.paper
    return (
        f"arXiv:{paper.id.base}v{listed.version} Announce Type: {listed.type.value} \n"
        f"Abstract: {paper.abstract}"
    )


def extras(listed: Listed, *names: str) -> str:
    """Write what items of both kinds end with; `names` are the optional elements in the order of the kind."""
    paper = listed.submission.paper
    texts = {"DOI": paper.doi, "journal_reference": paper.journal_ref}
    others = (f"<arxiv:{name}>{escape(texts[name])}</arxiv:{name}>" for name in names if texts[name])
    return (
        f"<arxiv:announce_type>{listed.type.value}</arxiv:announce_type>"
        "<dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>"
        f"{''.join(others)}"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator>"
    )


def rss(channel: Channel, shown: Sequence[Listed]) -> bytes:
    """Write an RSS feed."""
    published = format_datetime(channel.midnight)
    items = "".join(_item(listed, channel.moment, published) for listed in shown)
    skipped = "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
    editor = "rss-help.arxiv.org" if channel.is_error else "rss-help@arxiv.org"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<rss {NAMESPACES} xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">'
        f"<channel><title>{escape(channel.title)}</title><link>{escape(channel.url)}</link>"
        f"<description>{escape(channel.description)}</description>"
        f'<atom:link href={quoteattr(channel.url)} rel="self" type="application/rss+xml"/>'
        "<docs>http://www.rssboard.org/rss-specification</docs><language>en-us</language>"
        f"<lastBuildDate>{format_datetime(channel.moment.astimezone(UTC))}</lastBuildDate>"
        f"<managingEditor>{editor}</managingEditor><pubDate>{published}</pubDate>"
        f"{'' if channel.is_error else skipped}{items}</channel></rss>\n"
    ).encode()


def _item(listed: Listed, moment: datetime, published: str) -> str:
    paper = listed.submission.paper
    tags = (f"<category>{escape(name)}</category>" for name in listed.submission.categories(moment))
    return (
        f"<item><title>{escape(paper.title)}</title>"
        f"<link>https://arxiv.org/abs/{paper.id.base}</link>"
        f"<description>{escape(abstract_of(listed))}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.id.base}v{listed.version}</guid>'
        f"{''.join(tags)}<pubDate>{published}</pubDate>{extras(listed, 'DOI', 'journal_reference')}</item>"
    )
