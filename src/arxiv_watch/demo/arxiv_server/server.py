"""The stand-in's HTTP side: four hosts of arXiv as four ports on loopback."""

from __future__ import annotations

import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from arxiv_watch.arxiv.taxonomy import CATEGORIES, OAI_SETS
from arxiv_watch.clock import Clock
from arxiv_watch.demo.arxiv_server import api, feeds, oai, pages
from arxiv_watch.demo.arxiv_server.exchange import Logged, Request, Response, Role
from arxiv_watch.demo.arxiv_server.world import World
from arxiv_watch.papers import Paper


class ArxivServer:
    """A stand-in of arXiv: feeds, search API, OAI-PMH and pages over HTTP on loopback.

    Use it as a context manager, or call `start` and `stop`.

    Args:
        papers: The papers with their days of announcement, or a world with their whole history.
        clock: Tells what time it is at this arXiv.
    """

    def __init__(self, papers: Iterable[Paper] | World, *, clock: Clock) -> None:
        self.world = papers if isinstance(papers, World) else World.of(papers)
        self.log: list[Logged] = []
        self.is_looked_up_now = False
        """Whether catch-up pages show what has become of a day's papers since."""
        self.page_sizes = dict(oai.PAGE_SIZES)
        self._clock = clock
        self._lock = threading.Lock()
        self._in_flight = 0
        self._servers: dict[Role, ThreadingHTTPServer] = {}
        self._categories = CATEGORIES | {name.split(".")[0] for name in CATEGORIES}
        self._sets = frozenset(
            ":".join(name.split(":")[:depth]) for name in OAI_SETS.values() for depth in (1, 2, 3)
        )

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
            server = _Server(("127.0.0.1", 0), _handler(self, role))
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

    def answer(self, request: Request) -> Response:
        """Answer a request, in as long as that takes, and log it."""
        with self._lock:
            self._in_flight += 1
            in_flight = self._in_flight
        try:
            response = self.respond(request)
            self.wait(response.seconds)
            time.sleep(response.real_seconds)
            self.log.append(Logged(request, response.status, in_flight))
            return response
        finally:
            with self._lock:
                self._in_flight -= 1

    def wait(self, seconds: float) -> None:
        """Let time pass at this arXiv."""
        if seconds:
            self._clock.sleep(seconds)

    def request(self, role: Role, target: str, headers: dict[str, str]) -> Request:
        """Make a request of what came over the wire."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(role, parts.path, query, headers, self._clock.now().astimezone(UTC))

    def respond(self, request: Request) -> Response:
        """Return what is answered: what arXiv answers on a good day."""
        return self.honest(request)

    def honest(self, request: Request) -> Response:
        """Answer a request as arXiv does on a good day."""
        if request.role is Role.RSS:
            return feeds.answer(self.world, request)
        if request.role is Role.API:
            return api.answer(self.world, request)
        if request.role is Role.OAI:
            return oai.answer(self.world, request, self._sets, self.page_sizes)
        return pages.answer(self.world, request, self._categories, is_looked_up_now=self.is_looked_up_now)

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


def _pieces(response: Response) -> Iterator[bytes]:
    """Yield the body as it is sent: all of it, or a byte at a time."""
    size = 1 if response.pause else max(len(response.body), 1)
    return (response.body[start : start + size] for start in range(0, len(response.body), size))


def _handler(owner: ArxivServer, role: Role) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one packet for headers and body

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = owner.answer(owner.request(role, self.path, headers))
            if response.reset:
                self._reset()
                return
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in response.headers:
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            for piece in _pieces(response):
                self.wfile.write(piece)
                self.wfile.flush()
                if self._is_alone():
                    break
                owner.wait(response.pause)
            if response.reset_after:
                self._reset()

        def _is_alone(self) -> bool:
            """Tell whether the client has hung up: what time passed now would pass for its next request."""
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

        def _reset(self) -> None:
            """Close without lingering: the kernel answers with a reset in place of an orderly end."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet; the stand-in has its own log."""

    return Handler
