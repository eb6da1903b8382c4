"""The adapter through which `requests` asks arXiv and GitHub: it reads no longer and no more than agreed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from http.client import HTTPResponse
from typing import TYPE_CHECKING

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from arxiv_watch.bounds import CHUNK_BYTES, Bounds, Meter
from arxiv_watch.clock import Clock

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer


class _MeteredReader(io.RawIOBase):
    """What a socket receives, as long as the meter allows it."""

    def __init__(self, sock: socket.socket, received: io.RawIOBase, meter: Meter) -> None:
        self._sock = sock
        self._received = received
        self._meter = meter

    def readable(self) -> bool:
        """Return True: this is all it is for."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Receive what there is, waiting for it no longer than there is time."""
        self._sock.settimeout(self._meter.seconds(self._meter.bounds.pause))
        try:
            size: int | None = self._received.readinto(buffer)
        except TimeoutError:
            self._meter.seconds(self._meter.bounds.pause)  # says so if it is the whole that took too long
            raise
        self._meter.receive(size or 0)
        return size

    def close(self) -> None:
        """Let the socket go."""
        self._received.close()
        super().close()


class _MeteredResponse(HTTPResponse):
    """An answer whose status line, headers and body are read through a meter."""

    def __init__(self, meter: Meter, sock: socket.socket, debuglevel: int = 0, *, method: str) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp = io.BufferedReader(_MeteredReader(sock, self.fp.detach(), meter))


class BoundedAdapter(HTTPAdapter):
    """The adapter to mount on a session; it makes one exchange at a time.

    Args:
        clock: Tells the time.
        bounds: For each exchange; the timeouts that a session asks for are not used.
        deadline: Returns the moment, in UTC, by which the whole run ends, or None.
    """

    def __init__(
        self, clock: Clock, bounds: Bounds, deadline: Callable[[], datetime | None] = lambda: None
    ) -> None:
        self._meter = Meter(clock, bounds)
        self._deadline = deadline
        response_class = staticmethod(partial(_MeteredResponse, self._meter))
        self._connection_classes = {
            scheme: type(f"Metered{base.__name__}", (base,), {"response_class": response_class})
            for scheme, base in (("http", HTTPConnection), ("https", HTTPSConnection))
        }
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        """Return the pool for a request; its connections are metered."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        if not isinstance(pool, HTTPConnectionPool):
            raise TypeError(f"{type(pool).__name__} makes no connections")
        pool.ConnectionCls = self._connection_classes[pool.scheme]
        return pool

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Make one exchange; the body is read here too, unless the caller streams it.

        Raises:
            TooSlowError: It was not finished in time.
            TooLargeError: It brought more than agreed.
        """
        del timeout
        self._meter.start(self._deadline())
        timeouts = (self._meter.seconds(self._meter.bounds.connect), self._meter.bounds.pause)
        response = super().send(request, True, timeouts, verify, cert, proxies)
        response.encoding = response.encoding or "utf-8"  # which requests would guess from all of the body
        if not stream or response.is_redirect:  # of which requests reads the body whatever it is
            response._content = self._meter.bounds.join(response.iter_content(CHUNK_BYTES))  # noqa: SLF001 - where requests keeps what it has read
        return response
