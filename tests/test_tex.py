"""TeX accents and letters become Unicode; everything else stays."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.tex import clean_names, decode_accents, split_names


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"Andr\'e M\"uller", "André Müller"),
        (r"{\'E}mile, \'{E}mile, {\'{E}}mile, \' Emile", "Émile, Émile, Émile, Émile"),
        (r"Hajdu\v{s}ek, Hajdu{\v s}ek, Hajdu\v sek", "Hajdušek, Hajdušek, Hajdušek"),
        (r"S{\o}ren, S\o ren, S\o{}ren, \O stergaard", "Søren, Søren, Søren, Østergaard"),
        (r"Erd\H{o}s, Gy\H orgy", "Erdős, Győrgy"),
        (r"Mart\'\i nez, Mart\'{\i}nez, Mart{\'\i}nez", "Martínez, Martínez, Martínez"),
        (r"Stanis{\l}aw \'Swierczewski, \L ukasz", "Stanisław Świerczewski, Łukasz"),
        (r"Fran\c{c}ois, \c Ca\u{g}lar, K\k{a}tski, \.Z\.{z}", "François, Çağlar, Kątski, Żż"),
        (r"\AA ngstr\"om, Stra\ss e, Sm\aa{}", "Ångström, Straße, Små"),
        (r"Ho\`ang, Gar\c{c}\~ao, \^Ile, M\=aori, \r{u}, \d{a}", "Hoàng, Garção, Île, Māori, ů, ạ"),
    ],
)
def test_accents_and_letters_are_decoded_however_they_are_written(written: str, shown: str) -> None:
    assert decode_accents(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        r"$x<y$ with $\tilde{a}$ and $\'e$",
        "Saving 50% of C# & {GPU} memory ~ a_b^2",
        r"\emph{New} \textbf{models} \over \oint \lambda \v{q}",
        r"\"Hello\" World",
        r"C:\users\home",
        r"\'",
        "\\",
    ],
)
def test_mathematics_and_other_commands_stay(text: str) -> None:
    assert decode_accents(text) == text


@given(st.text(alphabet="\\'\"{}vosiaeH $^~=l "))
def test_what_is_decoded_is_decoded_once_and_for_all_of_any_text(text: str) -> None:
    decoded = decode_accents(text)

    assert len(decoded) <= len(text)
    assert decode_accents(text.replace("\\", "")) == text.replace("\\", "")


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
