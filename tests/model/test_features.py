from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.features import Features, words_of
from arxiv_watch.papers import Paper
from model_support import unlisted


def paper(title: str, abstract: str = "") -> Paper:
    return Paper(ArxivId.parse("2501.00001"), title, abstract)


def words_and_pairs(paper: Paper) -> list[str]:
    parts = [words_of(text) for text in [paper.title] * 3 + [paper.abstract]]
    pairs = [" ".join(pair) for words in parts for pair in pairwise(words)]
    return [word for words in parts for word in words] + pairs


def test_vectors_are_those_of_scikit_learns_vectorizer() -> None:
    papers = unlisted(50)
    features = Features(papers, min_count=1)
    reference = TfidfVectorizer(analyzer=words_and_pairs, sublinear_tf=True)

    expected = reference.fit_transform(papers)

    columns = [reference.vocabulary_[features.term(column)] for column in range(len(features))]
    assert len(columns) == len(reference.vocabulary_)
    np.testing.assert_allclose(features.training.toarray(), expected[:, columns].toarray())
    np.testing.assert_allclose(features.transform(papers).toarray(), expected[:, columns].toarray())


def test_no_pair_crosses_from_one_paper_or_part_to_the_next() -> None:
    features = Features([paper("alpha", "beta"), paper("gamma", "delta")] * 2)

    assert {features.term(column) for column in range(len(features))} == {"alpha", "beta", "gamma", "delta"}


def test_vectors_of_many_papers_are_those_of_each() -> None:
    papers = unlisted(2100)
    features = Features(papers)
    last = features.training[2095:].toarray()

    np.testing.assert_array_equal(last, features.transform(papers[2095:]).toarray())


def test_nothing_to_learn_from_gives_a_vocabulary_of_nothing() -> None:
    features = Features([paper("", "")])

    assert len(features) == 0
    assert features.transform(unlisted(2)).nnz == 0


def test_rare_words_are_left_out() -> None:
    features = Features([paper("", "alpha beta gamma"), paper("", "alpha beta delta")])

    terms = {features.term(column) for column in range(len(features))}

    assert terms == {"alpha", "beta", "alpha beta"}


def test_a_paper_without_known_words_is_a_row_of_zeros() -> None:
    features = Features(unlisted(20))

    assert features.transform([paper("ñandú")]).nnz == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("KV-Cache: 4-bit", ["kv", "cache", "bit"]),
        ("LLaMA-2 для всех", ["llama", "для", "всех"]),
        ("大模型推理 serving", ["大", "模", "型", "推", "理", "serving"]),
        ("ｆｕｌｌ ｗｉｄｔｈ", ["full", "width"]),
        ("", []),
    ],
)
def test_words_are_found_in_any_script(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_can_be_learned_and_transformed(texts: list[str]) -> None:
    papers = [paper(text) for text in texts]

    vectors = Features(papers, min_count=1).transform(papers)

    assert vectors.shape[0] == len(papers)
    assert np.isfinite(vectors.data).all()
