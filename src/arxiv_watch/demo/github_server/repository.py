"""What GitHub keeps: a bare git repository, through the git binary, and pull requests."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arxiv_watch.clock import Clock

ZEROS = "0" * 40
HEADS = "refs/heads/"


class GitError(Exception):
    """Git refused; the message is what it said."""


class StaleRefError(GitError):
    """A ref was not where the caller believed it to be."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit, and when."""

    name: str
    email: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit object as git stores it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One row of a tree; `sha` is None in a request to delete the path."""

    path: str
    mode: str
    type: str
    sha: str | None
    size: int | None = None


class Repository:
    """The few plumbing commands that the Git Data API needs.

    Objects never change and nobody else writes here, so answers are kept and refs mirrored in memory.

    Args:
        path: A bare repository; `create` makes one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._answers: dict[tuple[str, ...], bytes] = {}
        self._refs: dict[str, str] | None = None

    @classmethod
    def create(cls, path: Path, branch: str = "main") -> Repository:
        """Make an empty bare repository whose default branch is `branch`."""
        path.mkdir(parents=True, exist_ok=True)
        repository = cls(path)
        repository.git("init", "--quiet", "--bare", f"--initial-branch={branch}")
        return repository

    def git(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        at: Path | None = None,
    ) -> bytes:
        """Run one git command, `at` a work tree or on the bare repository, and return what it printed.

        Raises:
            GitError: It failed.
        """
        done = subprocess.run(
            ["git", *(("-C", str(at)) if at else (f"--git-dir={self.path}",)), *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env={**_clean_environment(), **(env or {})},
        )
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed")
        return done.stdout

    def ask(self, *arguments: str) -> bytes:
        """Run a command whose answer never changes, as all that ask about given objects do; once each."""
        if arguments not in self._answers:
            self._answers[arguments] = self.git(*arguments)
        return self._answers[arguments]

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Return every ref whose name starts with `prefix`, with what it points to."""
        if self._refs is None:
            lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").decode().splitlines()
            self._refs = dict(line.split(" ", 1) for line in lines)
        return {name: sha for name, sha in self._refs.items() if name.startswith(prefix)}

    def ref(self, name: str) -> str | None:
        """Return what a full ref name points to, or None if there is no such ref."""
        return self.refs(name).get(name)

    def update_ref(self, name: str, new: str, old: str) -> None:
        """Move, create (`old` of zeros) or delete (`new` of zeros) a ref, atomically.

        Raises:
            StaleRefError: The ref is not at `old`.
        """
        try:
            if new == ZEROS:
                self.git("update-ref", "-d", name, old)
            else:
                self.git("update-ref", name, new, old)
        except GitError as error:
            raise StaleRefError(str(error)) from error
        finally:
            self._refs = None

    def type_of(self, sha: str) -> str | None:
        """Return `blob`, `tree` or `commit`, or None if there is no such object."""
        try:
            return self.ask("cat-file", "-t", sha).decode().strip()
        except GitError:
            return None

    def commit(self, sha: str) -> Commit:
        """Read a commit."""
        form = "%H%n%T%n%P%n%an%n%ae%n%aI%n%B"
        text = self.ask("show", "--no-patch", f"--format={form}", sha).decode()
        full, tree, parents, name, email, when, message = text.split("\n", 6)
        author = Signature(name, email, datetime.fromisoformat(when))
        return Commit(full, tree, tuple(parents.split()), author, message.rstrip("\n"))

    def write_commit(self, tree: str, parents: Sequence[str], message: str, author: Signature) -> str:
        """Store a commit that nothing points to yet."""
        when = author.when.isoformat()
        env = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", when))
        }
        flags = [argument for parent in parents for argument in ("-p", parent)]
        return self._made("commit", self.git("commit-tree", tree, *flags, stdin=message.encode(), env=env))

    def tree(self, sha: str, *, recursive: bool = False) -> list[TreeEntry]:
        """Read the rows of a tree, or of a commit's tree."""
        flags = ["-r", "-t"] if recursive else []
        output = self.ask("ls-tree", "--long", "-z", "--full-tree", *flags, sha)
        entries = []
        for row in output.decode().split("\0")[:-1]:
            facts, path = row.split("\t", 1)
            mode, kind, object_sha, size = facts.split()
            entries.append(TreeEntry(path, mode, kind, object_sha, None if size == "-" else int(size)))
        return entries

    def write_tree(self, base: str | None, entries: Sequence[TreeEntry]) -> str:
        """Store a tree: `base` (or nothing) with the given rows put in, or taken out."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git("read-tree", *([base] if base else ["--empty"]), env=env)
            rows = [
                f"{entry.mode if entry.sha else 0} {entry.sha or ZEROS}\t{entry.path}" for entry in entries
            ]
            self.git("update-index", "-z", "--index-info", stdin="\0".join([*rows, ""]).encode(), env=env)
            return self._made("tree", self.git("write-tree", env=env))

    def blob(self, sha: str) -> bytes:
        """Read a blob."""
        return self.ask("cat-file", "blob", sha)

    def write_blob(self, content: bytes) -> str:
        """Store a blob."""
        return self._made("blob", self.git("hash-object", "-w", "--stdin", stdin=content))

    def _made(self, kind: str, output: bytes) -> str:
        """Remember what a new object is."""
        sha = output.decode().strip()
        self._answers["cat-file", "-t", sha] = kind.encode()
        return sha

    def files(self, revision: str) -> dict[str, bytes]:
        """Read every file of a revision."""
        commit = self.git("rev-parse", "--verify", revision).decode().strip()
        rows = self.tree(commit, recursive=True)
        return {row.path: self.blob(row.sha) for row in rows if row.type == "blob" and row.sha}

    def is_ancestor(self, old: str, new: str) -> bool:
        """Return whether `new` contains `old`."""
        return not self.ask("rev-list", "--max-count=1", old, f"^{new}").strip()

    def log(self, base: str, head: str) -> list[str]:
        """Return the commits that `head` has and `base` has not, oldest first."""
        return self.ask("rev-list", "--reverse", "--topo-order", f"{base}..{head}").decode().split()

    def diff(self, old: str, new: str) -> str:
        """Return the unified diff between two revisions."""
        return self.git("diff", "--no-color", "--no-ext-diff", old, new).decode(errors="replace")


def _clean_environment() -> dict[str, str]:
    """The process's environment without what would send git to another repository or config."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}


@dataclass
class Pull:
    """A pull request; `base_sha` is frozen when it closes, as `head_sha` is."""

    number: int
    login: str
    title: str
    body: str | None
    branch: str
    head_sha: str
    base: str
    base_sha: str
    draft: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    labels: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.closed_at is None


@dataclass
class GitHubWorld:
    """One repository on GitHub.

    Attributes:
        name: `owner/name`.
        bot: The login that the token belongs to.
        clock: Dates the commits and pull requests.
        pulls: By their numbers.
    """

    repository: Repository
    name: str
    bot: str
    token: str
    clock: Clock
    default_branch: str = "main"
    pulls: dict[int, Pull] = field(default_factory=dict)

    def next_number(self) -> int:
        """Return the next pull request's number; this GitHub has no issues besides."""
        return max(self.pulls, default=0) + 1

    def commit(self, tree: str, parents: Iterable[str], message: str, login: str) -> str:
        """Store a commit in the name of a login."""
        return self.repository.write_commit(tree, list(parents), message, self.signature(login))

    def signature(self, login: str) -> Signature:
        """Return how GitHub signs a commit that is made on its pages or through its API."""
        return Signature(login, f"{login}@users.noreply.github.com", self.clock.now())

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch."""
        return self.repository.ref(HEADS + name)

    def move(self, ref: str, new: str, old: str, by: str) -> None:
        """Move a ref, and with it the open pull requests from it."""
        del by  # only the tests' world keeps events of people
        self.repository.update_ref(ref, new, old)
        for pull in self.pulls.values():
            if pull.open and HEADS + pull.branch == ref:
                pull.head_sha, pull.updated_at = new, self.clock.now()

    def commits(self, pull: Pull) -> list[str]:
        """Return a pull request's own commits, oldest first."""
        base = (self.branch(pull.base) if pull.open else None) or pull.base_sha
        return self.repository.log(base, pull.head_sha)
