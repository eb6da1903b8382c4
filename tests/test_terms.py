"""A rule's term meets what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.terms import first_held


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


def test_a_name_has_no_plural() -> None:
    assert first_held(["Ada Li"], "Ada Lis\nBo Ran", plurals=False) is None
    assert first_held(["Andre Muller"], "André Müller", plurals=False) == "Andre Muller"


@given(st.text(min_size=1, max_size=20).filter(lambda text: any(map(str.isalnum, text))))
def test_every_term_is_in_itself(term: str) -> None:
    assert first_held([term], f"“{term}”") in {term, None}
    assert first_held(["ab " + term.strip()], "x ab " + term.strip()) is not None
