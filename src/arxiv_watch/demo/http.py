"""HTTP on loopback, as both stand-ins speak it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Connection(BaseHTTPRequestHandler):
    """One connection to the stand-in that is its `owner`."""

    owner: Any

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for headers and body

    def send_head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        """Send what comes before a body of so many bytes."""
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""


class StandIn:
    """A stand-in that listens on free ports; use it as a context manager, or call `start` and `stop`."""

    def __init__(self) -> None:
        self._servers: dict[str, _Server] = {}

    def start(self) -> None:
        """Listen, by a call of `listen` for each host."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop listening; what the stand-in keeps stays as it is."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def listen(self, host: str, connection: type[Connection], **attributes: object) -> None:
        """Open a port for a host; `attributes` are given to each connection."""
        handler = type("Connection", (connection,), {"owner": self, **attributes})
        server = self._servers[host] = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def url_of(self, host: str) -> str:
        """Return the address of a host."""
        if host not in self._servers:
            raise RuntimeError(f"{type(self).__name__} is not started")
        return f"http://127.0.0.1:{self._servers[host].server_port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that is gone: it was killed, or has timed out on purpose."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as we were given them
