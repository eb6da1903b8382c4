"""How a run grows with the number of watches: time, requests and memory, against the stand-in of arXiv.

Every watch has a list of its own, a copy of the catalog's large one, so each has to be learned anew.
The clock is simulated: the seconds that manners towards arXiv cost are not waited for but counted.
Each size runs in a process of its own, for its peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from arxiv_watch import model, watch
from arxiv_watch.arxiv import Arxiv, ArxivSettings
from arxiv_watch.clock import SimulatedClock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.demo.arxiv_server import ArxivServer
from arxiv_watch.demo.cycle import FIRST_DAY, FIRST_MORNING, list_bytes, sample_papers
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import parse_list
from arxiv_watch.papers import Paper
from arxiv_watch.publish import DryRun

CATEGORIES = ("cs.DC", "cs.LG", "cs.CL", "cs.AI", "cs.AR")


class Stopwatch:
    """Adds up the seconds of processor time spent in something, so that a busy machine measures the same."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the seconds of the block."""
        start = time.process_time()
        yield
        self.seconds += time.process_time() - start


def world() -> list[Paper]:
    """Return the demo's papers; each listed paper that its arXiv does not know gets a stand-in."""
    papers = sample_papers()
    unknown = parse_list({"list.md": list_bytes()}).ids - {paper.id for paper in papers}
    return papers + [_stand_in(identifier) for identifier in sorted(unknown)]


def _stand_in(identifier: ArxivId) -> Paper:
    title = f"A paper called {identifier}"
    return Paper(identifier, title, categories=("cs.LG",), announced=identifier.month)


def measure(count: int) -> dict[str, float]:
    """Run one cycle of so many watches and return what it cost."""
    training = Stopwatch()
    learn = model.fit

    def fit(*arguments: object, **options: object) -> object:
        with training.running():
            return learn(*arguments, **options)

    model.fit = fit  # the one way to tell training from the rest of a run
    clock = SimulatedClock(FIRST_MORNING)
    with tempfile.TemporaryDirectory() as folder, ArxivServer(world(), clock=clock) as server:
        root = Path(folder)
        watches = [WatchConfig(name=f"list-{n}", list=f"{n}.md", categories=CATEGORIES) for n in range(count)]
        for each in watches:
            (root / each.list).write_bytes(list_bytes())
        urls = {key: getattr(server, key) for key in ("rss_url", "api_url", "oai_url", "listing_url")}
        settings = ArxivSettings(cache_dir=str(root / "cache"), **urls)
        whole = Stopwatch()
        with Arxiv(settings, clock) as arxiv, whole.running():
            outcome = watch.run_watches(watches, arxiv, DryRun(root), clock, since=FIRST_DAY)
        assert not outcome.errors, outcome.errors
        return {
            "watches": count,
            "seconds": whole.seconds,
            "training": training.seconds,
            "requests": arxiv.requests,
            "waited": (clock.now() - FIRST_MORNING).total_seconds(),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def sample(count: int, repetitions: int) -> dict[str, float]:
    """Return the medians over several processes."""
    command = [sys.executable, __file__, "--measure", str(count)]
    rows = [json.loads(subprocess.check_output(command, text=True)) for _ in range(repetitions)]
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    print("| watches | computing | of it training | the rest | requests | waiting for arXiv | peak memory |")
    print("|---|---|---|---|---|---|---|")
    for count in options.sizes:
        row = sample(count, options.repetitions)
        rest = row["seconds"] - row["training"]
        print(
            f"| {count} | {row['seconds']:.1f} s | {row['training']:.1f} s | {rest:.1f} s"
            f" | {row['requests']:.0f} | {row['waited']:.0f} s | {row['megabytes']:.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
