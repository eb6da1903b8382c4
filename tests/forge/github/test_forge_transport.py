"""A GitHub that dawdles, swells or nests without end is an error like any other."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import pytest

from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.github.transport import GitHubSettings, Transport
from fakes import FakeClock
from raw_server import served

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"


def test_a_github_that_sends_a_byte_now_and_then_is_left_in_time() -> None:
    clock = FakeClock()

    def answer() -> Iterable[bytes]:
        return itertools.chain([JSON], itertools.repeat(b" "))

    assert "did not answer GET /repos: not finished " in refused(answer, clock, seconds=3.0)


@pytest.mark.parametrize("status", [b"200 OK", b"502 Bad Gateway"])
def test_json_that_is_nested_deeply_is_no_crash(status: bytes) -> None:
    nested = JSON.replace(b"200 OK", status) + b"[" * 100_000 + b"]" * 100_000

    assert "GET /repos" in refused(lambda: [nested], FakeClock())


def refused(answer: Callable[[], Iterable[bytes]], clock: FakeClock, seconds: float = 0.0) -> str:
    with served(answer, clock, seconds) as url:
        settings = GitHubSettings.from_environment(
            {"GITHUB_API_URL": url, "GITHUB_REPOSITORY": "octocat/papers", "GITHUB_TOKEN": "t"}
        )
        with pytest.raises(ForgeError) as error:
            Transport(settings, clock).send("GET", "/repos")
    return str(error.value)
