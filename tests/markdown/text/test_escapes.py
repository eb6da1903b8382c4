"""Text among HTML tags shows as it is, entities without their semicolon included."""

from __future__ import annotations

import html

import pytest

from arxiv_watch.markdown.text.escapes import file_text, html_text


@pytest.mark.parametrize(
    "title", ["Alpha &#0 omega", "A &copy right", "AT&T", "R&D; a_b * c", "&lt; &amp &", "x <y> &#x41"]
)
def test_a_title_in_an_html_row_shows_as_it_is(title: str) -> None:
    assert html.unescape(html_text(file_text(title))) == title
