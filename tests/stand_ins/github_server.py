"""The stand-in of GitHub, with its people, and with faults on demand."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from arxiv_watch.demo.github_server import Exchange, GitHubServer
from arxiv_watch.demo.github_server.server import Answered, RequestHandler
from stand_ins.github_routes import MovedError, PeoplesRoutes, Rows
from stand_ins.github_world import PeoplesWorld


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong answer.

    Attributes:
        status: The HTTP status, or None to close the connection without an answer.
        body: The JSON body, or text for a body that is not JSON.
        headers: More headers.
        after: True to do the request's work first and then answer wrongly.
        deadly: True to answer every later request in the same way, as if the client had died.
    """

    status: int | None
    body: Mapping[str, Any] | str = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    deadly: bool = False


def refusal(status: int, message: str, *errors: Mapping[str, str], **headers: str) -> Fault:
    """Make an answer in GitHub's own form; keyword arguments are headers, `_` for `-`."""
    body: dict[str, Any] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    if errors:
        body["errors"] = list(errors)
    return Fault(status, body, {key.replace("_", "-"): value for key, value in headers.items()})


@dataclass(slots=True)
class _Injection:
    fault: Fault
    at: Callable[[Exchange], bool]
    times: int


class _Handler(RequestHandler):
    """Cuts the connection where there is no status, and sends what is not JSON as it is."""

    def send(self, status: int | None, answer: object, more: Mapping[str, str]) -> None:
        if status is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif isinstance(answer, str):
            self.send_head(status, len(answer), {"Content-Type": "text/html", **more})
            self.wfile.write(answer.encode())
        else:
            super().send(status, answer, more)


class FaultyGitHub(GitHubServer):
    """The stand-in of GitHub with people; it answers wrongly where a test says so.

    It calls `before` before each request. `options` are those of `GitHubServer`, and `collaborators`.
    """

    handler_type = _Handler
    routes_type = PeoplesRoutes
    world_type = PeoplesWorld

    def __init__(
        self, repository: Path, *, collaborators: Iterable[str] = ("octocat",), **options: Any
    ) -> None:
        super().__init__(repository, **options)
        self.world.collaborators = {*collaborators}
        self.before: Callable[[Exchange], None] = lambda _: None
        self._injections: list[_Injection] = []

    def inject(self, fault: Fault, at: Callable[[Exchange], bool] | int, times: int = 1) -> None:
        """Answer wrongly at the write of that number (1 is the next one), or where `at` says so.

        Args:
            fault: The wrong answer.
            at: The number of a write from now on, or a test of the request.
            times: How often; the next requests that fit are answered rightly.
        """
        if isinstance(at, int):
            due, at = (
                len(self.writes) + at,
                lambda exchange: exchange.is_write and len(self.writes) + 1 == due,
            )
        self._injections.append(_Injection(fault, at, times))

    def heal(self) -> None:
        """Forget every fault."""
        self._injections.clear()

    def handle(self, exchange: Exchange, token: str) -> Answered:
        """Answer one request, faults included."""
        self.before(exchange)
        return super().handle(exchange, token)

    def respond(self, exchange: Exchange, token: str) -> Answered:
        """Do the work of a request, unless a fault comes before it, and say what the fault says."""
        fault = self._next_fault(exchange)
        if fault is None:
            return self._rightly(exchange, token)
        if fault.after:
            self._rightly(exchange, token)
        return fault.status, fault.body, fault.headers

    def _rightly(self, exchange: Exchange, token: str) -> Answered:
        """Answer; a list names the page after it as GitHub does: with the query."""
        try:
            status, answer, headers = super().respond(exchange, token)
        except MovedError as moved:
            return moved.status, moved.payload, {"Location": moved.location}
        if isinstance(answer, Rows) and answer.more:
            query = urlencode({**exchange.query, "page": answer.number + 1})
            headers = {**headers, "Link": f'<{self.api_url}{exchange.path}?{query}>; rel="next"'}
        return status, answer, headers

    def _next_fault(self, exchange: Exchange) -> Fault | None:
        for injection in self._injections:
            if injection.times > 0 and injection.at(exchange):
                injection.times -= 1
                if injection.fault.deadly:
                    dead = Fault(None, deadly=True)
                    self._injections = [_Injection(dead, lambda _: True, times=1_000_000)]
                return injection.fault
        return None
