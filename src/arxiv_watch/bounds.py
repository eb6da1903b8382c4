"""What one HTTP exchange may take: seconds, bytes and processor time, measured while it is read.

A timeout of `requests` is for the pause between two bytes, so a server that sends one now and then, in
its headers, its body or the sizes of its chunks, holds a client for ever (issue 15). `bounded_adapter`
therefore looks at a meter each time it reads.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from arxiv_watch.clock import Clock

CHUNK_BYTES = 2**16  # in which a body is unpacked: 64 kB of gzip can be 64 MB


class OutOfBoundsError(Exception):
    """An exchange was cut off; the message says by which bound."""


class TooSlowError(OutOfBoundsError):
    """It was not finished in time."""


class TooLargeError(OutOfBoundsError):
    """It brought too many bytes, or ones that cost too much to receive."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one exchange may take, from the request to the last byte of its answer.

    Attributes:
        connect: Seconds to connect.
        pause: Seconds between two bytes.
        whole: Seconds for all of it.
        size: Bytes, both as they arrive and as they are unpacked.
        work: Seconds of processor time to receive it: a few megabytes in chunks of one byte cost a minute.
    """

    connect: float
    pause: float
    whole: float
    size: int
    work: float = 2.0

    def join(self, chunks: Iterable[bytes]) -> bytes:
        """Return a body of its chunks, unpacked ones.

        Raises:
            TooLargeError: It is larger than agreed.
        """
        body = bytearray()
        for chunk in chunks:
            body += chunk
            self.check_size(len(body))
        return bytes(body)

    def check_size(self, size: int) -> None:
        """Make sure that a number of bytes is within bounds.

        Raises:
            TooLargeError: It is not.
        """
        if size > self.size:
            raise TooLargeError(f"more than {self.size / 2**20:g} MB")


class Meter:
    """Measures the exchange that is under way, within bounds for each."""

    def __init__(self, clock: Clock, bounds: Bounds) -> None:
        self.bounds = bounds
        self._clock = clock
        self.start(None)

    def start(self, deadline: datetime | None) -> None:
        """Begin an exchange, which ends at the deadline at the latest."""
        self._end = self._clock.now() + timedelta(seconds=self.bounds.whole)
        self._reason = f"not finished after {self.bounds.whole:g} s"
        if deadline is not None and deadline < self._end:
            self._end, self._reason = deadline, "not finished before the time limit of this run"
        self._received = 0
        self._work_end = time.thread_time() + self.bounds.work

    def seconds(self, most: float) -> float:
        """Return how long the next step may take.

        Args:
            most: Seconds, if there are as many left.

        Raises:
            TooSlowError: Time is up.
        """
        left = (self._end - self._clock.now()).total_seconds()
        if left <= 0:
            raise TooSlowError(self._reason)
        return min(left, most)

    def receive(self, size: int) -> None:
        """Count bytes that have arrived.

        Raises:
            TooLargeError: They are too many, or cost too much.
        """
        self._received += size
        self.bounds.check_size(self._received)
        if time.thread_time() > self._work_end:
            raise TooLargeError(f"takes more than {self.bounds.work:g} s of processor time to receive")
