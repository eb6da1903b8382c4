"""The files that `init` writes for a list: a first configuration with every key explained, and a workflow."""

from __future__ import annotations

import hashlib
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import yaml
from pydantic_core import to_jsonable_python

from arxiv_watch import __version__
from arxiv_watch.arxiv import ArxivSettings
from arxiv_watch.arxiv.settings import HOMEPAGE
from arxiv_watch.arxiv.taxonomy import CATEGORIES, canonical
from arxiv_watch.config.models import WatchConfig, fields_of
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.papers import Category, Paper

ACTION = "OWNER/arxiv-watch@COMMIT"
WIDTH = 100
SCHEMA_ADDRESS = f"{HOMEPAGE}/releases/download/v{__version__}/arxiv-watch.schema.json"
"""Where the release's own schema is; `.github/workflows/release.yml` puts it there."""
FILL_IN = "  # <- fill in, as in [cs.LG, cs.CL]: https://arxiv.org/category_taxonomy"
COVERED_SHARE = 0.95  # of the listed papers: the rest would cost more reading than it brings
MOST_HEADINGS = 60  # what still is a comment and not the list over again
MOST_CATEGORIES = 8  # what a normal day's requests to arXiv allow for


def propose_categories(papers: Iterable[Paper]) -> list[Category]:
    """Return the fewest categories that announce nearly all of the papers, the most useful first.

    A category announces its cross-lists too, so each paper counts for all of its categories.
    """
    uncovered = [kept for paper in papers if (kept := {*map(canonical, paper.categories)} & CATEGORIES)]
    tolerated = len(uncovered) * (1 - COVERED_SHARE)
    chosen: list[Category] = []
    while len(uncovered) > tolerated and len(chosen) < MOST_CATEGORIES:
        counts = Counter(category for categories in uncovered for category in categories)
        best = max(sorted(counts), key=counts.__getitem__)
        chosen.append(best)
        uncovered = [categories for categories in uncovered if best not in categories]
    return chosen


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """The categories to watch for a list, and why they were chosen.

    `trouble` says why arXiv could not be asked for all papers, or is empty.
    """

    categories: tuple[Category, ...]  # the most useful first; empty if nothing is known of any paper
    reason: str = ""
    trouble: str = ""


def choose_categories(papers: Collection[Paper], wanted: int, trouble: str = "") -> CategoryChoice:
    """Choose the categories that announce nearly all of the listed papers that are known of `wanted` ones.

    `trouble` says why the others could not be looked up, or is empty.
    """
    chosen = propose_categories(papers)
    if not chosen:
        return CategoryChoice((), trouble=trouble)
    counts = Counter(name for paper in papers for name in {*map(canonical, paper.categories)})
    shares = ", ".join(f"{name} {counts[name]}" for name in chosen)
    missing = f", and {trouble}" if trouble else ""
    reason = (
        f"they announce nearly all of the {len(papers)} listed papers that are known of {wanted}: {shares}"
    )
    return CategoryChoice(tuple(chosen), reason + missing, trouble)


@dataclass(frozen=True, slots=True)
class Starter:
    """The values of a first configuration.

    Attributes:
        contact: An e-mail address, or empty.
        headings: Every heading that papers may be put under, with the number of papers there.
        minute: Of the hour, when `serve` polls.
        reasons: Why a key has its value, by key.
    """

    list_path: str
    categories: Sequence[Category]
    contact: str = ""
    headings: Mapping[HeadingPath, int] = field(default_factory=dict)
    minute: int = 17
    reasons: Mapping[str, str] = field(default_factory=dict)


def write_starter(starter: Starter) -> str:
    """Return the text of a configuration; optional keys are written as comments.

    Raises:
        pydantic.ValidationError: The list's path or a category is not allowed.
    """
    watch = WatchConfig(
        list=starter.list_path,
        categories=tuple(starter.categories) or ("cs.LG",),
        schedule=f"{starter.minute} 5 * * mon-fri",
    )
    if not starter.categories:
        watch = watch.model_copy(update={"categories": ()})
    written = {"name", "list", "categories", "schedule"}
    lines = [
        f"# yaml-language-server: $schema={SCHEMA_ADDRESS}",
        "# The configuration of arxiv-watch. Keys after a # are shown with their defaults.",
        *_headings(starter),
        "watches:",
        "  -",
        *_block(watch, written, "    ", starter.reasons),
        "arxiv:",
        *_block(ArxivSettings(contact=starter.contact), {"contact"}, "  ", starter.reasons),
    ]
    return "\n".join(lines) + "\n"


def _headings(starter: Starter) -> Iterable[str]:
    """List the headings that were found, so that the user can exclude some of them below."""
    if not starter.headings:
        return
    yield f"# {len(starter.headings)} headings of the list will be used, each after its number of papers."
    yield "# `headings: {exclude: [...]}` leaves headings out."
    shown = list(starter.headings.items())[:MOST_HEADINGS]
    for path, count in shown:
        # A heading may hold what YAML takes nowhere, not even in a comment.
        shown_path = "".join(sign if sign.isprintable() else " " for sign in format_path(path))
        yield f"# {count:5}  {shown_path}"
    if len(shown) < len(starter.headings):
        yield f"#        and {len(starter.headings) - len(shown)} more: see `arxiv-watch list show`"


def _block(group: object, written: Collection[str], indent: str, reasons: Mapping[str, str]) -> Iterable[str]:
    for key, info in fields_of(type(group)).items():
        text = " ".join((info.description or "").split())
        if reason := key in written and reasons.get(key):
            text += f" Here: {reason}"
        yield from textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
        value = to_jsonable_python(getattr(group, key))
        line = f"{'' if key in written else '# '}{key}: {_flow(value)}"
        yield indent + line + (FILL_IN if line == "categories: []" else "")


def _flow(value: object) -> str:
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


def odd_minute(seed: str) -> int:
    """Return a minute that is the same for the same seed, never one that everybody chooses.

    GitHub delays and drops scheduled runs when many are due at once: at multiples of five.
    """
    minutes = [minute for minute in range(60) if minute % 5]
    return minutes[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % len(minutes)]


def write_workflow(cron: str, config: str = "") -> str:
    """Return a workflow that runs the action on a schedule, as GitHub reads cron's fields: in UTC.

    It names the config file where the action would not find it by itself.
    """
    template = files("arxiv_watch.config").joinpath("workflow.yml").read_text(encoding="utf-8")
    if config:
        last = "        with:\n          dry-run:"
        template = template.replace(
            last, last.replace("dry-run:", f"config: {_flow(config)}\n          dry-run:")
        )
    return template.replace("{cron}", cron).replace("{action}", ACTION)
