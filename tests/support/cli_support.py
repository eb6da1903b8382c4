"""The command line as a user meets it: in a repository, with stand-ins for the world."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arxiv_watch.cli import main
from arxiv_watch.clock import SystemClock
from arxiv_watch.demo.github_server import Repository
from arxiv_watch.demo.github_server.repository import ZEROS, Signature, TreeEntry
from stand_ins.arxiv_server import FaultyArxiv
from watch_support import BACKGROUND, BELONGS, LIST, LISTED, STRANGER

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)

CONFIG = """\
watches:
  - name: papers
    list: README.md
    categories: [cs.DC]
"""


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Checkout:
    """A repository with a list and a config, and the environment commands run in."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Finished:
        """Run `arxiv-watch` with these arguments, at `NOW` unless they say otherwise.

        It runs in this process, with the streams, the folder and the environment of one of its own: a new
        Python takes a second or three to load what it needs. Where the process matters, `spawn` starts one.
        """
        out, err, logger = _stream(), _stream(), logging.getLogger("arxiv_watch")
        level = logger.level
        with pytest.MonkeyPatch.context() as patch:
            wanted = self._environment(environ)
            for name in os.environ.keys() - wanted.keys():
                patch.delenv(name)
            for name, value in wanted.items():
                patch.setenv(name, value)
            patch.chdir(self.root)
            for name, stream in (("stdin", _stream(stdin)), ("stdout", out), ("stderr", err)):
                patch.setattr(sys, name, stream)
            patch.setattr(logging.getLogger(), "handlers", [])  # pytest's would keep ours from being set up
            try:
                code = main(_dated(arguments))
            except SystemExit as end:  # of argparse
                code = end.code
            finally:
                logger.setLevel(level)
        return Finished(code, _text(out), _text(err))

    def spawn(self, *arguments: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Finished:
        """Run the same in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "arxiv_watch", *_dated(arguments)],
            cwd=self.root,
            env=self._environment(environ),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Finished(done.returncode, done.stdout, done.stderr)

    def _environment(self, environ: Mapping[str, str] | None) -> dict[str, str]:
        return {**bare_environment(), **self.environ, **(environ or {})}


def _dated(arguments: tuple[str, ...]) -> list[str]:
    return [*(() if "--now" in arguments else ("--now", NOW.isoformat())), *arguments]


def _stream(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def bare_environment() -> dict[str, str]:
    """Return this process's environment without what Actions or a user may have set."""
    ours = ("ARXIV_WATCH_", "GITHUB_")
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)}


def make_checkout(root: Path) -> Checkout:
    checkout = Checkout(root, {"ARXIV_WATCH_ARXIV__CACHE_DIR": str(root / ".cache")})
    checkout.write("README.md", LIST)
    checkout.write("config/arxiv-watch.yml", CONFIG)
    return checkout


def make_repository(path: Path, files: Mapping[str, str]) -> Repository:
    """Make a bare repository with one commit that holds these files."""
    repository = Repository.create(path)
    entries = [
        TreeEntry(name, "100644", "blob", repository.write_blob(text.encode()))
        for name, text in files.items()
    ]
    author = Signature("octocat", "octocat@example.org", datetime(2025, 11, 1, tzinfo=UTC))
    first = repository.write_commit(repository.write_tree(None, entries), [], "Start", author)
    repository.update_ref("refs/heads/main", first, ZEROS)
    return repository


@contextmanager
def arxiv_server() -> Iterator[FaultyArxiv]:
    """Run a stand-in of arXiv that announced one paper that belongs and one that does not."""
    with FaultyArxiv([*LISTED, *BACKGROUND, BELONGS, STRANGER], clock=SystemClock(NOW)) as server:
        yield server


def arxiv_environment(server: FaultyArxiv) -> dict[str, str]:
    return {
        "ARXIV_WATCH_ARXIV__RSS_URL": server.rss_url,
        "ARXIV_WATCH_ARXIV__API_URL": server.api_url,
        "ARXIV_WATCH_ARXIV__OAI_URL": server.oai_url,
        "ARXIV_WATCH_ARXIV__LISTING_URL": server.listing_url,
        "ARXIV_WATCH_ARXIV__REQUEST_INTERVAL": "0",
        "ARXIV_WATCH_ARXIV__BACKOFF_FLOOR": "0",
        "ARXIV_WATCH_ARXIV__TIME_LIMIT": "20",
    }
