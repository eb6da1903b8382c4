"""A mirror saves requests and is believed no more than a feed; for what it lacks, arXiv is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from arxiv_support import FRIDAY, MORNING, november, settings_for
from arxiv_watch.arxiv import Arxiv
from arxiv_watch.arxiv.collected import VERSION, Collection, write_collection
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.papers import Announcement, CoverageState, Paper
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv

CATEGORIES = ["cs.CL", "cs.DC", "cs.LG"]
MONDAY = FRIDAY + timedelta(days=3)


class Shelf:
    """A page on loopback that serves one file, or an error where there is none."""

    def __init__(self) -> None:
        self.file: bytes | None = None
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = shelf.file
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/poll.gz"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class World:
    """An arXiv, somebody who collects from it, and a user with a mirror and a cache of their own."""

    def __init__(self, server: FaultyArxiv, shelf: Shelf, clock: FakeClock, folder: Path) -> None:
        self.server, self.shelf, self.clock, self._folder = server, shelf, clock, folder

    def publish(self, change: Callable[[Collection], Collection] = lambda collection: collection) -> None:
        """Poll as the collector does, and put the file on the shelf, changed as a fault would."""
        with Arxiv(settings_for(self.server, self._folder / "collector"), self.clock) as arxiv:
            poll = arxiv.poll(CATEGORIES)
        first = self.clock.now().date() - timedelta(days=7)
        made = Collection(VERSION, self.clock.now(), tuple(CATEGORIES), (), first, poll, ())
        path = self._folder / "poll.gz"
        write_collection(path, change(made))
        self.shelf.file = path.read_bytes()

    def poll(self, name: str = "user") -> tuple[Poll, int]:
        """Poll as the user does; return what came of it and how many requests arXiv got."""
        settings = replace(settings_for(self.server, self._folder / name), mirror_url=self.shelf.url)
        with Arxiv(settings, self.clock) as arxiv:
            poll = arxiv.poll(CATEGORIES)
            return poll, arxiv.requests


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock, shelf = FakeClock(MORNING), Shelf()
    with FaultyArxiv(november(MONDAY), clock=clock) as server:
        yield World(server, shelf, clock, tmp_path)
    shelf.close()


@pytest.fixture
def on_monday(world: World) -> World:
    """The world on Monday morning, the user's cache filled on Friday with the help of the mirror."""
    world.publish()
    world.poll()
    world.clock.sleep(timedelta(days=3).total_seconds())
    return world


def announced(poll: Poll, day: date) -> set[tuple[Paper, frozenset[tuple[str, str]]]]:
    return {
        (replace(one.paper, id=replace(one.paper.id, version=None)), frozenset(one.types.items()))
        for one in poll.announcements
        if one.day == day
    }


def whole(poll: Poll) -> bool:
    return all(line.state.is_whole for line in poll.coverage)


def test_on_a_good_day_arxiv_is_not_asked_at_all(on_monday: World) -> None:
    on_monday.publish()

    poll, requests = on_monday.poll()

    assert requests == 0
    today = [line for line in poll.coverage if line.day == MONDAY]
    assert {(line.state, line.source) for line in today} == {(CoverageState.FRESH, "mirror")}
    assert poll.background


def test_the_announcements_are_those_that_arxiv_itself_gives(on_monday: World) -> None:
    on_monday.publish()
    mirrored, _ = on_monday.poll()
    on_monday.shelf.file = None

    direct, _ = on_monday.poll("stranger")

    assert announced(mirrored, MONDAY)
    assert announced(mirrored, MONDAY) == announced(direct, MONDAY)


def test_a_first_run_asks_the_second_source_for_its_proof_and_nothing_else(world: World) -> None:
    world.publish()
    before = len(world.server.log)

    poll, requests = world.poll()

    asked = [line.request.role for line in world.server.log[before:]]
    assert requests == len(asked)
    assert set(asked) == {Role.OAI}
    assert whole(poll)


def tampered(change: Callable[[Announcement], Announcement | None]) -> Callable[[Collection], Collection]:
    """Return what changes the announcements of a file and leaves what it declares."""

    def apply(collection: Collection) -> Collection:
        kept = tuple(filter(None, map(change, collection.poll.announcements)))
        return replace(collection, poll=replace(collection.poll, announcements=kept))

    return apply


def without_one(collection: Collection) -> Collection:
    first = next(one for one in collection.poll.announcements if one.day == MONDAY)
    return tampered(lambda one: None if one is first else one)(collection)


def friday_as_monday(collection: Collection) -> Collection:
    """Return a file of which somebody forgot to collect Monday and changed the dates alone."""
    poll = collection.poll
    announcements = tuple(replace(one, day=MONDAY) for one in poll.announcements if one.day == FRIDAY)
    days = tuple(replace(line, day=MONDAY) for line in poll.window if line.day == FRIDAY)
    return replace(collection, poll=replace(poll, announcements=announcements, window=days))


def silent(collection: Collection) -> Collection:
    """Return a file that says nothing was announced."""
    quiet = tuple(
        replace(line, state=CoverageState.QUIET, new=0, cross=0, replace=0, min_id=None, max_id=None)
        for line in collection.poll.window
    )
    return replace(collection, poll=replace(collection.poll, announcements=(), window=quiet))


def without_a_category(collection: Collection) -> Collection:
    days = tuple(line for line in collection.poll.window if line.category != "cs.LG")
    return replace(collection, poll=replace(collection.poll, window=days))


def of_friday(collection: Collection) -> Collection:
    return replace(collection, made=MORNING)


@pytest.mark.parametrize("change", [without_one, friday_as_monday, silent, without_a_category, of_friday])
def test_a_mirror_that_proves_nothing_costs_requests_and_no_paper(
    on_monday: World, change: Callable[[Collection], Collection]
) -> None:
    on_monday.publish(change)

    poll, requests = on_monday.poll()
    on_monday.shelf.file = None
    direct, _ = on_monday.poll("stranger")

    assert requests > 0
    assert whole(poll)
    assert announced(poll, MONDAY) == announced(direct, MONDAY)


def oai_alone(server: FaultyArxiv) -> None:
    for role in (Role.RSS, Role.PAGES):
        server.fault(role, faults.refuse(503))


def test_a_day_that_the_mirror_knows_from_oai_alone_is_taken_again_once_its_page_was_read(
    on_monday: World,
) -> None:
    oai_alone(on_monday.server)
    on_monday.publish()
    monday, _ = on_monday.poll()
    on_monday.server.faults.clear()
    on_monday.clock.sleep(timedelta(days=1).total_seconds())
    on_monday.publish()
    tuesday, _ = on_monday.poll()
    on_monday.shelf.file = None
    direct, _ = on_monday.poll("stranger")

    states = {line.state for line in monday.coverage if line.day == MONDAY}
    assert states == {CoverageState.REPAIRED}
    assert [line.troubles for line in tuesday.window if line.day == MONDAY] == [()] * len(CATEGORIES)
    assert announced(tuesday, MONDAY) == announced(direct, MONDAY)


def test_a_weekend_that_the_mirror_has_proved_quiet_costs_no_request(world: World) -> None:
    world.publish()
    world.poll()
    world.clock.sleep(timedelta(days=1).total_seconds())
    world.publish()

    poll, requests = world.poll()

    saturday = [line.state for line in poll.coverage if line.day == FRIDAY + timedelta(days=1)]
    assert (requests, saturday) == (0, [CoverageState.QUIET] * len(CATEGORIES))


@pytest.mark.parametrize("file", [None, b"", b"<html>", b"\x1f\x8b cut"])
def test_a_mirror_that_is_missing_or_no_file_is_done_without(
    on_monday: World, file: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    on_monday.shelf.file = file

    poll, requests = on_monday.poll()

    assert requests > 0
    assert whole(poll)
    assert "arXiv is asked instead" in caplog.text


def test_a_mirror_that_cannot_be_reached_is_done_without(world: World) -> None:
    world.shelf.url = "http://127.0.0.1:9/poll.gz"

    poll, _ = world.poll()

    assert whole(poll)
