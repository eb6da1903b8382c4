"""Every golden case of the folder `golden` holds; a curator can read and add them."""

from __future__ import annotations

import cmarkgfm
import pytest

from arxiv_watch.headings import parse_path
from arxiv_watch.markdown import Insertion, insert, parse_list
from arxiv_watch.rows import paper_from_row
from markdown_golden import FILE, Case, apply, decode, read_cases
from markdown_support import is_pure_insertion, rendered_items

CASES = read_cases()
EDITS = [case for case in CASES if case.kind == "after"]


def name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_golden_case_holds(case: Case) -> None:
    kind, outcome = apply(case.before, case.asked)

    assert kind == case.kind
    assert outcome == case.outcome


@pytest.mark.parametrize("case", EDITS, ids=name)
def test_the_edit_is_a_pure_insertion_that_renders_as_one_more_entry(case: Case) -> None:
    after = decode(case.outcome)

    assert is_pure_insertion(case.before, after)
    tag, more = case.asked.get("tag", ""), case.asked.get("rendered", 1)
    assert rendered_items(after, tag) == rendered_items(case.before, tag) + more


@pytest.mark.parametrize("case", EDITS, ids=name)
def test_a_second_application_changes_nothing(case: Case) -> None:
    paper = paper_from_row(case.asked)

    again = insert(
        parse_list({FILE: decode(case.outcome)}), [Insertion(paper, parse_path(case.asked["heading"]))]
    )

    assert again.files == {}
    assert again.places == (None,)


def test_the_oracle_shows_the_hostile_title_as_it_is() -> None:
    (case,) = [case for case in CASES if "hostile" in case.name]

    html = cmarkgfm.github_flavored_markdown_to_html(case.outcome)

    assert html.count("<tr>") == 4
    assert "A | B](x) `c` $d_e$ &lt;b&gt;f&lt;/b&gt; --&gt; [g](http://h.i)" in html
    assert "<b>" not in html
    assert "h.i</a>" not in html
