"""What of an entry is a field, and in which form; what counts where a new entry is learned from others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.form.finders import skeleton
from arxiv_watch.markdown.form.samples import weights
from arxiv_watch.markdown.form.voting import usual_manner
from arxiv_watch.markdown.text.authors import (
    AllAuthors,
    FirstAuthor,
    find_authors,
    manner,
    write_authors,
)
from arxiv_watch.markdown.text.fields import find_dates, write_date
from markdown_support import paper

NEW = paper()
DAY = paper(published=date(2024, 5, 12))
LINK = "[paper](https://arxiv.org/abs/2401.00001)"


def shown(text: str) -> str:
    """Write a template with its fields in angle brackets, links left out."""
    form = skeleton(f"- **Many Adapters on One Model** {text} {LINK}")
    written = form.filled(
        lambda part: f"<{part.kind}>" if part.form is None else f"<{part.kind}:{part.form}>"
    )
    return written.text.split("** ")[1].split(" [")[0]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ann Lee, Bob Ray, Cy Young", None),
        ("Ann Lee, Bob Ray, Cy Young et al", None),
        ("Lee, Ann and Ray, Bob R. and others", None),
        ("Ann Lee*, Bob Ray* and Cy Young", None),
        ("Dell and Yen-Chen", FirstAuthor("last", " et al.")),
        ("Lee et al.", FirstAuthor("last", " et al.")),
        ("Le Cleac'h et al.", FirstAuthor("last", " et al.")),
        ("Ann Lee et al.", FirstAuthor("first", " et al.")),
        ("A. Lee et al.", FirstAuthor("short", " et al.")),
        ("Lee *et al.*", FirstAuthor("last", " *et al.*")),
        ("Ann Lee (MIT) et al.", FirstAuthor("first", " et al.")),
    ],
)
def test_authors_are_known_in_every_form(text: str, form: FirstAuthor | None) -> None:
    assert [found for _, _, found in find_authors(f", {text}, ")] == [form]


@pytest.mark.parametrize(
    ("name", "last", "short", "inverted"),
    [
        ("Ann Lee", "Lee", "A. Lee", "Lee, Ann"),
        ("Sammy Davis Jr.", "Davis Jr.", "S. Davis Jr.", "Davis Jr., Sammy"),
        ("Martin King III", "King III", "M. King III", "King III, Martin"),
        ("Ludwig van der Berg", "van der Berg", "L. van der Berg", "van der Berg, Ludwig"),
        ("Jean-Pierre Serre", "Serre", "J.-P. Serre", "Serre, Jean-Pierre"),
        ("The ATLAS Collaboration",) + 3 * ("The ATLAS Collaboration",),
        ("Gemma Team",) + 3 * ("Gemma Team",),
        ("王伟",) + 3 * ("王伟",),
    ],
)
def test_a_surname_is_written_whole(name: str, last: str, short: str, inverted: str) -> None:
    """`III et al.`, `Team et al.` and `Jr., Sammy Davis` were written, and `G. v. Rossum`."""
    alone = replace(NEW, authors=(name,))

    assert write_authors(FirstAuthor("last", " et al."), alone) == last
    assert write_authors(FirstAuthor("short", " et al."), alone) == short
    assert write_authors(AllAuthors("inverted", " and "), alone) == inverted


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Ann Lee, Bob Ray, Cy Young", AllAuthors("names", ", ", 3)),
        ("Ann Lee, Bob Ray, and Cy Young", AllAuthors("names", ", and ", 3)),
        ("Ann Lee, Bob Ray, et al.", AllAuthors("names", ", ", 2, ", et al.")),
        ("A. Lee & B. Ray", AllAuthors("initials", " & ", 2)),
        ("Lee, Ann and Ray, Bob and others", AllAuthors("inverted", " and ", 2, " and others")),
    ],
)
def test_how_authors_are_joined_and_cut_off_is_learned(text: str, how: AllAuthors) -> None:
    assert manner(text) == how
    written = write_authors(usual_manner([(how, 1.0)]), NEW)
    assert written is not None
    assert (manner(written).named, manner(written).joint) == (how.named, how.joint)


@pytest.mark.parametrize(
    "text",
    [
        "12.05.2024",
        "05/2024",
        "(05/24)",
        "[24.05]",
        "202405",
        "20240512",
        "May 12th, 2024",
        "May 2024",
        "2024年5月",
        "12 May 2024",
    ],
)
def test_a_date_is_written_as_it_was_found(text: str) -> None:
    ((start, end, form),) = find_dates(text)

    assert text[:start] + str(write_date(form, DAY)) + text[end:] == text


@pytest.mark.parametrize("text", ["1.2", "24.05", "3/24", "202413", "v2.2024", "4.12.2", "10.2024.5"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert not list(find_dates(text))


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
