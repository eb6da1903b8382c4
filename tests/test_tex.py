"""TeX accents and letters become Unicode; everything else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.tex import decode_accents


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
