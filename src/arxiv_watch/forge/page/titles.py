"""Titles of pull requests and commits, the way the repository writes its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from arxiv_watch.conversation import clip, one_line
from arxiv_watch.wording import plural

DEFAULT = "docs: add {papers} to {name}"
TITLES_READ = 20
FEWEST = 3  # titles that make a habit
NAME_LIMIT = 60
MOST_NAMED = 3  # identifiers in a commit's subject, so that it fits a line

# matches "docs(readme): Add two papers"
_CONVENTIONAL = re.compile(r"(?P<type>[a-z]{2,10})(?:\([\w./-]+\))?!?: (?P<verb>\w+)")

# matches "({name})", "[{name}]", " to {name}", "{name}: ", "{name} - add" but for its "add", and " - {name}"
_NAMING = re.compile(
    r" ?[(\[]\{name\}[)\]]|(?: (?:to|for|in|into)| ?[:–—-](?= ?\{name\}$))? ?\{name\}(?: ?:| [–—-](?= ))?"
)


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


def pull_request_title(count: int, watch: str, template: str = DEFAULT, shown: int = 0) -> str:
    """Write the title of a pull request that adds `count` papers; it holds no word from outside.

    Where it adds none, the title says how many are `shown` as worth a look.
    """
    # matches "@" in "@papers", a mention
    name = clip(re.sub("[@#:/]", "", one_line(watch)), NAME_LIMIT)
    return _fill(template, count, name) if count or not shown else _fill(_considering(template), shown, name)


def commit_subject(identifiers: Sequence[str], template: str = DEFAULT, shown: int = 0) -> str:
    """Write the subject of a commit that adds papers; else it only shows some, or rewrites the branch."""
    if not identifiers and shown:
        return _fill(_without_name(_considering(template)), shown, "")
    if not identifiers:
        prefix = _CONVENTIONAL.match(template)
        return (
            f"{prefix['type']}: regenerate on the latest base" if prefix else "Regenerate on the latest base"
        )
    named = ", ".join(identifiers[:MOST_NAMED]) + (", ..." if len(identifiers) > MOST_NAMED else "")
    return f"{_fill(_without_name(template), len(identifiers), '')} ({named})"


def _without_name(template: str) -> str:
    """Leave out what the commit's files say already."""
    return _NAMING.sub("", " ".join(template.split())).strip()


def _considering(template: str) -> str:
    """Turn a title that adds papers into one that only shows them."""
    # matches "add {papers} to", which becomes "consider {papers} for", and "Adds {papers}"
    verb = re.search(r"\b([Aa])dds? \{papers\}( to\b)?", template)
    if verb is None:
        return template.replace("{papers}", "{papers} to consider")
    considering = f"{'C' if verb[1] == 'A' else 'c'}onsider {{papers}}{' for' if verb[2] else ''}"
    return template[: verb.start()] + considering + template[verb.end() :]


def _fill(template: str, count: int, name: str) -> str:
    return template.replace("{papers}", plural(count, "paper")).replace("{name}", name)
