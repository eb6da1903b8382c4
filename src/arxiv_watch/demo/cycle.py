"""The demo's world: a repository with a list, an arXiv that announces sample papers, and a GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from arxiv_watch.clock import Clock, SimulatedClock
from arxiv_watch.demo.arxiv_server import ArxivServer
from arxiv_watch.demo.github_server import GitHubServer, Repository
from arxiv_watch.demo.github_server.repository import ZEROS, Signature, TreeEntry
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.rows import read_papers

FIRST_DAY = date(2025, 11, 18)
FIRST_MORNING = datetime(2025, 11, 20, 12, tzinfo=UTC)
SECOND_MORNING = datetime(2025, 11, 21, 12, tzinfo=UTC)

MONTH = date(2025, 11, 1)
LIST_NAME = "llm-inference.md"
CONFIG_PATH = ".github/arxiv-watch.yml"
CONFIG = """\
watches:
  - list: README.md
    name: llm-inference
    categories: [cs.DC, cs.LG, cs.CL, cs.AI, cs.AR]
    budget: {per_day: 5, per_pull_request: 30}
arxiv:
  contact: demo@example.org
"""


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """The stand-ins, their clock, a folder with the config, and the variables that lead to them."""

    root: Path
    environ: dict[str, str]
    clock: Clock
    github: GitHubServer
    arxiv: ArxivServer

    def sleep_until(self, moment: datetime) -> None:
        """Move the clock on."""
        self.clock.sleep((moment - self.clock.now()).total_seconds())


@contextmanager
def open_world(root: Path, clock: Clock | None = None) -> Iterator[DemoWorld]:
    """Set up the world below an empty folder and run it until the end of the block.

    Without a clock, time stands still on `FIRST_MORNING` until it is waited on.
    """
    config = root / CONFIG_PATH
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(CONFIG, encoding="utf-8")
    clock = clock or SimulatedClock(FIRST_MORNING)
    repository = _make_repository(root / "repository.git", clock)
    with ArxivServer(sample_papers(), clock=clock) as arxiv, GitHubServer(repository, clock=clock) as github:
        environ = {
            **github.environment,
            "ARXIV_WATCH_ARXIV__RSS_URL": arxiv.rss_url,
            "ARXIV_WATCH_ARXIV__API_URL": arxiv.api_url,
            "ARXIV_WATCH_ARXIV__OAI_URL": arxiv.oai_url,
            "ARXIV_WATCH_ARXIV__LISTING_URL": arxiv.listing_url,
            "ARXIV_WATCH_ARXIV__CACHE_DIR": str(root / "cache"),
        }
        yield DemoWorld(root, environ, clock, github, arxiv)


def _make_repository(path: Path, clock: Clock) -> Path:
    repository = Repository.create(path)
    files = {"README.md": list_bytes(), CONFIG_PATH: CONFIG.encode()}
    entries = [TreeEntry(path, "100644", "blob", repository.write_blob(data)) for path, data in files.items()]
    author = Signature("octocat", "octocat@example.org", clock.now())
    first = repository.write_commit(repository.write_tree(None, entries), [], "Start the list", author)
    repository.update_ref("refs/heads/main", first, ZEROS)
    return path


def list_bytes() -> bytes:
    """Return the large list of the catalog, from the package or from the checkout it runs in."""
    bundled = files("arxiv_watch.demo") / LIST_NAME
    if bundled.is_file():
        return bundled.read_bytes()
    return (Path(__file__).resolve().parents[3] / "catalog" / LIST_NAME).read_bytes()


def sample_papers() -> list[Paper]:
    """Return every sample paper with the day arXiv announced it, and the strangers between them.

    A listed paper whose day is not known gets the first day of its identifier's month; one whose
    categories are not known is unknown to this arXiv, and learned from by its title.
    """
    papers: dict[ArxivId, Paper] = {}
    for name in ("announced", "background", "listed"):
        path = Path(str(files("arxiv_watch.demo") / "papers" / f"{name}.jsonl"))
        for paper in read_papers(path, _refuse):
            if paper.categories:
                announced = paper.announced or paper.id.month
                papers.setdefault(paper.id, replace(paper, announced=announced))
    return [*papers.values(), *_strangers(papers)]


def _strangers(papers: Mapping[ArxivId, Paper]) -> Iterator[Paper]:
    """Yield a paper of another field for each identifier of the month that the sample leaves out.

    arXiv gives identifiers without a gap, and a gap is how a poller sees that something is missing.
    """
    sample = sorted(paper for paper in papers if paper.month == MONTH)
    for before, after in pairwise(sample):
        for number in range(before.sort_key[2] + 1, after.sort_key[2]):
            stranger = ArxivId(f"{before.base[:4]}.{number:05}")
            yield Paper(
                stranger,
                "A paper of another field",
                "",
                categories=("math.GM",),
                announced=papers[before].announced,
            )


def _refuse(complaint: str) -> None:
    raise ValueError(complaint)
