"""The service over days and restarts: nothing is proposed twice, and no day is lost."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from arxiv_watch import schedule
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.cli.serve import Health, serve
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.demo.arxiv_server import ArxivServer
from arxiv_watch.errors import ListError
from cli_support import NOW, arxiv_environment, bare_environment, make_checkout, make_repository
from fakes import AtOnce, FakeClock
from stand_ins.github_server import FaultyGitHub
from watch_support import BACKGROUND, BELONGS, LIST, LISTED, SERVING, STRANGER, paper

FRIDAY, MONDAY = date(2025, 11, 21), date(2025, 11, 24)
MISSED = paper("2511.00211", "Serving on a Friday", f"{SERVING} for fridays", FRIDAY)
LATEST = paper("2511.00212", "Serving on a Monday", f"{SERVING} for mondays", MONDAY)


class StopAfterReport(io.StringIO):
    """Where the service reports to; its report makes somebody look, and stop it."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self._then = then

    def write(self, text: str) -> int:
        try:
            self._then()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().write(text)


@dataclass
class Service:
    """A service that is started, polls once, and is stopped again."""

    root: Path
    clock: FakeClock
    environ: dict[str, str]

    def run(self, *arguments: str, then: Callable[[], None] = lambda: None) -> str:
        out = StopAfterReport(then)
        context = Context(self.root, self.environ, None, self.clock, out)

        assert serve(context, build_parser().parse_args(["serve", *arguments])) == 0
        return out.getvalue()


def at_once(_: WatchConfig) -> AtOnce:
    return AtOnce()


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FaultyGitHub]:
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as server:
        yield server


@pytest.fixture
def service(tmp_path: Path, github: FaultyGitHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(schedule, "serve", partial(schedule.serve, due=at_once))
    clock = FakeClock(NOW)
    made = make_checkout(tmp_path)
    announced = [*LISTED, *BACKGROUND, BELONGS, STRANGER, MISSED, LATEST]
    with ArxivServer(announced, clock=clock) as arxiv:
        yield Service(tmp_path, clock, {**made.environ, **arxiv_environment(arxiv), **github.environment})


@pytest.mark.slow
def test_a_restarted_service_proposes_nothing_twice_and_loses_no_day(
    service: Service, github: FaultyGitHub
) -> None:
    service.run("--open-pr")
    [pull] = github.pulls
    first = pull.body or ""
    service.clock.sleep(4 * 24 * 3600)  # it was down on Friday

    service.run("--open-pr")

    [pull] = github.pulls
    assert (BELONGS.title in first, MISSED.title in first) == (True, False)
    for proposed in (BELONGS, MISSED, LATEST):
        assert (pull.body or "").count(f"**[{proposed.title}]") == 1


def test_a_service_that_reports_nowhere_but_here_looks_at_every_day_again(service: Service) -> None:
    first = service.run()
    again = service.run()

    assert BELONGS.title in first
    assert BELONGS.title in again


def test_health_follows_the_cycles(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    told: list[dict[str, object]] = []

    def ask() -> None:
        [address] = re.findall(r"health: (http://127\.0\.0\.1:\d+/health)", caplog.text)
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - loopback, as the pattern says
            told.append(json.load(answer))

    service.run("--health", "0", then=ask)

    assert [row["status"] for row in told] == ["ok"]
    assert told[0]["last_run"]["watches"] == ["papers"]


@pytest.mark.parametrize(
    ("raised", "told"),
    [(ListError("no list"), "no list"), (ZeroDivisionError(), "crashed")],
    ids=["refused", "crashed"],
)
def test_a_cycle_that_ends_badly_is_reported_by_health(
    service: Service, monkeypatch: pytest.MonkeyPatch, raised: Exception, told: str
) -> None:
    errors: list[str] = []

    def ended(_: Health, watches: object, coverage: object = (), error: str = "") -> None:
        del watches, coverage
        errors.append(error)
        os.kill(os.getpid(), signal.SIGTERM)

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(Health, "ended", ended)
    monkeypatch.setattr("arxiv_watch.cli.cycle.run_watches", fail)

    assert service.run() == ""
    assert [told in error for error in errors] == [True]


def test_a_cycle_that_was_stopped_is_no_bad_ending(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[str] = []

    def ended(_: Health, watches: object, coverage: object = (), error: str = "") -> None:
        del watches, coverage
        errors.append(error)

    def stop(_watches: object, _arxiv: object, _publisher: object, clock: Clock, **_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        clock.sleep(3600)

    monkeypatch.setattr(Health, "ended", ended)
    monkeypatch.setattr("arxiv_watch.cli.cycle.run_watches", stop)

    assert service.run() == ""
    assert errors == []


@pytest.mark.parametrize(
    ("number", "module"), [(signal.SIGTERM, "arxiv_watch.cli.serve"), (signal.SIGINT, "apscheduler")]
)
def test_a_service_that_is_stopped_while_it_starts_ends_with_0(
    tmp_path: Path, number: signal.Signals, module: str
) -> None:
    code = (
        "import importlib.abc, os, sys\n"
        "class Stop(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}:\n"
        f"            os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Stop())\n"
        "from arxiv_watch.cli import main\n"
        "sys.exit(main(['serve']))\n"
    )
    checkout = make_checkout(tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=checkout.root,
        env=bare_environment() | checkout.environ,
        check=False,
    )

    assert done.returncode == 0
