"""Fixtures that every test may use; sockets beyond loopback are blocked by the options in pyproject.toml."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No test depends on speed, so none may fail for being slow on a busy machine.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def signal_handlers() -> Iterator[None]:
    """Give each test the handlers of SIGTERM and SIGINT back: `serve` run in this process sets its own."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data that lies beside the checkout (../shared)")
    return SHARED
