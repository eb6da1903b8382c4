"""What one list costs arXiv and GitHub in requests, from the first run to a Saturday, with the stand-ins."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from arxiv_watch.arxiv import Arxiv
from arxiv_watch.config import find_config, load_config
from arxiv_watch.demo.cycle import open_world
from arxiv_watch.forge import open_forge
from arxiv_watch.publish import PullRequests
from arxiv_watch.watch import run_watches

RUNS = {
    "the very first run": datetime(2025, 11, 20, 12, tzinfo=UTC),
    "the same day once more": datetime(2025, 11, 20, 15, tzinfo=UTC),
    "the next day": datetime(2025, 11, 21, 12, tzinfo=UTC),
    "a Saturday": datetime(2025, 11, 22, 12, tzinfo=UTC),
}


def main() -> None:
    """Print the table."""
    print("| run | requests to arXiv | waiting between them | requests to GitHub |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, open_world(Path(folder)) as world:
        config = load_config(find_config(None, world.root), world.environ)
        for name, moment in RUNS.items():
            world.sleep_until(moment)
            forge = open_forge(world.environ, world.clock)
            with Arxiv(config.arxiv, world.clock) as arxiv:
                outcome = run_watches(
                    config.watches, arxiv, PullRequests(lambda _, forge=forge: forge, world.root), world.clock
                )
            assert not outcome.errors, outcome.errors
            sent = outcome.requests
            waited = (world.clock.now() - moment).total_seconds()
            print(f"| {name} | {sent['arxiv']} | {waited:.0f} s | {sent['github']} |")


if __name__ == "__main__":
    main()
