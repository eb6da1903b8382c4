"""`python -m arxiv_watch.demo DIR`: the demo's stand-ins by themselves, until SIGTERM or SIGINT.

What leads to them goes to stdout as `NAME=value` lines, the form of `env` and of `GITHUB_ENV`. Their
GitHub lets in the token `stand-in-token`. It is the demo's first morning there, and time passes.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from arxiv_watch.clock import SystemClock
from arxiv_watch.demo.cycle import FIRST_MORNING, DemoWorld, open_world

GITHUB_KEYS = ("API_URL", "SERVER_URL", "REPOSITORY")


def main(root: Path) -> int:
    """Run the stand-ins below an empty folder until a signal comes."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before any thread starts: all inherit it
    with open_world(root, SystemClock(FIRST_MORNING)) as world:
        sys.stdout.write("".join(f"{name}={value}\n" for name, value in environment_of(world).items()))
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


def environment_of(world: DemoWorld) -> dict[str, str]:
    """Return what leads to the stand-ins, under names that a workflow may set."""
    return {
        **{name: value for name, value in world.environ.items() if name.startswith("ARXIV_WATCH_")},
        **{f"ARXIV_WATCH_GITHUB__{key}": world.environ[f"GITHUB_{key}"] for key in GITHUB_KEYS},
        "ARXIV_WATCH_ARXIV__REQUEST_INTERVAL": "0",
        "ARXIV_WATCH_ARXIV__BACKOFF_FLOOR": "0",
        "ARXIV_WATCH_NOW": FIRST_MORNING.isoformat(),
    }


def _folder(arguments: Sequence[str]) -> Path:
    parser = argparse.ArgumentParser(
        prog="python -m arxiv_watch.demo", description="run the demo's stand-ins until SIGTERM or SIGINT"
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="an empty folder for what they keep")
    return Path(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    sys.exit(main(_folder(sys.argv[1:])))
