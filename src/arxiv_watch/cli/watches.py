"""`watches`: what the config watches, whole or in parts, for a matrix of jobs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from arxiv_watch.cli.context import Context
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import UsageError

_SHARD = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")  # matches "3/20"


def watches(context: Context, arguments: argparse.Namespace) -> int:
    """Print the watches: their names a line each, or as JSON what a workflow may want to know of them."""
    chosen: Sequence[WatchConfig] = context.load_config().watches
    own = context.repository
    if arguments.shard:
        chosen = shard(chosen, *parse_shard(arguments.shard), own)
    if arguments.format == "json":
        rows = [
            {
                "name": watch.name,
                "repository": watch.repository or own,
                "list": watch.list,
                "categories": list(watch.categories),
                "queries": list(watch.queries),
            }
            for watch in chosen
        ]
        context.print_json(rows)
    elif chosen:
        context.print("\n".join(watch.name for watch in chosen))
    return 0


def parse_shard(text: str) -> tuple[int, int]:
    """Read `I/N`, I from 1 to N.

    Raises:
        UsageError: It is something else.
    """
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]):
        raise UsageError(f"{text!r} is no part of a whole", "write --shard like 3/20, from 1/20 to 20/20")
    return int(match[1]), int(match[2])


def shard(watches: Sequence[WatchConfig], number: int, of: int, own: str | None = None) -> list[WatchConfig]:
    """Return part `number`, from 1, of so many parts of about equal size, in the config's order.

    The watches of one repository stay together, so that no two jobs write to it at the same time; `own` is
    that of watches that name none.
    """

    def place(watch: WatchConfig) -> str:
        return (watch.repository or own or "").casefold()  # GitHub's names have no case

    repositories: dict[str, list[WatchConfig]] = {}
    for watch in watches:
        repositories.setdefault(place(watch), []).append(watch)
    sizes = [0] * of
    chosen: set[str] = set()
    # The largest first, each to the part that has fewest so far: parts differ by one repository at most.
    for repository, group in sorted(repositories.items(), key=lambda item: (-len(item[1]), item[0])):
        emptiest = sizes.index(min(sizes))
        sizes[emptiest] += len(group)
        if emptiest == number - 1:
            chosen.add(repository)
    return [watch for watch in watches if place(watch) in chosen]
