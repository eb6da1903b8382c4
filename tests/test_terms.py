"""A rule's term meets what people write, and a classifier's is found where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.terms import find_terms, first_held, first_named


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("kv cache", "Paged KV-Caches for all"),
        ("KV-cache", "a kv cache"),
        ("kv cache", "a KV\u2011cache, which does not break"),
        ("pre-training", "Pretraining at scale"),
        ("pretraining", "Pre-Training at scale"),
        ("fine tuning", "fine-\ntuning"),
        ("LLM", "Serving LLMs"),
        ("language models", "a Language Model"),
        ("surveys", "A Survey."),
        ("survey", "two surveys"),
        ("memory", "three memories"),
        ("memories", "one memory"),
        ("benchmark", "(benchmarks)"),
        ("大模型", "面向大模型推理的系统"),
        ("모델", "언어 모델을 위한 추론"),
        ("LLM", "使用LLM进行推理"),
        ("推理", "推理"),
        ("k-means", "the $k$-means method"),
        ("naive Bayes", "Naïve Bayes"),
        ("Schrödinger", r"Schr\"odinger cats"),
        ("Lukasz Kaiser", "Łukasz Kaiser"),
        ("Soren", r"S{\o}ren"),
        ("Yıldız", "Yildiz"),
        ("O'Brien", "Ann O’Brien"),
        ("ﬁne", "FINE"),
        ("C++", "in C++, mostly"),
        ("  LLM ", "LLM"),
    ],
)
def test_a_term_is_found_however_it_is_written(term: str, text: str) -> None:
    assert first_held(["absent", term], text) == term


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("survey", "Surveying and a surveyor"),
        ("age", "language"),
        ("bus", "a bu"),
        ("class", "a clas"),
        ("RAG", "fragments"),
        ("kv cache", "a KV and a cache"),
        ("", "anything"),
        ("-", "a-b"),
    ],
)
def test_part_of_a_word_is_not_the_word(term: str, text: str) -> None:
    assert first_held([term], text) is None


@pytest.mark.parametrize(
    ("term", "author"),
    [
        ("Andre Muller", "André Müller"),
        ("Li", "Wei Li"),
        ("li wei", "Li Wei"),
        ("Jun Wei Li", "Jun-Wei Li"),
        ("Jun-Wei Li", "Jun Wei Li"),
        ("ATLAS Collaboration", "The ATLAS Collaboration"),
        ("DeepSeek", "DeepSeek-AI"),
        ("DeepSeek-AI", "DeepSeek-AI"),
        ("王伟", "王伟"),
    ],
)
def test_an_author_is_found_however_the_name_is_written(term: str, author: str) -> None:
    assert first_named(["Absent", term], ["Bo Ran", author]) == term


@pytest.mark.parametrize(
    ("term", "author"),
    [
        ("Li", "Bo Liang"),
        ("Li", "Li-Ang Chen"),
        ("Wei Li", "Jun-Wei Li"),
        ("Wei Li", "Wei Li-Smith"),
        ("Ada Li", "Ada Lis"),
        ("", "Ada Li"),
        ("-", "Li-Ang Chen"),
    ],
)
def test_part_of_a_name_is_another_name(term: str, author: str) -> None:
    assert first_named([term], [author]) is None


def test_a_term_is_in_no_two_authors_together() -> None:
    assert first_named(["Li Ming"], ["Wei Li", "Ming Zhang"]) is None


@given(st.text(min_size=1, max_size=20).filter(lambda text: any(map(str.isalnum, text))))
def test_every_term_is_in_itself(term: str) -> None:
    assert first_held([term], f"“{term}”") in {term, None}
    assert first_held(["ab " + term.strip()], "x ab " + term.strip()) is not None


def found(text: str, *terms: str) -> list[str]:
    return [text[start:end] for start, end in find_terms(text, terms)]


@pytest.mark.parametrize(
    ("text", "term", "shown"),
    [
        ("Paged KV-cache reuse", "kv cache", ["KV-cache"]),
        ("tensor\u2011parallel serving", "tensor parallel", ["tensor\u2011parallel"]),
        ("vitamin C deficiency", "vitamin deficiency", ["vitamin C deficiency"]),
        ("one kernel, two kernels", "kernel", ["kernel", "kernels"]),
        ("cached caches of a cache", "cache", ["caches", "cache"]),
        ("面向大模型的推理", "大 模", ["大模"]),
        ("面向LLM推理GPU", "推 理", ["推理"]),
        ("面向LLM推理GPU", "gpu", ["GPU"]),
        ("C++ in c", "c++", ["C++"]),
        ("nothing here", "cache", []),
    ],
)
def test_a_term_of_a_classifier_is_shown_where_it_stands(text: str, term: str, shown: list[str]) -> None:
    assert found(text, term) == shown


def test_of_two_terms_at_one_place_the_longer_is_shown() -> None:
    assert found("a KV cache", "cache", "kv cache") == ["KV cache"]


def test_no_terms_and_empty_terms_find_nothing() -> None:
    assert found("text") == found("text", "", " ") == []


@given(st.text(), st.lists(st.text(max_size=8), max_size=4))
def test_places_are_in_order_apart_and_inside_the_text(text: str, terms: list[str]) -> None:
    ends = [end for span in find_terms(text, terms) for end in span]

    assert ends == sorted(ends)
    assert all(0 <= end <= len(text) for end in ends)
