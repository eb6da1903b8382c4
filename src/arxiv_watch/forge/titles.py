"""Titles of pull requests and commits, the way the repository writes its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from arxiv_watch.conversation import clip, plain

DEFAULT = "docs: add {papers} to {name}"
TITLES_READ = 20
FEWEST = 3  # titles that make a habit
NAME_LIMIT = 60

# matches "docs(readme): Add two papers"
_CONVENTIONAL = re.compile(r"(?P<type>[a-z]{2,10})(?:\([\w./-]+\))?!?: (?P<verb>\w+)")


def habit_of(titles: Sequence[str]) -> str:
    """Learn from merged titles how one is written here: `{papers}` and `{name}` stand for what it names.

    Only the kind of a title is taken over, and a type such as `docs`; nothing else of anybody's words.
    """
    seen = titles[:TITLES_READ]
    if len(seen) < FEWEST:
        return DEFAULT
    conventional = [found for title in seen if (found := _CONVENTIONAL.match(title))]
    if 2 * len(conventional) > len(seen):
        adding = [found for found in conventional if found["verb"].lower() in {"add", "adds", "added"}]
        kind = Counter(found["type"] for found in adding).most_common(1)[0][0] if adding else "docs"
        capital = sum(found["verb"][0].isupper() for found in conventional)
        return f"{kind}: {'Add' if 2 * capital > len(conventional) else 'add'} {{papers}} to {{name}}"
    capital = sum(title[:1].isupper() for title in seen)
    return f"{'Add' if 2 * capital >= len(seen) else 'add'} {{papers}} to {{name}}"


def title_of(count: int, watch: str, template: str = DEFAULT) -> str:
    """Write a pull request's title; it holds no word from outside."""
    name = clip(re.sub("[@#:/]", "", plain(watch)), NAME_LIMIT)
    return _fill(template, count, name)


def subject_of(identifiers: Sequence[str], template: str = DEFAULT) -> str:
    """Write the subject of a commit that adds papers; of one that only rewrites the branch for none."""
    if not identifiers:
        prefix = _CONVENTIONAL.match(template)
        return (
            f"{prefix['type']}: regenerate on the latest base" if prefix else "Regenerate on the latest base"
        )
    shown = ", ".join(identifiers[:3]) + (", ..." if len(identifiers) > 3 else "")  # noqa: PLR2004 - fits a line
    # matches " to {name}" and "{name}: ", which the commit's files say already
    # matches " to {name}" and "{name}: ", which the commit's files say already
    told = re.sub(r"(?:\s+(?:to|for|in|into))?\s*\{name\}[:\s]*", "", template)
    return f"{_fill(told, len(identifiers), '')} ({shown})"


def _fill(template: str, count: int, name: str) -> str:
    return template.replace("{papers}", f"{count} paper{'s' * (count != 1)}").replace("{name}", name)
