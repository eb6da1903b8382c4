"""What of an entry is a field, and in which form; what counts where a new entry is learned from others."""

from __future__ import annotations

import pytest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.authors import find_authors
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.fields import find_dates
from arxiv_watch.markdown.style import skeleton
from arxiv_watch.markdown.weighing import weights

LINK = "[paper](https://arxiv.org/abs/2401.00001)"


def shown(text: str) -> str:
    """Write a skeleton with its fields in angle brackets, links left out."""
    form = skeleton(f"- **Many Adapters on One Model** {text} {LINK}")
    return (
        form.replace("\x01", "<").replace("\x02", ">").removesuffix(f" {LINK}").split("** ")[1].split(" [")[0]
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ann Lee, Bob Ray, Cy Young", "full"),
        ("Ann Lee, Bob Ray, Cy Young et al", "full"),
        ("Lee, Ann and Ray, Bob R. and others", "full"),
        ("Ann Lee*, Bob Ray* and Cy Young", "full"),
        ("Dell and Yen-Chen", "last et al."),
        ("Lee et al.", "last et al."),
        ("Le Cleac'h et al.", "last et al."),
        ("Ann Lee et al.", "first et al."),
    ],
)
def test_authors_are_known_in_every_form(text: str, form: str) -> None:
    assert [found for _, _, found in find_authors(f", {text}, ")] == [form]


def test_names_of_models_are_no_authors() -> None:
    assert not list(find_authors(" BART-large and LLaMA-7B "))


@pytest.mark.parametrize(
    ("text", "forms"),
    [("Oct,2023", ["{b},{Y}"]), ("Oct 2023", ["{b} {Y}"]), ("(2024)", ["{Y}"]), ("2024 qubits", [])],
)
def test_a_year_before_a_word_counts_things_and_is_no_date(text: str, forms: list[str]) -> None:
    assert [form for _, _, form in find_dates(text)] == forms


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("(*Complex Networks 2024*)", "(*<venue:>*)"),
        ("(*ICML 2024 Small Models Workshop*)", "(*<venue:>*)"),
        ("(*ICMLW 2024*)", "(*<venue:>*)"),
        ("(*May 2024*)", "(*<date:{b?} {Y}>*)"),
        ("(*arXiv 2024*)", "(*<venue:arXiv {Y}>*)"),
    ],
)
def test_a_venue_is_known_by_where_it_stands(text: str, form: str) -> None:
    assert shown(text) == form


def test_the_name_of_the_archive_in_a_sentence_is_no_venue() -> None:
    assert "venue" not in shown("an archive like arXiv for models")


def test_papers_of_the_month_and_the_next_identifiers_count_most() -> None:
    numbers = ("2301.00001", "2402.00001", "2405.00001", "2405.00009", "2501.00001")
    entries = [Entry(line, line, (ArxivId(number),), "", (), "") for line, number in enumerate(numbers, 1)]

    counts = weights(entries, ArxivId("2405.00005"))

    assert counts[2] == counts[3] == max(counts)
    assert counts[1] > counts[0]
