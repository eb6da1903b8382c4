"""The stand-in of arXiv as a whole: all that arXiv is known to answer, with faults on demand, and a log."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from arxiv_watch.arxiv.taxonomy import CATEGORIES
from arxiv_watch.clock import Clock
from arxiv_watch.demo.arxiv_server import ArxivServer, Request, Response, Role
from arxiv_watch.demo.arxiv_server.server import ArxivExchange
from arxiv_watch.papers import Paper
from stand_ins import arxiv_api, arxiv_feeds, arxiv_oai, arxiv_pages
from stand_ins.arxiv_world import World

NAMES = CATEGORIES | {name.split(".")[0] for name in CATEGORIES}


@dataclass(frozen=True)
class FaultyResponse(Response):
    """What is sent back, and how the connection behaves.

    Attributes:
        reset: Whether to cut the connection in place of an answer.
        reset_after: Whether to cut the connection after the body.
        seconds: How long the first byte takes, on the stand-in's clock.
        real_seconds: How long it takes on the real clock.
        pause: How long it takes from one byte of the body to the next, in seconds of the stand-in's clock.
    """

    reset: bool = False
    reset_after: bool = False
    seconds: float = 0.0
    real_seconds: float = 0.0
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the request log."""

    request: Request
    status: int
    in_flight: int


Change = Callable[[Request, Response], Response]
"""Turns an honest response into a faulty one."""


@dataclass(slots=True)
class Fault:
    """A scripted fault.

    Attributes:
        change: What becomes of the honest response.
        role: The host it strikes.
        path: It strikes paths that contain this text.
        times: How often it still strikes; None for always.
    """

    change: Change
    role: Role
    path: str = ""
    times: int | None = None

    def strikes(self, request: Request) -> bool:
        """Return whether it strikes this request; each strike counts."""
        if request.role is not self.role or self.path not in request.path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class FaultyExchange(ArxivExchange):
    """One connection to one of the hosts, which may break."""

    owner: FaultyArxiv

    def send(self, response: Response) -> None:
        """Send an answer, or as much of it as the fault lets through."""
        if not isinstance(response, FaultyResponse):
            super().send(response)
        elif response.reset:
            self._reset()
        else:
            self.send_head(response.status, len(response.body), response.headers)
            for piece in _pieces(response):
                self.wfile.write(piece)
                self.wfile.flush()
                if self._is_alone():
                    break
                self.owner.wait(response.pause)
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


def _pieces(response: FaultyResponse) -> Iterator[bytes]:
    """Yield the body as it is sent: all of it, or a byte at a time."""
    size = 1 if response.pause else max(len(response.body), 1)
    return (response.body[start : start + size] for start in range(0, len(response.body), size))


class FaultyArxiv(ArxivServer):
    """The stand-in of arXiv that answers all that arXiv does, and wrongly where a script says so."""

    exchange = FaultyExchange

    def __init__(self, papers: Iterable[Paper] | World, *, clock: Clock) -> None:
        super().__init__(papers if isinstance(papers, World) else World.of(papers), clock=clock)
        self.faults: list[Fault] = []
        self.log: list[Logged] = []
        self.is_looked_up_now = False
        """Whether catch-up pages show what has become of a day's papers since."""
        self.page_sizes = dict(arxiv_oai.PAGE_SIZES)
        self._lock = threading.Lock()
        self._in_flight = 0

    def fault(self, role: Role, change: Change, *, path: str = "", times: int | None = None) -> Fault:
        """Add a fault to the script and return it; it strikes until its times are used up."""
        fault = Fault(change, role, path, times)
        self.faults.append(fault)
        return fault

    def answer(self, request: Request) -> Response:
        """Answer a request, faults included, in as long as that takes, and log it."""
        with self._lock:
            self._in_flight += 1
            in_flight = self._in_flight
        try:
            response = self.honest(request)
            for fault in self.faults:
                if fault.strikes(request):
                    response = fault.change(request, response)
            if isinstance(response, FaultyResponse):
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

    def honest(self, request: Request) -> Response:
        """Answer a request as arXiv does on a good day."""
        match request.role:
            case Role.RSS:
                return arxiv_feeds.answer(self.world, request)
            case Role.API:
                return arxiv_api.answer(self.world, request)
            case Role.OAI:
                return arxiv_oai.answer(self.world, request, self.page_sizes)
        return arxiv_pages.answer(self.world, request, NAMES, is_looked_up_now=self.is_looked_up_now)
