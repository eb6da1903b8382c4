"""The limits of one HTTP exchange in seconds, bytes and processor time, and the adapter that keeps them.

A timeout of `requests` is for the pause between two bytes, so a server that sends one now and then, in
its headers, its body or the sizes of its chunks, holds a client for ever (issue 15). The adapter's sockets
therefore look at a meter each time they are read.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPResponse
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from arxiv_watch.clock import FOREVER, Clock

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

CHUNK_BYTES = 2**16  # in which a body is unpacked: 64 kB of gzip can be 64 MB


class OutOfBoundsError(Exception):
    """An exchange was cut off; the message says by which bound."""


class TooSlowError(OutOfBoundsError):
    """It was not finished in time."""


class TooLargeError(OutOfBoundsError):
    """It brought too many bytes, or ones that cost too much to receive."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one exchange, from the request to the last byte of its answer.

    Attributes:
        connect: Seconds.
        pause: Seconds between two bytes.
        whole: Seconds of the whole exchange.
        size: Bytes, both as they arrive and as they are unpacked.
        work: Seconds of processor time to receive it: a few megabytes in chunks of one byte cost a minute.
    """

    connect: float
    pause: float
    whole: float
    size: int
    work: float = 2.0

    def join(self, chunks: Iterable[bytes]) -> bytes:
        """Return a body of its unpacked chunks, unless it is too large."""
        body = bytearray()
        for chunk in chunks:
            body += chunk
            self.check_size(len(body))
        return bytes(body)

    def check_size(self, size: int) -> None:
        """Refuse a number of bytes that is out of bounds."""
        if size > self.size:
            raise TooLargeError(f"more than {self.size / 2**20:g} MB")


class _Meter:
    """Measures the exchange that is under way, within bounds for each."""

    def __init__(self, clock: Clock, bounds: Bounds) -> None:
        self.bounds = bounds
        self._clock = clock
        self.start(FOREVER)

    def start(self, deadline: datetime) -> None:
        """Begin an exchange, which ends at the deadline at the latest."""
        self._end = self._clock.now() + timedelta(seconds=self.bounds.whole)
        self._reason = f"not finished after {self.bounds.whole:g} s"
        if deadline < self._end:
            self._end, self._reason = deadline, "not finished before the time limit of this run"
        self._received = 0
        self._work_end = time.thread_time() + self.bounds.work

    def seconds(self, most: float) -> float:
        """Return how many seconds the next step may take: `most`, if there are as many left."""
        left = (self._end - self._clock.now()).total_seconds()
        if left <= 0:
            raise TooSlowError(self._reason)
        return min(left, most)

    def receive(self, size: int) -> None:
        """Count bytes that have arrived, and refuse those too many, too late or too costly."""
        self.seconds(self.bounds.pause)
        self._received += size
        self.bounds.check_size(self._received)
        if time.thread_time() > self._work_end:
            raise TooLargeError(f"takes more than {self.bounds.work:g} s of processor time to receive")


class _MeteredReader(io.RawIOBase):
    """The bytes that a socket receives, as long as the meter allows it."""

    def __init__(self, sock: socket.socket, received: io.RawIOBase, meter: _Meter) -> None:
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
            self._meter.seconds(
                self._meter.bounds.pause
            )  # raises the other error if the whole exchange took too long
            raise
        self._meter.receive(size or 0)
        return size

    def close(self) -> None:
        """Close the socket's reader."""
        self._received.close()
        super().close()


class _MeteredResponse(HTTPResponse):
    """An answer whose status line, headers and body are read through a meter."""

    def __init__(self, meter: _Meter, sock: socket.socket, debuglevel: int = 0, *, method: str) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp = io.BufferedReader(_MeteredReader(sock, self.fp.detach(), meter))


class BoundedAdapter(HTTPAdapter):
    """The adapter to mount on a session; it makes one exchange at a time.

    Args:
        bounds: Of each exchange; the timeouts that a session asks for are not used.
        deadline: Returns the moment, in UTC, by which the whole run ends.
    """

    def __init__(
        self, clock: Clock, bounds: Bounds, deadline: Callable[[], datetime] = lambda: FOREVER
    ) -> None:
        self._meter = _Meter(clock, bounds)
        self._deadline = deadline
        response_class = staticmethod(partial(_MeteredResponse, self._meter))
        self._connection_classes = {
            scheme: type(f"Metered{base.__name__}", (base,), {"response_class": response_class})
            for scheme, base in (("http", HTTPConnection), ("https", HTTPSConnection))
        }
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
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
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
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
        if not stream or response.is_redirect:  # requests reads the body of a redirect even where it streams
            response._content = self._meter.bounds.join(response.iter_content(CHUNK_BYTES))  # noqa: SLF001 - where requests keeps what it has read
        return response


def bounded_session(clock: Clock, bounds: Bounds, deadline: Callable[[], datetime]) -> requests.Session:
    """Return a session whose exchanges all keep within bounds."""
    session = requests.Session()
    adapter = BoundedAdapter(clock, bounds, deadline)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session
