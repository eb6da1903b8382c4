"""Names come one by one, decoded, without affiliations and without what is no author."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.names import clean_names, split_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Lovelace, Emmy Noether", ("Ada Lovelace", "Emmy Noether")),
        ("A B (Dep, of C, [D, E]), F G [1, 2]", ("A B", "F G")),
        ("A B (MIT and Harvard), C D and E F, and G H", ("A B", "C D", "E F", "G H")),
        ("The ATLAS Collaboration: G. Aad, B. Abbott", ("The ATLAS Collaboration", "G. Aad", "B. Abbott")),
        ("Ada Lovelace, Jr., Emmy Noether, III", ("Ada Lovelace Jr.", "Emmy Noether III")),
        ("A B (MIT, C D, E F", ("A B", "C D", "E F")),
        ("A B), C D", ("A B)", "C D")),
        (r"D.~Knuth, {\'E}. {van Beek}, R. \& D. Team", ("D. Knuth", "É. van Beek", "R. & D. Team")),
        ("Alexander Sandberg, Randall Andersson", ("Alexander Sandberg", "Randall Andersson")),
        ("A,, ,B,:", ("A", "B")),
        (
            r"Jane Doe Jr (MIT, Boston (USA)), \'Emile Zola (a@b.org), Bob",
            ("Jane Doe Jr", "Émile Zola", "Bob"),
        ),
        ("", ()),
    ],
)
def test_a_line_of_authors_is_split_into_names(line: str, names: tuple[str, ...]) -> None:
    assert split_names(line) == names


def test_a_team_s_colon_is_no_author_where_names_come_one_by_one() -> None:
    assert clean_names(["The ATLAS Collaboration", ":", "G. Aad"]) == ("The ATLAS Collaboration", "G. Aad")


@given(st.text(alphabet="AB ,:;()[]{}\\~and"))
def test_no_line_makes_an_empty_name(line: str) -> None:
    names = split_names(line)

    assert all(name == " ".join(name.split()) and any(map(str.isalpha, name)) for name in names)


def test_the_names_of_a_real_feed_are_all_decoded(shared: Path) -> None:
    body = (shared / "facts/arxiv_samples/rss/rss_quant-ph_2025-04-28_81items.xml").read_bytes()
    written = [html.unescape(each) for each in re.findall(r"<dc:creator>(.*?)</dc:creator>", body.decode())]

    feed = parse_feed(body)

    papers = {item.paper.id.base: item.paper for item in feed.items}
    names = [name for paper in papers.values() for name in paper.authors]
    assert len(feed.items) == 81
    assert sum("\\" in line for line in written) == 20
    assert not [name for name in names if set(name) & set("\\{}()[]:,")]
    assert {"Michal Hajdušek", "Søren Stobbe", "Stanisław Świerczewski", "Patrik Öhberg", "Klaus Mølmer"} < {
        *names
    }
    assert all(len(name) <= 40 for name in names)
    assert not [paper.title for paper in papers.values() if re.search(r"\\['\"]", paper.title)]
