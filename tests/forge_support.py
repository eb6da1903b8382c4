"""What the forge's tests share: a small list engine, papers, and a GitHub with a list on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from arxiv_watch.demo.github_server import Pull, Repository
from arxiv_watch.demo.github_server.repository import Signature, TreeEntry
from arxiv_watch.errors import EditRefusedError
from arxiv_watch.forge import Forge, ForgeSettings, Plan, PullRequestOptions, Subject
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, CoverageState, Paper
from arxiv_watch.proposals import (
    Evidence,
    HeadingProbability,
    Neighbour,
    Prediction,
    Proposal,
    PullRequest,
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
_ENTRY = re.compile(r"^- \[.*\]\(https://arxiv\.org/abs/(?P<id>[^)]+)\)")
_HEADING = re.compile(r"^(?P<level>#+) (?P<text>.*)")


@dataclass(frozen=True)
class FakeEdited:
    files: Mapping[str, bytes]
    proposals: Sequence[Proposal]
    diff: str = ""


class FakeEditor:
    """Appends `- [title](link)` to the end of a section; knows ATX headings and one-line entries only."""

    def edit(self, files: Mapping[str, bytes], proposals: Sequence[Proposal]) -> FakeEdited:
        ((name, data),) = files.items()
        lines = data.decode(errors="surrogateescape").split("\n")
        placed = []
        there = self.find(files)
        diff = ""
        for proposal in proposals:
            if proposal.paper.id in there:
                continue
            row = self._end_of(lines, proposal.path)
            lines.insert(row, f"- [{proposal.paper.title}]({proposal.paper.id.abs_url})")
            placed.append(replace(proposal, line=row + 1, file=name))
            diff += f"+{lines[row]}\n"
        changed = {name: "\n".join(lines).encode(errors="surrogateescape")} if placed else {}
        return FakeEdited(changed, placed, diff)

    def find(self, files: Mapping[str, bytes]) -> dict[ArxivId, HeadingPath]:
        found: dict[ArxivId, HeadingPath] = {}
        for data in files.values():
            for _, path, entry in _walk(data.decode(errors="surrogateescape").split("\n")):
                if entry is not None:
                    found.setdefault(entry, path)
        return found

    @staticmethod
    def _end_of(lines: Sequence[str], path: HeadingPath) -> int:
        rows = [row for row, there, entry in _walk(lines) if there == path and entry is not None]
        if not rows:
            raise EditRefusedError(f"no entry under {path}")
        return rows[-1] + 1


def _walk(lines: Sequence[str]) -> Iterator[tuple[int, HeadingPath, ArxivId | None]]:
    path: HeadingPath = ()
    for row, line in enumerate(lines):
        if heading := _HEADING.match(line):
            path = (*path[: len(heading["level"]) - 1], heading["text"])
        entry = _ENTRY.match(line)
        yield row, path, ArxivId.parse(entry["id"]) if entry else None


def entries_of(text: str) -> list[str]:
    """Return the identifiers of a list's entries, each as often as it stands there."""
    return [entry.base for _, _, entry in _walk(text.split("\n")) if entry is not None]


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
) -> Proposal:
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
    return Proposal(paper(identifier, title), path, prediction, sure=sure)


COVERAGE = (Coverage("cs.DC", date(2026, 11, 20), CoverageState.FRESH, new=30, source="rss"),)


@dataclass
class Hub:
    """A GitHub with one list on it, and the bot that serves the list."""

    server: FaultyGitHub
    clock: FakeClock
    options: PullRequestOptions = field(default_factory=PullRequestOptions)
    watch: str = WATCH
    base: str | None = None
    patterns: str = "README.md"
    former_names: tuple[str, ...] = ()
    machine_users: tuple[str, ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject(self.watch, self.patterns, self.base, self.former_names, self.machine_users)

    def forge(self, token: str | None = None) -> Forge:
        settings = ForgeSettings.from_environment(self.server.environment)
        return Forge(replace(settings, token=token or settings.token), self.clock)

    def plan(self, *proposals: Proposal, forge: Forge | None = None) -> Plan:
        forge = forge or self.forge()
        editor = FakeEditor()
        snapshot = forge.read(self.subject, editor.find)
        papers = {wanted: paper(wanted.base) for wanted in snapshot.needs}
        return forge.plan(snapshot, proposals, editor, self.options, COVERAGE, papers=papers)

    def run(self, *proposals: Proposal, forge: Forge | None = None) -> PullRequest | None:
        forge = forge or self.forge()
        return forge.apply(self.plan(*proposals, forge=forge))

    @property
    def maintainer(self) -> Person:
        return Person(self.server.world, "octocat")

    @property
    def open_pulls(self) -> list[Pull]:
        return [pull for pull in self.server.pulls if pull.open]

    def writes_of(self, *proposals: Proposal) -> list[str]:
        """Run, and tell which writes that made."""
        before = len(self.server.writes)
        self.run(*proposals)
        return [f"{write.verb} {write.path}" for write in self.server.writes[before:]]

    def text(self, branch: str = "main") -> str:
        return self.server.world.repository.files(f"refs/heads/{branch}")["README.md"].decode()

    def listed(self, branch: str = "main") -> list[str]:
        return sorted(found.base for found in FakeEditor().find({"README.md": self.text(branch).encode()}))


@contextmanager
def hub(folder: Path, files: Mapping[str, bytes] | None = None, **options: object) -> Iterator[Hub]:
    clock = FakeClock()
    repository = Repository.create(folder / "papers.git")
    content = files or {"README.md": LIST}
    rows = [TreeEntry(path, "100644", "blob", repository.write_blob(data)) for path, data in content.items()]
    who = Signature("octocat", "octocat@example.org", clock.now())
    first = repository.write_commit(repository.write_tree(None, rows), [], "Start", who)
    repository.update_ref("refs/heads/main", first, "0" * 40)
    with FaultyGitHub(repository.path, clock=clock, **options) as server:
        yield Hub(server, clock)
