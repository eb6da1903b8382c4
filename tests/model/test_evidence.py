"""Evidence: what speaks for a paper, and what everybody says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arxiv_watch import model
from arxiv_watch.model.evidence import best_sentence
from arxiv_watch.proposals import Record
from watch_support import BACKGROUND, BELONGS, LISTED

PATH = ("Papers", "Serving")


def predict(abstract: str, background_says: str = "") -> model.Prediction:
    listed = [replace(paper, abstract=f"{paper.abstract} llm memory") for paper in LISTED]
    background = [replace(paper, abstract=f"{paper.abstract} {background_says}") for paper in BACKGROUND]
    records = [Record(paper, PATH) for paper in listed]
    classifier = model.fit(records, background, headings=[PATH])
    [found] = classifier.predict([replace(BELONGS, abstract=abstract)])
    return found


ABSTRACT = (
    "Birds fly in winter, as many of us know. We schedule serving requests of paged caches in batches, "
    "e.g. by value. The memory of an llm is short."
)


def test_the_sentence_is_the_one_that_the_weights_like_best() -> None:
    evidence = predict(ABSTRACT).evidence

    assert evidence.sentence == "We schedule serving requests of paged caches in batches, e.g. by value."
    assert {"serving", "paged"} <= set(evidence.highlights)
    assert {"we", "of", "in"}.isdisjoint(evidence.highlights)


def test_words_that_half_of_the_background_has_are_no_evidence() -> None:
    told, untold = (
        predict("The llm has memory.").evidence,
        predict("The llm has memory.", "llm memory").evidence,
    )

    assert {"llm", "memory"} & {word for term in told.terms for word in term.split()}
    assert {"llm", "memory"}.isdisjoint(word for term in untold.terms for word in term.split())
    assert {"llm", "memory"}.isdisjoint(untold.highlights)


@pytest.mark.parametrize(
    ("abstract", "sentence", "words"),
    [
        ("", "", ()),
        ("Nothing of it.", "", ()),
        ("One. Two caches! Three", "Two caches!", ("caches",)),
        (
            "A cache of caches\nover two lines. More.",
            "A cache of caches over two lines.",
            ("caches", "cache"),
        ),
        ("caches " * 100, "", ()),
        ("As Li et al. (2024). Caches vs. GPU, e.g. Llama. End.", "Caches vs. GPU, e.g. Llama.", ("caches",)),
        ("缓存。 Caches are fine.", "Caches are fine.", ("caches",)),
    ],
)
def test_best_sentence_of_odd_abstracts(abstract: str, sentence: str, words: tuple[str, ...]) -> None:
    assert best_sentence(abstract, {"caches": 2.0, "cache": 1.0, "quiet": 0.1}) == (sentence, words)
