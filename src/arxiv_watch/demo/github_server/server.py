"""The HTTP side of the stand-in: a loopback server with a log of its requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from arxiv_watch.clock import Clock, SystemClock
from arxiv_watch.demo.github_server.payloads import Json
from arxiv_watch.demo.github_server.repository import Repository
from arxiv_watch.demo.github_server.routes import RefusedError, Routes
from arxiv_watch.demo.github_server.world import GitHubWorld, Pull


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


class RequestHandler(BaseHTTPRequestHandler):
    """Reads a request, asks the server, writes the answer."""

    github: GitHubServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "").rpartition(" ")[2]
        body = json.loads(raw) if raw and raw != b"null" else {}
        exchange = Exchange(self.command, parts.path, dict(parse_qsl(parts.query)), body, None, None)
        self.send(*self.github.handle(exchange, token))

    def send(self, status: int, answer: object, more: Mapping[str, str]) -> None:
        """Send an answer with these headers more."""
        content = json.dumps(answer).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(content)),
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "900",
            "X-GitHub-Request-Id": f"STAND:IN:{len(self.github.log)}",
            **more,
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 - names the base class looks up

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the log is kept by the server."""


class GitHubServer:
    """One repository on a GitHub of its own, on loopback; use it as a context manager.

    Args:
        repository: A bare git repository with a first commit.
        name: The repository's name there, `owner/name`.
        token: The one token that is let in.
        bot: Whose token that is.
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
        self.world = self.world_type(Repository(repository), name, bot, token, clock or SystemClock())
        self.log: list[Exchange] = []
        self._lock = threading.RLock()
        self._http: ThreadingHTTPServer | None = None
        self._routes: Routes | None = None

    @property
    def api_url(self) -> str:
        """What `GITHUB_API_URL` must be to reach it."""
        if self._http is None:
            raise RuntimeError("the stand-in of GitHub is not started")
        return f"http://127.0.0.1:{self._http.server_port}"

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

    def start(self) -> GitHubServer:
        """Listen on a free port of the loopback."""
        handler = type("Handler", (self.handler_type,), {"github": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._routes = self.routes_type(self.world, self.api_url)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening; the repository stays as it is."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

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
