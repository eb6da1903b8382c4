"""The stand-in's HTTP side: four hosts of arXiv as four ports on loopback."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from arxiv_watch.clock import Clock
from arxiv_watch.demo.arxiv_server import api, feeds, oai, pages
from arxiv_watch.demo.arxiv_server.exchange import Request, Response, Role
from arxiv_watch.demo.arxiv_server.world import World
from arxiv_watch.papers import Paper

_ANSWERS: Mapping[Role, Callable[[World, Request], Response]] = {
    Role.RSS: feeds.answer,
    Role.API: api.answer,
    Role.OAI: oai.answer,
    Role.PAGES: pages.answer,
}


class ArxivExchange(BaseHTTPRequestHandler):
    """One connection to one of the hosts."""

    owner: ArxivServer
    role: Role

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for headers and body

    def do_GET(self) -> None:
        """Answer a request."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send(self.owner.answer(self.owner.request(self.role, self.path, headers)))

    def send(self, response: Response) -> None:
        """Send a whole answer."""
        self.send_head(response)
        self.wfile.write(response.body)

    def send_head(self, response: Response) -> None:
        """Send what comes before the body."""
        self.send_response(response.status)
        for name, value in {"Content-Length": str(len(response.body)), **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class ArxivServer:
    """A stand-in of arXiv: feeds, metadata, OAI-PMH and pages over HTTP on loopback.

    Use it as a context manager, or call `start` and `stop`.

    Args:
        papers: The papers with their days of announcement, or a world with their whole history.
        clock: Tells what time it is at this arXiv.
    """

    exchange: type[ArxivExchange] = ArxivExchange
    """How it speaks HTTP."""

    def __init__(self, papers: Iterable[Paper] | World, *, clock: Clock) -> None:
        self.world = papers if isinstance(papers, World) else World.of(papers)
        self._clock = clock
        self._servers: dict[Role, ThreadingHTTPServer] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen."""
        for role in Role:
            handler = type("RoleExchange", (self.exchange,), {"owner": self, "role": role})
            server = _Server(("127.0.0.1", 0), handler)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            self._servers[role] = server

    def stop(self) -> None:
        """Stop listening."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._servers.clear()

    @property
    def rss_url(self) -> str:
        """Base of the feeds."""
        return self._base(Role.RSS)

    @property
    def api_url(self) -> str:
        """The search API."""
        return f"{self._base(Role.API)}/api/query"

    @property
    def oai_url(self) -> str:
        """The OAI-PMH endpoint."""
        return f"{self._base(Role.OAI)}/oai"

    @property
    def listing_url(self) -> str:
        """Base of the listing and catch-up pages."""
        return self._base(Role.PAGES)

    def request(self, role: Role, target: str, headers: dict[str, str]) -> Request:
        """Make a request of what came over the wire."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(role, parts.path, query, headers, self._clock.now().astimezone(UTC))

    def answer(self, request: Request) -> Response:
        """Return what arXiv answers on a good day."""
        return _ANSWERS[request.role](self.world, request)

    def _base(self, role: Role) -> str:
        server = self._servers.get(role)
        if server is None:
            raise RuntimeError("the stand-in of arXiv is not started")
        return f"http://127.0.0.1:{server.server_address[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that is gone; it was killed or has timed out on purpose."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as we were given them
