from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.report.markup import Markup, element, join


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
    read = Reader(element("p", text, title=value))

    assert read.text == text
    assert read.tags == [("p", {"title": value})]


def test_markup_is_not_escaped_again() -> None:
    assert element("p", Markup("<b>bold</b>"), " & <plain>") == "<p><b>bold</b> &amp; &lt;plain&gt;</p>"
    assert join(["<", Markup("<br>")]) == "&lt;<br>"


def test_attributes_have_their_own_names_and_short_numbers() -> None:
    made = element("line", class_="grid", stroke_width=1.5, x1=2.0, y1=1 / 3, title=None, viewBox="0 0 1 1")

    assert made == '<line class="grid" stroke-width="1.5" x1="2" y1="0.33" viewBox="0 0 1 1"></line>'
