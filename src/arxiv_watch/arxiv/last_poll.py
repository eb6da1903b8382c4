"""What the cache knows of the last poll, read without a poll and without touching it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from arxiv_watch.arxiv.database import FILE_NAME
from arxiv_watch.arxiv.timetable import next_slot
from arxiv_watch.papers import Category, Coverage, CoverageState
from arxiv_watch.troubles import load_troubles


def last_coverage(cache_dir: Path, categories: Collection[Category]) -> list[Coverage] | None:
    """Return each category's latest day and how completely it was read, by category.

    A missing cache has nothing, and of one that cannot be read comes None: the next poll makes it anew.
    """
    if not (cache_dir / FILE_NAME).exists():
        return []
    address = (cache_dir / FILE_NAME).absolute().as_uri() + "?mode=ro"
    query = (
        "SELECT category, max(day), state, source, troubles, read_at FROM coverage"
        " WHERE category IN (SELECT value FROM json_each(?)) GROUP BY category ORDER BY category"
    )
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            rows = connection.execute(query, (json.dumps(list(categories)),)).fetchall()
        return [_coverage(*row) for row in rows]
    except (sqlite3.Error, ValueError, TypeError, LookupError):
        return None


def _coverage(category: Category, day: str, *others: str) -> Coverage:
    state_name, source, troubles, read_at = others
    state = CoverageState(state_name)
    again = None if state.is_whole else next_slot(datetime.fromisoformat(read_at))
    told = load_troubles(troubles)
    return Coverage(category, date.fromisoformat(day), state, source=source, troubles=told, again=again)
