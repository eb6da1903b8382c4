"""A venue is where a paper is published, and a withdrawn paper is recognised by its authors' words."""

from __future__ import annotations

import pytest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.publication import is_withdrawn, publication_of

ID = ArxivId("2611.00001")


@pytest.mark.parametrize(
    "comment",
    [
        "Accepted at ICML 2026",
        "12 pages, 5 figures. Accepted to ICML 2026.",
        "ICML 2026 camera ready; code at https://example.org",
        "To appear in ICML 2026. An earlier version was submitted to NeurIPS 2025",
        "Rejected from NeurIPS 2025, accepted at ICML 2026",
        "Submitted to and accepted at ICML 2026",
        "ICML 2026 (oral)",
        "Camera-ready submission for ICML 2026",
        "Accepted to Proc. of ICML 2026. Code: https://example.org",
    ],
)
def test_a_paper_is_of_the_venue_that_published_it(comment: str) -> None:
    assert "ICML 2026" in publication_of(Paper(ID, "T", comment=comment))


@pytest.mark.parametrize(
    "comment",
    [
        "Submitted to ICML 2026",
        "12 pages, submitted to ICML 2026",
        "Under review at ICML 2026",
        "Under review as a conference paper at ICML 2026",
        "In submission to ICML 2026",
        "ICML 2026 submission",
        "Under double-blind review at ICML 2026",
        "Under peer review at ICML 2026",
        "Under minor revision at ICML 2026",
        "Submitted to Proc. of ICML 2026",
        "Submitted to ICML 2026, code will be published",
        "Rejected from ICML 2026, accepted at NeurIPS 2026",
        "Withdrawn from ICML 2026",
        "Accepted at the Workshop on Efficient Systems at ICML 2026",
        "ICML 2026 Workshop on Foundation Models",
        "Not yet accepted, submitted to ICML 2026",
        "",
    ],
)
def test_a_paper_is_not_of_a_venue_that_has_not_published_it(comment: str) -> None:
    assert "ICML 2026" not in publication_of(Paper(ID, "T", comment=comment))


def test_a_journal_reference_counts_like_a_comment() -> None:
    assert (
        publication_of(Paper(ID, "T", comment="9 pages", journal_ref="ICML 2026, 1-9"))
        == "9 pages ICML 2026, 1-9"
    )


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn by the author due to an error in Lemma 2",
        "This article is temporarily withdrawn",
        "Withdrawn by the authors",
        "Paper withdrawn: see arXiv:2611.00002",
        "8 pages. This submission (version 2) has been withdrawn from arXiv",
        "The paper was retracted.",
    ],
)
def test_a_withdrawn_paper_is_recognised(comment: str) -> None:
    assert is_withdrawn(Paper(ID, "T", comment="9 pages", withdrawn=True))
    assert is_withdrawn(Paper(ID, "T", comment=comment))


@pytest.mark.parametrize(
    ("abstract", "is_one"),
    [
        ("This paper has been withdrawn by the authors.", True),
        ("Withdrawn.", True),
        ("Withdrawn papers are cited for years. We count them.", False),
        ("We ask how often a paper was retracted and still cited.", False),
        ("Troops were withdrawn from the region. This paper models it.", False),
    ],
)
def test_an_abstract_says_so_in_its_first_words_or_not_at_all(abstract: str, *, is_one: bool) -> None:
    assert is_withdrawn(Paper(ID, "T", abstract)) is is_one


@pytest.mark.parametrize(
    "comment", ["Withdrawn from ICLR 2026", "This work was withdrawn from ICLR", "9 pages"]
)
def test_a_paper_withdrawn_from_a_conference_is_still_there(comment: str) -> None:
    assert not is_withdrawn(Paper(ID, "T", comment=comment))
