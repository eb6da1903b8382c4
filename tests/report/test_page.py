from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.report.page import Markup, html


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))


@given(TEXT, TEXT)
def test_text_and_attributes_are_read_as_they_were_given(text: str, value: str) -> None:
    read = Reader(html('<p title="{}">{}</p>', value, text))

    assert read.text == text
    assert read.tags == [("p", {"title": value})]


def test_markup_is_not_escaped_again() -> None:
    several = (Markup("<b>bold</b>"), " & <plain>")

    assert html("<p>{}</p>", several) == "<p><b>bold</b> &amp; &lt;plain&gt;</p>"
    assert html("{}{}", "<", Markup("<br>")) == "&lt;<br>"


def test_numbers_are_short() -> None:
    made = html('<line x1="{}" y1="{}" x2="{}" y2="{}"></line>', 2.0, 1 / 3, 100, 0)

    assert made == '<line x1="2" y1="0.33" x2="100" y2="0"></line>'
