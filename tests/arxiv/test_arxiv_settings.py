"""Settings, categories and the start-up of the room."""

from __future__ import annotations

import subprocess
import sys

import pytest

from arxiv_watch.arxiv.settings import is_arxiv
from arxiv_watch.arxiv.taxonomy import ALIASES, CATEGORIES, belongs, spellings, suggest


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://rss.arxiv.org", True),
        ("https://arxiv.org/list", True),
        ("https://export.arxiv.org./api", True),
        ("https://arxiv.org.example.com", False),
        ("https://notarxiv.org", False),
        ("http://127.0.0.1", False),
    ],
)
def test_only_arxiv_org_and_its_subdomains_count_as_arxivs_hosts(url: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_arxiv(url) is expected


def test_the_taxonomy_has_arxivs_categories_and_aliases() -> None:
    assert len(CATEGORIES) == 155
    assert {"cs.LG", "hep-th", "astro-ph.CO", "cond-mat.str-el", "stat.ML"} <= CATEGORIES
    assert set(ALIASES) | set(ALIASES.values()) <= CATEGORIES
    assert spellings("math.NA") == spellings("cs.NA") == {"cs.NA", "math.NA"}
    assert belongs("cs.SY", ["eess.SY"])
    assert not belongs("cs.LG", ["stat.ML"])


@pytest.mark.parametrize(
    ("written", "meant"), [("cs.lg", "cs.LG"), ("CS.AI", "cs.AI"), ("cs.LGG", "cs.LG"), ("zzzzz", None)]
)
def test_a_misspelt_category_is_guessed(written: str, meant: str | None) -> None:
    assert suggest(written) == meant


def test_importing_the_room_costs_almost_nothing() -> None:
    heavy = {"requests", "feedparser", "arxiv", "lxml", "filelock"}
    code = f"import sys, arxiv_watch.arxiv; print(sorted(sys.modules.keys() & {heavy!r}))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"
