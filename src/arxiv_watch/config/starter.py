"""A first configuration for an existing list: every key with its meaning, the needed ones filled in."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from pydantic import BaseModel

from arxiv_watch.arxiv.taxonomy import CATEGORIES
from arxiv_watch.config.models import ArxivConfig, WatchConfig
from arxiv_watch.papers import Category, Paper

WIDTH = 100
COVERED_SHARE = 0.95  # of the listed papers: the rest would cost more reading than it brings
MOST_CATEGORIES = 8  # what a normal day's requests to arXiv allow for


def propose_categories(papers: Iterable[Paper]) -> list[Category]:
    """Return the fewest categories that announce nearly all of the papers, the most useful first.

    A category announces its cross-lists too, so each paper counts for all of its categories.
    """
    uncovered = [kept for paper in papers if (kept := set(paper.categories) & set(CATEGORIES))]
    tolerated = len(uncovered) * (1 - COVERED_SHARE)
    chosen: list[Category] = []
    while len(uncovered) > tolerated and len(chosen) < MOST_CATEGORIES:
        counts = Counter(category for categories in uncovered for category in categories)
        best = max(sorted(counts), key=counts.__getitem__)
        chosen.append(best)
        uncovered = [categories for categories in uncovered if best not in categories]
    return chosen


def write_starter(list_path: str, categories: Sequence[Category], contact: str = "") -> str:
    """Return the text of a configuration; keys that may stay as they are stand as comments.

    Raises:
        pydantic.ValidationError: The list's path or a category is not allowed.
    """
    watch = WatchConfig(list=list_path, categories=tuple(categories))
    written = {
        "name": watch.name,
        "list": watch.list,
        "categories": list(watch.categories),
        "schedule": watch.schedule,
    }
    lines = [
        "# The configuration of arxiv-watch. A key behind a # has the value it would have anyway.",
        "watches:",
        "  -",
        *_block(watch, written, "    "),
        "arxiv:",
        *_block(ArxivConfig(contact=contact), {"contact": contact}, "  "),
    ]
    return "\n".join(lines) + "\n"


def _block(model: BaseModel, written: dict[str, Any], indent: str) -> Iterable[str]:
    for key, field in type(model).model_fields.items():
        text = " ".join((field.description or "").split())
        yield from textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
        value = model.model_dump(mode="json")[key]
        yield f"{indent}{'' if key in written else '# '}{key}: {_flow(value)}"


def _flow(value: object) -> str:
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")
