"""What the forge's tests share: papers, and a GitHub with a list on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from arxiv_watch.delivery import Deliverables
from arxiv_watch.demo.github_server import GitHubServer, Pull, Repository
from arxiv_watch.demo.github_server.repository import Signature, TreeEntry
from arxiv_watch.forge import Forge, PullRequestOptions, Subject, make_plan, open_forge
from arxiv_watch.forge.planning import Plan
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import parse_list
from arxiv_watch.papers import Coverage, CoverageState, Paper
from arxiv_watch.proposals import (
    Decision,
    Evidence,
    HeadingProbability,
    Neighbour,
    Prediction,
    PullRequest,
    Verdict,
)
from fakes import FakeClock
from stand_ins.github_person import Person
from stand_ins.github_server import FaultyGitHub

LIST = b"""# Papers

## Serving

- [Orca](https://arxiv.org/abs/2206.00001)

## Training

- [Megatron](https://arxiv.org/abs/1909.08053)
"""
SERVING: HeadingPath = ("Papers", "Serving")
TRAINING: HeadingPath = ("Papers", "Training")
WATCH = "papers"


def paths_of(text: str) -> Mapping[ArxivId, HeadingPath]:
    """Return which paper a list has under which heading."""
    return parse_list({"README.md": text.encode()}).paths


def entries_of(text: str) -> list[str]:
    """Return the identifiers of a list's entries, each as often as it stands there."""
    placed = parse_list({"README.md": text.encode()}).placed
    return [paper.base for entry, _ in placed for paper in entry.ids]


def paper(identifier: str, title: str | None = None, **more: object) -> Paper:
    facts = {
        "abstract": f"What {identifier} says in a few words.",
        "authors": ("Ada Lovelace", "Alan Turing"),
        "categories": ("cs.DC", "cs.LG"),
        "announced": date(2026, 11, 20),
    }
    return Paper(ArxivId.parse(identifier), title or f"Paper {identifier}", **{**facts, **more})


def proposal(
    identifier: str, path: HeadingPath = SERVING, *, sure: bool = True, title: str | None = None
) -> Verdict:
    arxiv_id = ArxivId.parse(identifier)
    other = TRAINING if path == SERVING else SERVING
    prediction = Prediction(
        id=arxiv_id,
        relevance=0.93 if sure else 0.4,
        score=1.0,
        headings=(HeadingProbability(path, 0.81), HeadingProbability(other, 0.12)),
        evidence=Evidence(
            terms=("serving", "kv cache"),
            neighbours=(Neighbour(ArxivId.parse("2206.00001"), "Orca", SERVING, 0.61),),
        ),
    )
    decision = Decision.PROPOSE if sure else Decision.UNSURE
    return Verdict(paper(identifier, title), prediction, decision, "likely", path)


COVERAGE = (Coverage("cs.DC", date(2026, 11, 20), CoverageState.FRESH, new=30, source="rss"),)


@dataclass
class Hub:
    """A GitHub with one list on it, and the bot that serves the list."""

    server: FaultyGitHub
    clock: FakeClock
    options: PullRequestOptions = field(default_factory=PullRequestOptions)
    watch: str = WATCH
    limit: int = 10
    patterns: str = "README.md"
    former_names: tuple[str, ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject(self.watch, self.patterns, self.former_names, self.options, self.limit)

    def forge(self, token: str | None = None) -> Forge:
        environ = self.server.environment
        return open_forge({**environ, "GITHUB_TOKEN": token or environ["GITHUB_TOKEN"]}, self.clock)

    def plan(self, *proposals: Verdict, forge: Forge | None = None) -> Plan:
        forge = forge or self.forge()
        snapshot = forge.read(self.subject)
        papers = {wanted: paper(wanted.base) for wanted in snapshot.needs}
        return make_plan(snapshot, Deliverables(proposals, COVERAGE, papers))

    def run(self, *proposals: Verdict, forge: Forge | None = None) -> PullRequest | None:
        forge = forge or self.forge()
        return forge.apply(self.plan(*proposals, forge=forge))

    @property
    def maintainer(self) -> Person:
        return Person(self.server.world, "octocat")

    @property
    def open_pulls(self) -> list[Pull]:
        return [pull for pull in self.server.pulls if pull.open]

    def writes_of(self, *proposals: Verdict) -> list[str]:
        """Run, and tell which writes that made."""
        before = len(self.server.writes)
        self.run(*proposals)
        return [f"{write.verb} {write.path}" for write in self.server.writes[before:]]

    def text(self, branch: str = "main") -> str:
        return self.server.world.repository.files(f"refs/heads/{branch}")["README.md"].decode()

    def listed(self, branch: str = "main") -> list[str]:
        return sorted(found.base for found in paths_of(self.text(branch)))


@contextmanager
def hub(
    folder: Path,
    files: Mapping[str, bytes] | None = None,
    kind: type[GitHubServer] = FaultyGitHub,
    **options: object,
) -> Iterator[Hub]:
    clock = FakeClock()
    repository = Repository.create(folder / "papers.git")
    content = files or {"README.md": LIST}
    rows = [TreeEntry(path, "100644", "blob", repository.write_blob(data)) for path, data in content.items()]
    who = Signature("octocat", "octocat@example.org", clock.now())
    first = repository.write_commit(repository.write_tree(None, rows), [], "Start", who)
    repository.update_ref("refs/heads/main", first, "0" * 40)
    with kind(repository.path, clock=clock, **options) as server:
        yield Hub(server, clock)
