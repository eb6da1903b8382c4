"""What every command is given: where it runs, what time it is, the config, a list, arXiv and the forge."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO, TypeVar

from arxiv_watch import arxiv, config, forge, markdown
from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.clock import Clock, SystemClock
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ConfigError, ListError, UsageError
from arxiv_watch.globs import is_glob

# GitHub Actions lets no workflow change a variable called GITHUB_…; these stand in for them.
OVERRIDES = {f"ARXIV_WATCH_GITHUB__{key}": f"GITHUB_{key}" for key in ("API_URL", "SERVER_URL", "REPOSITORY")}

GIT_PATIENCE_SECONDS = 10
Day = TypeVar("Day", date, datetime)
_YEARS = range(1991, 3000)  # of arXiv; calendars overflow at the ends of Python's own years


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a command.

    Attributes:
        root: The repository's root: the folder the command runs in.
        config_path: The `--config` that was asked for, or None.
        colour: Whether `stdout` may be coloured: on a terminal, unless NO_COLOR is set (https://no-color.org).
        width: How many columns a terminal has; 0 where results go elsewhere, and lines may have any length.
    """

    root: Path
    environ: Mapping[str, str]
    config_path: Path | None
    clock: Clock
    stdout: TextIO
    colour: bool = False
    width: int = 0

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace, environ: Mapping[str, str]) -> Context:
        """Set up logging and the clock as the command line asks.

        Raises:
            UsageError: `--now` is not a moment, or there is no working folder.
        """
        level = logging.INFO if arguments.verbose else logging.ERROR if arguments.quiet else logging.WARNING
        logging.basicConfig(level=logging.WARNING, format="arxiv-watch: %(message)s", stream=sys.stderr)
        logging.getLogger("arxiv_watch").setLevel(level)
        now = arguments.now or environ.get("ARXIV_WATCH_NOW")
        clock = SystemClock(parse_moment(now) if now else None)
        colour = sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        try:
            root = Path.cwd()
        except FileNotFoundError as error:
            raise UsageError("the working folder has been removed", "change to one that exists") from error
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        return cls(root, with_overrides(environ), arguments.config, clock, sys.stdout, colour, width)

    @property
    def repository(self) -> str | None:
        """The repository that the run is in, `owner/name`, where the environment says it."""
        return self.environ.get("GITHUB_REPOSITORY")

    def load_config(self) -> Config:
        """Read the configuration: the file, or in a job without a checkout the one of the default branch."""
        try:
            path = config.find_config(self.config_path, self.root)
        except ConfigError:
            if not (self.repository and self.environ.get("GITHUB_TOKEN")):
                raise
            paths = [self.config_path] if self.config_path else config.DEFAULT_PATHS
            found = self.open_forge().find_file([path.as_posix() for path in paths])
            if found is None:
                raise
            name, data = found
            return config.parse_config(data, name, self.environ)
        return config.load_config(path, self.environ)

    def open_forge(self, repository: str | None = None) -> forge.Forge:
        """Return the way to a repository on GitHub, `owner/name`; by default the one the run is in."""
        return forge.open_forge(self.environ, self.clock, repository)

    def open_arxiv(self, settings: ArxivSettings) -> arxiv.Arxiv:
        """Return the way to arXiv, a context manager."""
        return arxiv.Arxiv(settings, self.clock)

    def locate(self, given: str) -> tuple[Path, str]:
        """Return the folder that a list named on the command line is read from, and its name in there.

        Unlike a list of the config, it may lie anywhere; outside of the root it is read where it lies.
        """
        whole = Path(os.path.normpath(self.root / given))
        if whole.is_relative_to(self.root):
            return self.root, whole.relative_to(self.root).as_posix()
        globs = (depth for depth, part in enumerate(whole.parts) if is_glob(part))
        depth = next(globs, len(whole.parts) - 1)
        return Path(*whole.parts[:depth]), Path(*whole.parts[depth:]).as_posix()

    def ask_git(self, *arguments: str) -> str:
        """Return what a git command prints here, or nothing if it fails or git is not installed."""
        try:
            done = subprocess.run(
                [*markdown.GIT, *arguments],
                cwd=self.root,
                capture_output=True,
                text=True,
                timeout=GIT_PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    def print_json(self, value: object) -> None:
        """Write a result to stdout as JSON."""
        self.print(json.dumps(value, ensure_ascii=False, indent=2))

    def print(self, text: str) -> None:
        """Write a result to stdout, with one final newline."""
        self.stdout.write(text if text.endswith("\n") else text + "\n")


def with_overrides(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment with GitHub's addresses as `ARXIV_WATCH_GITHUB__…` has them, which wins."""
    return {**environ, **{ours: environ[theirs] for theirs, ours in OVERRIDES.items() if environ.get(theirs)}}


def parse_moment(text: str) -> datetime:
    """Read a moment in ISO 8601; without an offset it is UTC."""
    moment = _from_iso(datetime.fromisoformat, text, "moment", "2026-11-20T05:17:00+00:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_day(text: str | None) -> date | None:
    """Read a day in ISO 8601, or None."""
    return _from_iso(date.fromisoformat, text, "day", "2026-11-20") if text else None


def _from_iso(read: Callable[[str], Day], text: str, what: str, example: str) -> Day:
    try:
        value = read(text)
    except ValueError:
        value = None
    if value is None or value.year not in _YEARS:
        message = f"{text!r} is not a {what} in ISO 8601 from {_YEARS[0]} to {_YEARS[-1]}"
        raise UsageError(message, f"write it like {example}")
    return value


@dataclass(frozen=True, slots=True)
class ChosenList:
    """A list and how it is worked on.

    Attributes:
        pattern: Its name in the folder: a file, a glob or a folder.
        watch: None for a list that no config knows.
    """

    folder: Path
    pattern: str
    settings: ArxivSettings
    watch: WatchConfig | None = None


def choose_list(context: Context, asked: str | None) -> ChosenList:
    """Return the list of that path or of the watch of that name; without either that of the first watch.

    A list that is named needs no config: arXiv is then asked as the environment says.
    """
    paths = [context.root / path for path in config.DEFAULT_PATHS]
    has_config = context.config_path is not None or any(path.is_file() for path in paths)
    if asked and not has_config:
        return ChosenList(*context.locate(asked), config.arxiv_settings(context.environ))
    configured = context.load_config()
    watch = _watch_of(context, configured, asked)
    if watch is None:
        folder, pattern = context.locate(str(asked))
        if not (is_glob(pattern) or (folder / pattern).exists()):
            names = ", ".join(each.name for each in configured.watches)
            raise UsageError(f"no list {asked}, and no watch of that name", f"the watches are {names}")
        return ChosenList(folder, pattern, configured.arxiv)
    if not watch.is_in(context.repository):
        message = f"watch {watch.name} is in {watch.repository}, which is not here"
        raise ListError(message, "name a list that is here")
    return ChosenList(context.root, watch.list, configured.arxiv, watch)


def _watch_of(context: Context, configured: Config, asked: str | None) -> WatchConfig | None:
    """Return the watch of that name, or one whose list here lies at that path; None if there is neither."""
    if asked is None:
        return configured.watches[0]
    for watch in configured.watches:
        is_here = watch.is_in(context.repository)
        if watch.name == asked or (is_here and context.locate(watch.list) == context.locate(asked)):
            return watch
    return None
