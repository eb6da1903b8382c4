"""No exchange lasts longer, brings more or costs more than agreed, wherever the server dawdles or swells."""

from __future__ import annotations

import gzip
import itertools
from datetime import timedelta

import pytest
import requests

from arxiv_watch.bounds import BoundedAdapter, Bounds, TooLargeError, TooSlowError, _Meter
from fakes import FakeClock
from raw_server import served

BOUNDS = Bounds(connect=5.0, pause=5.0, whole=60.0, size=100_000)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def get(url: str, adapter: BoundedAdapter, *, stream: bool = False) -> bytes:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", adapter)
        with session.get(url, allow_redirects=False, stream=stream) as response:
            return b"".join(response.iter_content(2**16)) if stream else response.content


FOREVER = {
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a header": (OK + b"X-Slow: ", b"x"),
    "a body without a length": (OK + b"\r\n", b"x"),
    "a body with a length": (OK + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "chunks": (CHUNKED, b"1\r\nx\r\n"),
    "the size of a chunk": (CHUNKED, b"0"),
    "the extension of a chunk": (CHUNKED + b"1;", b"x"),
    "trailers": (CHUNKED + b"0\r\n", b"X-Slow: x\r\n"),
    "the body of a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n", b"x"),
    "the body of an error": (b"HTTP/1.1 404 Not Found\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "read at once"])
@pytest.mark.parametrize("name", FOREVER)
def test_a_server_that_sends_a_byte_now_and_then_is_left_when_the_exchange_has_had_its_time(
    name: str, *, stream: bool
) -> None:
    start, piece = FOREVER[name]
    clock = FakeClock()
    with (
        served(lambda: itertools.chain([start], itertools.repeat(piece)), clock, seconds=3.0) as url,
        pytest.raises(TooSlowError, match="not finished after 60 s"),
    ):
        get(url, BoundedAdapter(clock, BOUNDS), stream=stream)


def test_an_answer_that_comes_after_its_time_is_too_late_whoever_looked_at_the_clock_first() -> None:
    """Under load a stand-in let time pass before or after the client had begun to wait for it."""
    clock = FakeClock()
    meter = _Meter(clock, BOUNDS)
    meter.start(clock.now() + timedelta(seconds=10))
    meter.seconds(BOUNDS.pause)
    clock.sleep(11)

    with pytest.raises(TooSlowError):
        meter.receive(100)


def test_an_exchange_ends_with_the_run_at_the_latest() -> None:
    clock = FakeClock()
    end = clock.moment + timedelta(seconds=20)
    adapter = BoundedAdapter(clock, BOUNDS, lambda: end)
    with (
        served(lambda: itertools.chain([OK + b"\r\n"], itertools.repeat(b"x")), clock, seconds=3.0) as url,
        pytest.raises(TooSlowError, match="not finished before the time limit of this run"),
    ):
        get(url, adapter)
    with pytest.raises(TooSlowError, match="the time limit of this run"):
        get("http://127.0.0.1:9/", adapter)  # nobody is asked when there is no time left


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "read at once"])
@pytest.mark.parametrize(
    "name", [name for name in FOREVER if name not in {"status line", "a header", "the size of a chunk"}]
)
def test_an_answer_without_end_is_cut_off(name: str, *, stream: bool) -> None:
    start, piece = FOREVER[name]
    clock = FakeClock()
    with (
        served(lambda: itertools.chain([start], itertools.repeat(piece * 100)), clock) as url,
        pytest.raises((TooLargeError, requests.RequestException)),
    ):
        get(url, BoundedAdapter(clock, BOUNDS), stream=stream)


@pytest.mark.parametrize("start", [OK, b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"], ids=["200", "302"])
def test_what_is_small_on_the_wire_is_measured_as_it_is_unpacked(start: bytes) -> None:
    packed = gzip.compress(b" " * 50_000_000)
    headers = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    clock = FakeClock()
    with (
        served(lambda: [start + headers + packed], clock) as url,
        pytest.raises(TooLargeError, match=r"more than 0\.0953674 MB"),
    ):
        get(url, BoundedAdapter(clock, BOUNDS))


def test_an_answer_that_costs_too_much_to_receive_is_cut_off() -> None:
    clock = FakeClock()
    bounds = Bounds(connect=5.0, pause=5.0, whole=60.0, size=10**9, work=0.05)
    with (
        served(lambda: itertools.chain([CHUNKED], itertools.repeat(b"1\r\nx\r\n" * 1000)), clock) as url,
        pytest.raises(TooLargeError, match="processor time"),
    ):
        get(url, BoundedAdapter(clock, bounds))


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "read at once"])
def test_an_answer_within_bounds_arrives_as_it_is(*, stream: bool) -> None:
    packed = gzip.compress(b"hello " * 1000)
    chunk = b"%x;note=1\r\n%s\r\n" % (len(packed), packed)
    pieces = [CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"), chunk, b"0\r\n\r\n"]
    clock = FakeClock()
    with served(lambda: pieces, clock, seconds=10.0) as url:
        assert get(url, BoundedAdapter(clock, BOUNDS), stream=stream) == b"hello " * 1000
