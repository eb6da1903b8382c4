"""What a run that was killed leaves behind: `python tests/kills.py --kills 150`.

Each round makes a list, an arXiv and a GitHub of its own on loopback, starts `poll --apply` or
`poll --open-pr` and sends it SIGKILL at a random moment, half of them in the last third, where it writes.
Then the same command runs twice more to its end. Counted is whatever must not be:

*traceback*, *exit*: a later run crashed or did not end with 0. *cut*: the killed run left a list that is
neither the old nor the new one. *left over*: a file or a branch that nobody needs. *decision*: the end is
not that of a run that nobody killed. *again*: the last run, on a day without news, wrote something.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arxiv_watch.clock import SystemClock
from arxiv_watch.demo.arxiv_server import ArxivServer
from arxiv_watch.demo.github_server import Repository
from arxiv_watch.demo.github_server.repository import ZEROS, Signature, TreeEntry
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from stand_ins.github_server import FaultyGitHub

NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)
CONFIG = (
    "watches:\n  - {name: papers, list: README.md, categories: [cs.DC]}\narxiv: {contact: a@example.org}\n"
)
SERVING = "scheduling requests in a language model serving engine with paged caches and batching"
BIRDS = "tracking migrating birds over coastal wetlands with radar images and acoustic sensors"
COMMANDS = ("--apply", "--open-pr")


def main() -> None:
    """Print how many of so many kills left something behind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)  # noqa: S311 - moments, not secrets
    expected = {command: _undisturbed(command) for command in COMMANDS}
    faults: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for number in range(arguments.kills):
        command = COMMANDS[number % len(COMMANDS)]
        whole = expected[command]
        low = 0.65 if number % 4 < len(COMMANDS) else 0.0
        with _world() as world:
            was_killed = world.kill(command, whole.seconds * dice.uniform(low, 1.05))
            ended["killed" if was_killed else "ended before"] += 1
            found = world.faults_after(command, whole)
        faults.update(found)
        if found:
            print(f"kill {number} of {command}: {', '.join(found)}", flush=True)
    print(f"seed {arguments.seed}: {dict(ended)}; faults: {dict(faults) or 'none'}")
    sys.exit(bool(faults))


@dataclass(frozen=True)
class Whole:
    """A run that nobody killed: how long it took, and the list at its end, here and on the branch."""

    seconds: float
    here: bytes
    there: bytes


@dataclass(frozen=True)
class KillingWorld:
    """A checkout with a list, and the stand-ins around it."""

    root: Path
    environ: dict[str, str]
    github: FaultyGitHub

    def start(self, command: str) -> subprocess.Popen[str]:
        """Start a poll."""
        return subprocess.Popen(
            [sys.executable, "-m", "arxiv_watch", "--now", NOW.isoformat(), "poll", command],
            cwd=self.root,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill(self, command: str, after: float) -> bool:
        """Start a poll and kill it after so many seconds; return whether it was still running."""
        run = self.start(command)
        try:
            run.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()
            return True
        return False

    def here(self) -> bytes:
        """Return the list in the checkout."""
        return (self.root / "README.md").read_bytes()

    def there(self) -> bytes:
        """Return the list on the only branch of the bot, or nothing."""
        branches = self.github.world.repository.refs("refs/heads/arxiv-watch/")
        found = [self.github.world.repository.files(name)["README.md"] for name in branches]
        return b"\n---\n".join(found)

    def faults_after(self, command: str, whole: Whole) -> list[str]:
        """Run twice more and return what is not as it must be."""
        found = [] if self.here() in {_list(), whole.here} else ["cut"]
        for last in (False, True):
            writes = len(self.github.writes)
            run = self.start(command)
            told, _ = run.communicate()
            if "Traceback" in told:
                found.append("traceback")
            if run.returncode != 0:
                found.append("exit")
            if last and len(self.github.writes) > writes:
                found.append("again")
        if (self.here(), self.there()) != (whole.here, whole.there):
            found.append("decision")
        files = {path.name for path in self.root.iterdir()} - {".git", ".cache", "config", "README.md"}
        pulls = sum(pull.open for pull in self.github.pulls)
        if files or pulls != (command == "--open-pr"):
            found.append("left over")
        return found


def _undisturbed(command: str) -> Whole:
    with _world() as world:
        started = time.monotonic()
        run = world.start(command)
        told, _ = run.communicate()
        if run.returncode or b"2511.00161" not in world.here() + world.there():
            sys.exit(f"a run that nobody killed did not do its work:\n{told}")
        return Whole(time.monotonic() - started, world.here(), world.there())


@contextmanager
def _world() -> Iterator[KillingWorld]:
    clock = SystemClock(NOW)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "checkout"
        (root / "config").mkdir(parents=True)
        (root / "config/arxiv-watch.yml").write_text(CONFIG, encoding="utf-8")
        (root / "README.md").write_bytes(_list())
        repository = Repository.create(Path(name) / "papers.git")
        blob = TreeEntry("README.md", "100644", "blob", repository.write_blob(_list()))
        who = Signature("octocat", "octocat@example.org", NOW)
        first = repository.write_commit(repository.write_tree(None, [blob]), [], "Start", who)
        repository.update_ref("refs/heads/main", first, ZEROS)
        with (
            ArxivServer(_papers(), clock=clock) as arxiv,
            FaultyGitHub(repository.path, clock=clock) as github,
        ):
            environ = {
                "PATH": "/usr/bin:/bin",
                "HOME": name,
                **github.environment,
                "ARXIV_WATCH_ARXIV__RSS_URL": arxiv.rss_url,
                "ARXIV_WATCH_ARXIV__API_URL": arxiv.api_url,
                "ARXIV_WATCH_ARXIV__OAI_URL": arxiv.oai_url,
                "ARXIV_WATCH_ARXIV__LISTING_URL": arxiv.listing_url,
                "ARXIV_WATCH_ARXIV__REQUEST_INTERVAL": "0",
                "ARXIV_WATCH_ARXIV__BACKOFF_FLOOR": "0",
                "ARXIV_WATCH_ARXIV__CACHE_DIR": str(root / ".cache"),
            }
            yield KillingWorld(root, environ, github)


def _listed() -> list[Paper]:
    day = date(2024, 2, 1)
    return [_paper(f"2401.{n:05}", f"Serving Engine {n}", f"{SERVING} number {n}", day) for n in range(1, 41)]


def _papers() -> list[Paper]:
    """Return what the list holds, three weeks of other papers without a gap, and two that belong."""
    days = [date(2025, 10, 30) + timedelta(days=n) for n in range(22)]
    working = [day for day in days if day.weekday() < 5]
    others = [
        _paper(f"2511.{1 + 10 * place + n:05}", f"Birds {place} {n}", f"{BIRDS} season {n}", day)
        for place, day in enumerate(working)
        for n in range(10)
    ]
    belong = [
        _paper(f"2511.{161 + n:05}", f"Paged Serving {n}", f"{SERVING} for everyone", NOW.date())
        for n in range(2)
    ]
    taken = {paper.id for paper in belong}
    return [*_listed(), *(paper for paper in others if paper.id not in taken), *belong]


def _paper(identifier: str, title: str, abstract: str, announced: date) -> Paper:
    return Paper(ArxivId(identifier), title, abstract, categories=("cs.DC",), announced=announced)


def _list() -> bytes:
    entries = "".join(f"- [{paper.title}]({paper.id.abs_url})\n" for paper in _listed())
    return f"# Papers\n\n## Serving\n\n{entries}".encode()


if __name__ == "__main__":
    main()
