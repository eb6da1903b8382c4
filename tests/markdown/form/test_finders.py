"""An entry is taken apart by finders in their order: what one has found, no later one finds."""

from __future__ import annotations

import pytest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.form.finders import FINDERS, Passage, take_apart
from arxiv_watch.markdown.text.inline import scan_links
from arxiv_watch.markdown.text.titles import Title, find_title


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("**Octo: A Robot** NeurIPS 2024, 2024-10-25", ["title", "venue"]),
        ("**Octo: A Robot** 2024-10-25, Ann Lee, Bob Ray and Cy Poe", ["title", "date", "authors"]),
        ('**Octo**: "Octo: A Robot" `2024-10-25`', ["alias", "title", "date"]),
        (
            "**Octo: A Robot** [arXiv:2401.00001](https://arxiv.org/abs/2401.00001)",
            ["title", "venue", "id", "url"],
        ),
    ],
)
def test_fields_are_found_in_the_order_of_the_text(text: str, found: list[str]) -> None:
    links = scan_links(text)
    title = find_title(text, links)

    spans = take_apart(Passage.of(text, links, title), FINDERS)

    assert [span.replacement.fields[0].kind for span in spans if span.replacement.fields] == found


def test_a_cell_knows_the_paper_and_the_name_of_its_row() -> None:
    text = "| Octo | Octo: A Robot | [x](https://arxiv.org/abs/2401.00001) |"
    row = Passage.of(text, scan_links(text), Title((9, 22), "Octo: A Robot"))

    name, link = row.cell(1, 7), row.cell(24, 62)

    assert name.paper == link.paper == ArxivId("2401.00001")
    assert (name.alias, link.alias) == ("Octo", "")
    assert [span.replacement.fields[0].kind for span in take_apart(name, FINDERS)] == ["alias"]
