import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_support import ROOT
from arxiv_watch import __version__
from arxiv_watch.config import parse_config
from arxiv_watch.config.starter import MOST_HEADINGS, Starter, propose_categories, write_starter
from arxiv_watch.errors import ConfigError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper

CATEGORIES = st.lists(st.sampled_from(["cs.LG", "cs.CL", "cs.DC", "cs.AR", "hep-ph", "msc.12"]), max_size=3)


def test_the_starter_is_a_config_that_says_what_the_defaults_say() -> None:
    headings = {("Papers", "A > B"): 3, ("Papers", "# C"): 0}
    text = write_starter(Starter("docs/papers.md", ["cs.DC", "cs.LG"], "someone@example.org", headings, 23))

    assert "\n    # precision: 0.5\n" in text
    config = parse_config(text, "starter.yml", {})
    assert config.watches[0].categories == ("cs.DC", "cs.LG")
    assert config.arxiv.contact == "someone@example.org"
    assert config.watches[0].schedule == "23 5 * * mon-fri"
    assert (
        parse_config(re.sub(r"^( +)# (\w+: )", r"\1\2", text, flags=re.MULTILINE), "starter.yml", {})
        == config
    )


@given(st.lists(CATEGORIES, max_size=40))
def test_proposed_categories_announce_nearly_all_papers(rows: list[list[str]]) -> None:
    papers = [Paper(ArxivId("2407.00001"), "T", categories=tuple(row)) for row in rows]

    chosen = propose_categories(papers)

    known = [paper for paper in papers if set(paper.categories) - {"msc.12"}]
    covered = [paper for paper in known if set(paper.categories) & set(chosen)]
    assert len(covered) >= 0.95 * len(known)
    assert "msc.12" not in chosen
    assert len(set(chosen)) == len(chosen)


PLAIN = parse_config(write_starter(Starter("papers.md", ["cs.DC"])), "starter.yml", {})


@settings(max_examples=30)  # each reads a whole config
@given(
    st.dictionaries(
        st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple), st.integers(0, 99_999), max_size=99
    )
)
def test_headings_of_any_text_stay_comments(headings: dict[tuple[str, ...], int]) -> None:
    text = write_starter(Starter("papers.md", ["cs.DC"], headings=headings))

    assert parse_config(text, "starter.yml", {}) == PLAIN
    assert len(text.splitlines()) < MOST_HEADINGS + 120


def test_the_schema_that_editors_are_sent_to_is_published_with_the_release() -> None:
    address = write_starter(Starter("papers.md", ["cs.DC"])).splitlines()[0].partition("$schema=")[2]
    release = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")

    assert address.endswith(f"/releases/download/v{__version__}/arxiv-watch.schema.json")
    assert "arxiv-watch schema > arxiv-watch.schema.json" in release
    assert 'gh release create "$GITHUB_REF_NAME" arxiv-watch.schema.json' in release


def test_categories_that_nobody_knows_are_left_to_be_filled_in_and_marked() -> None:
    text = write_starter(Starter("papers.md", []))

    assert "\n    categories: []  # <- fill in, as in [cs.LG, cs.CL]" in text
    with pytest.raises(ConfigError, match="categories: needs at least 1"):
        parse_config(text, "starter.yml", {})
