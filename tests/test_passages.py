from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.passages import find_terms


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
def test_a_term_is_found_as_people_write_it(text: str, term: str, shown: list[str]) -> None:
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
