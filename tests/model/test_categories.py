"""Categories beside words: they tell what a list takes from which field, and their absence tells nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from arxiv_watch.model import fit
from arxiv_watch.model.features import Categories
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Record
from model_support import listed, make_paper, unlisted


def under(categories: Sequence[str], papers: Sequence[Paper]) -> list[Paper]:
    return [replace(paper, categories=tuple(categories)) for paper in papers]


def words(count: int) -> csr_matrix:
    return csr_matrix(np.ones((count, 1)))


def test_of_two_like_papers_the_one_from_the_lists_field_is_likelier() -> None:
    records = [Record(*pair) for pair in zip(under(["cs.DC"], papers_of()), paths(), strict=True)]
    background = [*under(["cs.CV"], unlisted(200)), *under(["cs.DC"], unlisted(100, start=25_000))]
    paper = make_paper(900, ["cache", "eviction", "serving", "robot", "camera"])

    ours, theirs = fit(records, background).predict([*under(["cs.DC"], [paper]), *under(["cs.CV"], [paper])])

    assert ours.score > theirs.score


def test_old_papers_without_categories_do_not_speak_against_them() -> None:
    papers = papers_of()
    background = under(["cs.DC"], unlisted(300))
    records = [
        Record(paper if number > 50 else replace(paper, categories=()), path)
        for number, (paper, path) in enumerate(zip(under(["cs.DC"], papers), paths(), strict=True))
    ]
    paper = make_paper(900, ["cache", "eviction", "serving", "robot", "camera"])

    known, unknown = fit(records, background).predict([*under(["cs.DC"], [paper]), *under([], [paper])])

    assert known.score == pytest.approx(unknown.score)


def test_unknown_categories_are_taken_for_what_is_usual_among_the_papers_like() -> None:
    papers = unlisted(6)
    background = [*under(["cs.CV"], papers[:3]), *under(["cs.RO"], papers[3:4]), *under([], papers[4:])]
    categories = Categories(under(["cs.RO"], unlisted(4, start=25_000)), background)

    (usual, if_listed) = (
        categories.beside(words(1), under([], papers[:1]), listed=is_listed).toarray()[0, 1:]
        for is_listed in (False, True)
    )

    assert usual[0] < usual[1] == pytest.approx(3 * usual[0])  # columns: cs.RO, cs.CV
    assert if_listed[0] > usual[0]


def test_vectors_with_categories_have_length_one() -> None:
    papers = [
        *under(["cs.CV", "cs.RO"], unlisted(2)),
        *under([], unlisted(2)),
        *under(["math.CO"], unlisted(1)),
    ]

    vectors = Categories(under(["cs.CV"], papers[:2]), papers[:4]).beside(words(5), papers)

    assert np.linalg.norm(vectors.toarray(), axis=1) == pytest.approx(np.ones(5))


def test_without_any_category_only_words_count() -> None:
    papers = under([], unlisted(3))

    assert Categories(papers, papers).beside(words(3), papers).shape == (3, 1)


def papers_of() -> list[Paper]:
    return [record.paper for record in listed()]


def paths() -> list[tuple[str, ...]]:
    return [record.path for record in listed()]
