"""A server that sends bytes as they are given, at its own pace: what no HTTP library would send."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from fakes import FakeClock


@contextmanager
def served(answer: Callable[[], Iterable[bytes]], clock: FakeClock, seconds: float = 0.0) -> Iterator[str]:
    """Answer requests, one at a time, until the block ends.

    Args:
        answer: Returns the pieces of an answer, which may be endless: they end when nobody listens.
        clock: Passes between two pieces.
        seconds: By so many seconds.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            with suppress(OSError):  # the end of the block closes the socket
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):  # the client has gone
                        connection.recv(65536)
                        for piece in answer():
                            clock.sleep(seconds)
                            connection.sendall(piece)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        assert not thread.is_alive(), "somebody still listens"
