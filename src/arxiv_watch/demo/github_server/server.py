"""The HTTP side of the stand-in: a loopback server with a log of its requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from arxiv_watch.clock import Clock, SystemClock
from arxiv_watch.demo.github_server.repository import GitHubWorld, Pull, Repository
from arxiv_watch.demo.github_server.routes import Json, RefusedError, Routes
from arxiv_watch.demo.http import Connection, StandIn


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as the log keeps them."""

    verb: str
    path: str
    query: Mapping[str, str]
    body: Json
    status: int | None
    answer: Any

    @property
    def is_write(self) -> bool:
        """Whether it asked for a change; a GraphQL query does not."""
        if self.path == "/graphql":
            return str(self.body.get("query", "")).startswith("mutation")
        return self.verb != "GET"


Answered = tuple[int, Any, Mapping[str, str]]
"""A status, a body and more headers."""


class RequestHandler(Connection):
    """Reads a request, asks the server, writes the answer."""

    owner: GitHubServer

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "").rpartition(" ")[2]
        body = json.loads(raw) if raw and raw != b"null" else {}
        exchange = Exchange(self.command, parts.path, dict(parse_qsl(parts.query)), body, None, None)
        self.send(*self.owner.handle(exchange, token))

    def send(self, status: int, answer: object, more: Mapping[str, str]) -> None:
        """Send an answer with these headers more."""
        content = json.dumps(answer).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "900",
            "X-GitHub-Request-Id": f"STAND:IN:{len(self.owner.log)}",
            **more,
        }
        self.send_head(status, len(content), headers)
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 - names the base class looks up


class GitHubServer(StandIn):
    """One repository on a GitHub of its own.

    Args:
        repository: A bare git repository with a first commit.
        name: `owner/name`.
        token: The only one that is let in; it belongs to `bot`.
        clock: Dates the commits and pull requests.
    """

    handler_type: ClassVar[type[RequestHandler]] = RequestHandler
    routes_type: ClassVar[type[Routes]] = Routes
    world_type: ClassVar[type[GitHubWorld]] = GitHubWorld

    def __init__(
        self,
        repository: Path,
        *,
        name: str = "octocat/papers",
        token: str = "stand-in-token",  # noqa: S107 - opens nothing but this stand-in
        bot: str = "github-actions[bot]",
        clock: Clock | None = None,
    ) -> None:
        super().__init__()
        self.world = self.world_type(Repository(repository), name, bot, token, clock or SystemClock())
        self.log: list[Exchange] = []
        self._lock = threading.RLock()
        self._routes: Routes | None = None

    @property
    def api_url(self) -> str:
        """What `GITHUB_API_URL` must be to reach it."""
        return self.url_of("github")

    @property
    def environment(self) -> dict[str, str]:
        """What GitHub Actions would set for a job in this repository."""
        return {
            "GITHUB_API_URL": self.api_url,
            "GITHUB_SERVER_URL": self.api_url,
            "GITHUB_REPOSITORY": self.world.name,
            "GITHUB_TOKEN": self.world.token,
            "GITHUB_RUN_ID": "1",
        }

    @property
    def pulls(self) -> list[Pull]:
        """Every pull request, oldest first."""
        return list(self.world.pulls.values())

    @property
    def writes(self) -> list[Exchange]:
        """The part of the log that asked for changes."""
        return [exchange for exchange in self.log if exchange.is_write]

    def start(self) -> None:
        """Listen; the addresses in its answers are those of this port."""
        self.listen("github", self.handler_type)
        self._routes = self.routes_type(self.world, self.api_url)

    def handle(self, exchange: Exchange, token: str) -> Answered:
        """Answer one request and log it."""
        with self._lock:
            status, answer, headers = self.respond(exchange, token)
            self.log.append(
                Exchange(exchange.verb, exchange.path, exchange.query, exchange.body, status, answer)
            )
            return status, answer, headers

    def respond(self, exchange: Exchange, token: str) -> Answered:
        """Do the work of a request and return what is answered."""
        if self._routes is None:
            raise RuntimeError("the stand-in of GitHub is not started")
        if token != self.world.token:
            return 401, RefusedError(401, "Bad credentials").payload, {}
        try:
            status, answer = self._routes.answer(exchange.verb, exchange.path, exchange.query, exchange.body)
        except RefusedError as refused:
            return refused.status, refused.payload, {}
        return status, answer, {}
