"""Another forge is another `CodeHost`: one in memory is given a pull request, answers, and a merge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from arxiv_watch.delivery import Deliverables
from arxiv_watch.forge import CodeHost, Forge, PullRequestOptions, Subject, make_plan
from arxiv_watch.forge.host import (
    CommitFacts,
    FileFacts,
    OpenPullRequest,
    PullFacts,
    RepositoryFacts,
    WorldMovedError,
    WriteCommit,
)
from arxiv_watch.globs import select
from arxiv_watch.proposals import PullRequest, Verdict
from forge_support import LIST, entries_of, paper, proposal

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE, TWO, THREE = "2611.00001", "2611.00002", "2611.00003"
START = ["1909.08053", "2206.00001"]
BOT = "bot"


@dataclass
class MemoryForge(CodeHost):
    """A forge that makes no merge commits, as GitLab's API makes none; nobody reviews or queues anything."""

    run_id: str = ""
    run_url: str = ""
    requests: int = 0
    made: dict[str, CommitFacts] = field(default_factory=dict)
    contents: dict[str, Mapping[str, bytes]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    opened: dict[int, PullFacts] = field(default_factory=dict)
    labels: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def store(self, parents: tuple[str, ...], files: Mapping[str, bytes], message: str, login: str) -> str:
        sha = hashlib.sha1(f"{len(self.made)} {message}".encode(), usedforsecurity=False).hexdigest()
        self.made[sha] = CommitFacts(sha, parents, message, login, is_bot=False, as_made=True)
        self.contents[sha] = files
        return sha

    def change(self, number: int, **changes: object) -> PullFacts:
        self.opened[number] = replace(self.opened[number], **changes)
        return self.opened[number]

    def viewer(self) -> str:
        return BOT

    def repository(self) -> RepositoryFacts:
        return RepositoryFacts(
            "o/r", "main", archived=False, can_push=True, merge_commits=False, rebase_merges=True
        )

    def tip(self, branch: str) -> str | None:
        return self.heads.get(branch)

    def branches(self, prefix: str) -> dict[str, str]:
        return {branch: tip for branch, tip in self.heads.items() if branch.startswith(prefix)}

    def files(self, commit: str, patterns: str) -> list[FileFacts]:
        found = []
        for path in select(patterns, self.contents[commit]):
            data = self.contents[commit][path]
            sha = hashlib.sha1(data, usedforsecurity=False).hexdigest()
            self.blobs[sha] = data
            found.append(FileFacts(path, "100644", sha))
        return found

    def blob(self, sha: str) -> bytes:
        return self.blobs[sha]

    def commit(self, sha: str) -> CommitFacts:
        return self.made[sha]

    def pulls(self) -> list[PullFacts]:
        return [self.pull(number)[0] for number in sorted(self.opened, reverse=True)]

    def pull(self, number: int) -> tuple[PullFacts, bool | None, int]:
        facts = self.opened[number]
        return (self.change(number, head=self.heads[facts.branch]) if facts.open else facts), True, 0

    def commits(self, number: int) -> list[CommitFacts]:
        return [self.made[self.opened[number].head]]

    def make_commit(self, write: WriteCommit, look_again: Callable[[], None]) -> str:
        assert len(write.parents) == 1
        look_again()
        if self.heads.get(write.branch) != write.expected:
            raise WorldMovedError(f"branch {write.branch} was moved")
        files = {**self.contents[write.onto], **write.files}
        self.heads[write.branch] = self.store(write.parents, files, write.message, BOT)
        return self.heads[write.branch]

    def open_pull(self, write: OpenPullRequest, body: str) -> PullFacts:
        number = len(self.opened) + 1
        self.opened[number] = PullFacts(
            number=number,
            url=f"https://forge.example.org/{number}",
            title=write.title,
            body=body,
            login=BOT,
            is_bot=False,
            by_owner=False,
            branch=write.branch,
            repository="o/r",
            head=self.heads[write.branch],
            base=write.base,
            open=True,
            created_at=NOW,
            closed_at=None,
            merged_at=None,
            assignees=frozenset(),
            auto_merge=False,
        )
        return self.opened[number]

    def edit_pull(self, number: int, changes: Mapping[str, str]) -> PullFacts:
        return self.change(number, **changes)

    def finish_pull(self, number: int, options: PullRequestOptions) -> None:
        self.labels[number] = options.labels

    def delete_branch(self, branch: str, expected: str) -> None:
        assert self.heads.pop(branch) == expected

    def untick(self, number: int, arxiv_id: str) -> None:
        body = self.opened[number].body
        self.change(
            number, body=body.replace(f"- [x] <!-- aw:{arxiv_id} -->", f"- [ ] <!-- aw:{arxiv_id} -->")
        )

    def merge(self, number: int) -> None:
        facts = self.pull(number)[0]
        self.heads["main"] = facts.head
        self.change(number, open=False, closed_at=NOW, merged_at=NOW)


def run(host: CodeHost, *proposals: Verdict) -> PullRequest | None:
    forge = Forge(host)
    snapshot = forge.read(Subject("papers", "README.md"))
    papers = {wanted: paper(wanted.base) for wanted in snapshot.needs}
    return forge.apply(make_plan(snapshot, Deliverables(proposals, papers=papers)))


def test_a_forge_in_memory_carries_a_pull_request_from_its_opening_to_the_next_one() -> None:
    host = MemoryForge()
    host.heads["main"] = host.store((), {"README.md": LIST}, "Start", "octocat")

    def listed(branch: str) -> list[str]:
        return sorted(entries_of(host.contents[host.heads[branch]]["README.md"].decode()))

    run(host, proposal(ONE), proposal(TWO))
    assert listed("arxiv-watch/papers/1") == sorted([*START, ONE, TWO])
    assert host.labels == {1: ("arxiv-watch",)}

    host.untick(1, TWO)
    done = run(host)
    assert done is not None
    assert (done.number, done.operation) == (1, "updated")
    assert listed("arxiv-watch/papers/1") == sorted([*START, ONE])

    host.merge(1)
    run(host, proposal(TWO), proposal(THREE))
    assert listed("main") == sorted([*START, ONE])
    assert listed("arxiv-watch/papers/2") == sorted([*START, ONE, THREE])
    assert "arxiv-watch/papers/1" not in host.heads
