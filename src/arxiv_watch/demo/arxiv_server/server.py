"""The stand-in's HTTP side: four hosts of arXiv as four ports on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from urllib.parse import parse_qsl, urlsplit

from arxiv_watch.clock import Clock
from arxiv_watch.demo.arxiv_server import api, feeds, oai, pages
from arxiv_watch.demo.arxiv_server.exchange import Request, Response, Role
from arxiv_watch.demo.arxiv_server.world import World
from arxiv_watch.demo.http import Connection, StandIn
from arxiv_watch.papers import Paper

_ANSWERS: Mapping[Role, Callable[[World, Request], Response]] = {
    Role.RSS: feeds.answer,
    Role.API: api.answer,
    Role.OAI: oai.answer,
    Role.PAGES: pages.answer,
}


class ArxivExchange(Connection):
    """One connection to one of the hosts."""

    owner: ArxivServer
    role: Role

    def do_GET(self) -> None:  # noqa: N802 - the name that the base class looks up
        """Answer a request."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send(self.owner.answer(self.owner.request(self.role, self.path, headers)))

    def send(self, response: Response) -> None:
        """Send a whole answer."""
        self.send_head(response.status, len(response.body), response.headers)
        self.wfile.write(response.body)


class ArxivServer(StandIn):
    """A stand-in of arXiv: feeds, metadata, OAI-PMH and pages.

    Args:
        papers: The papers with their days of announcement, or a world with their whole history.
        clock: The time at this arXiv.
    """

    exchange: type[ArxivExchange] = ArxivExchange

    def __init__(self, papers: Iterable[Paper] | World, *, clock: Clock) -> None:
        super().__init__()
        self.world = papers if isinstance(papers, World) else World.of(papers)
        self._clock = clock

    def start(self) -> None:
        """Listen for each of arXiv's hosts."""
        for role in Role:
            self.listen(role, self.exchange, role=role)

    @property
    def rss_url(self) -> str:
        """Base of the feeds."""
        return self.url_of(Role.RSS)

    @property
    def api_url(self) -> str:
        """The search API."""
        return f"{self.url_of(Role.API)}/api/query"

    @property
    def oai_url(self) -> str:
        """The OAI-PMH endpoint."""
        return f"{self.url_of(Role.OAI)}/oai"

    @property
    def listing_url(self) -> str:
        """Base of the listing and catch-up pages."""
        return self.url_of(Role.PAGES)

    def request(self, role: Role, target: str, headers: dict[str, str]) -> Request:
        """Make a request of what came over the wire."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(role, parts.path, query, headers, self._clock.now().astimezone(UTC))

    def answer(self, request: Request) -> Response:
        """Return what arXiv answers on a good day."""
        return _ANSWERS[request.role](self.world, request)
