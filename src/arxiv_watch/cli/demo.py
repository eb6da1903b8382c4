"""`demo`: the whole cycle offline, over real HTTP, from an announcement to an open pull request."""

from __future__ import annotations

import argparse
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.cli.poll import poll
from arxiv_watch.demo.cycle import FIRST_DAY, SECOND_MORNING, DemoWorld, open_world
from arxiv_watch.errors import UsageError
from arxiv_watch.markdown import NO_GIT, has_git
from arxiv_watch.report.run_text import folded

WIDTH = 80  # columns, where the demo is not shown on a terminal that has its own number

# matches "<!-- aw:2511.11729 --> " and "<!-- arxiv-watch:v1 eyJ3YXRjaCI6 -->", which GitHub shows to nobody
_COMMENT = re.compile(r"<!-- \S+(?: \S+)? --> ?")

NEXT = """
Next, in the repository of your own list:
  arxiv-watch evaluate README.md
  arxiv-watch init README.md --output .github/arxiv-watch.yml
  arxiv-watch poll"""


def demo(context: Context, arguments: argparse.Namespace) -> int:
    """Poll on a Thursday, once more, and on the Friday; then show the pull request that came of it.

    Raises:
        UsageError: There is no git, or the folder to keep is not empty or cannot be made.
    """
    if not has_git():
        raise UsageError(f"{NO_GIT}; the demo's repository is one of git", "install git")
    keep: Path | None = arguments.keep
    if keep:
        _make_room(keep)
    with tempfile.TemporaryDirectory() as folder, open_world(keep or Path(folder)) as world:
        surroundings = replace(
            context,
            root=world.root,
            environ=world.environ,
            clock=world.clock,
            config_path=None,
            width=context.width or WIDTH,
        )
        code = _run(surroundings, world)
    if keep:
        context.print(f"\nKept in {keep}: the bare repository, the config and the cache.")
    context.print(NEXT)
    return code


def _make_room(keep: Path) -> None:
    try:
        keep.mkdir(parents=True, exist_ok=True)
        is_empty = not any(keep.iterdir())
    except OSError as error:
        message = f"no folder {keep} can be made: {error.strerror}"
        raise UsageError(message, "choose another for --keep") from error
    if not is_empty:
        raise UsageError(f"{keep} is not empty", "choose a new folder for --keep")


def _run(context: Context, world: DemoWorld) -> int:
    context.print("arXiv, GitHub and the clock are stand-ins on this machine: nobody waits.")
    _title(context, "Thursday morning: the first poll, from Tuesday's announcements on")
    code = _poll(context)
    _title(context, "The same morning again: nothing has changed")
    before = len(world.github.writes)
    code = code or _poll(context)
    context.print(f"writes to GitHub: {len(world.github.writes) - before}")
    _title(context, "Friday morning: new papers join the same pull request")
    world.sleep_until(SECOND_MORNING)
    code = code or _poll(context)
    for pull in world.github.pulls:
        _title(context, f"Pull request #{pull.number}: {pull.title}")
        body = _COMMENT.sub("", pull.body or "").strip()
        context.print("\n".join(folded(body.splitlines(), context.width)))
        _title(context, "Its diff")
        context.print(world.github.world.repository.diff(pull.base, pull.branch))
    return code


def _poll(context: Context) -> int:
    arguments = ["poll", "--open-pr", "--since", FIRST_DAY.isoformat()]
    context.print(f"$ arxiv-watch {' '.join(arguments)}\n")
    return poll(context, build_parser().parse_args(arguments))


def _title(context: Context, text: str) -> None:
    context.print(f"\n=== {text} ===\n")
