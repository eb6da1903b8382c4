from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.identifiers import ArxivId

NEW_STYLE = st.builds(
    lambda year, month, number: f"{year:02}{month:02}.{number:05}",
    st.integers(15, 30),
    st.integers(1, 12),
    st.integers(1, 99999),
)
OLD_STYLE = st.builds(
    lambda archive, year, month, number: f"{archive}/{year % 100:02}{month:02}{number:03}",
    st.sampled_from(["hep-th", "cs", "math", "solv-int", "cond-mat"]),
    st.integers(1992, 2006),
    st.integers(1, 12),
    st.integers(1, 999),
)


@pytest.mark.parametrize(
    ("text", "base", "version"),
    [
        ("2407.12391", "2407.12391", None),
        (" arXiv:2407.12391v2 ", "2407.12391", 2),
        ("oai:arXiv.org:2508.13426v1", "2508.13426", 1),
        ("0704.0001", "0704.0001", None),
        ("hep-th/9901001v3", "hep-th/9901001", 3),
        ("math.GT/0309136", "math/0309136", None),
        ("https://arxiv.org/abs/2407.12391", "2407.12391", None),
        ("http://www.arxiv.org/abs//2206.15433", "2206.15433", None),
        ("https://arxiv.org/pdf/1909.08053.pdf", "1909.08053", None),
        ("https://arxiv.org/pdf/2407.06204v1", "2407.06204", 1),
        ("https://arxiv.org/html/2411.14698v1/", "2411.14698", 1),
        ("https://arxiv.org/abs/2409.00556#", "2409.00556", None),
        ("https://arxiv.org/abs/2408.13510?utm_source=pocket_shared", "2408.13510", None),
        ("https://arxiv.org/ftp/arxiv/papers/2403/2403.20041.pdf", "2403.20041", None),
        ("https://export.arxiv.org/abs/solv-int/9901001", "solv-int/9901001", None),
        ("https://doi.org/10.48550/arXiv.2402.16363", "2402.16363", None),
        ("10.48550/arXiv.2402.16363", "2402.16363", None),
        ("https://ar5iv.labs.arxiv.org/html/2402.16363", "2402.16363", None),
        ("https://www.alphaxiv.org/abs/2402.16363", "2402.16363", None),
        ("https://huggingface.co/papers/2402.16363", "2402.16363", None),
        ("arxiv.org/abs/2402.16363v3", "2402.16363", 3),
        ("https://arxiv.org/abs/arXiv:2407.12391", "2407.12391", None),
        ("https://arxiv.org/abs/arXiv:hep-th/9901001v2", "hep-th/9901001", 2),
        ("https://huggingface.co/papers/arxiv:2407.12391", "2407.12391", None),
        ("Http://arxiv.org/abs/2407.12391", "2407.12391", None),
        ("HTTPS://ARXIV.ORG/abs/2407.12391", "2407.12391", None),
        ("https://arxiv.org/abs/2407.12391%20", "2407.12391", None),
        ("www.arxiv.org/pdf/math.GT/0309136", "math/0309136", None),
        ("doi.org/10.48550/arXiv.2402.16363", "2402.16363", None),
        ("arXiv:2402.16363v2 [cs.DC]", "2402.16363", 2),
        ("arXiv:hep-th/9901001v3 [hep-th]", "hep-th/9901001", 3),
    ],
)
def test_every_form_in_which_people_write_an_identifier_is_read(
    text: str, base: str, version: int | None
) -> None:
    found = ArxivId.parse(text)

    assert (found.base, found.version) == (base, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "203.05527",
        "2413.00001",
        "1412.12345",
        "1501.1234",
        "0703.0001",
        "cs/0113001",
        "https://example.org/abs/2407.12391",
        "https://arxiv.org/list/cs.LG/new",
        "https://arxiv.org/html/2411.14698v1/x1.png",
        "https://doi.org/10.1007/JHEP09(2023)149",
        "https://huggingface.co/meta-llama/2407.12391",
        "https://[bad",
    ],
)
def test_text_that_is_not_an_identifier_is_not_read_as_one(text: str) -> None:
    assert ArxivId.find(text) is None
    with pytest.raises(ValueError, match="not an arXiv identifier"):
        ArxivId.parse(text)


@given(st.one_of(NEW_STYLE, OLD_STYLE), st.one_of(st.none(), st.integers(1, 30)))
def test_an_identifier_survives_being_written_and_read(base: str, version: int | None) -> None:
    written = str(ArxivId(base, version))

    read = ArxivId.parse(written)

    assert (read.base, read.version) == (base, version)
    assert ArxivId.parse(read.abs_url) == read


def test_two_versions_of_a_paper_are_the_same_paper() -> None:
    assert {ArxivId.parse("2407.12391v1"), ArxivId.parse("2407.12391v2")} == {ArxivId.parse("2407.12391")}


@pytest.mark.parametrize(
    ("identifier", "month"),
    [
        ("2407.12391", date(2024, 7, 1)),
        ("hep-th/9901001", date(1999, 1, 1)),
        ("math/0703001", date(2007, 3, 1)),
    ],
)
def test_an_identifier_names_its_month(identifier: str, month: date) -> None:
    assert ArxivId.parse(identifier).month == month


def test_identifiers_sort_by_time_over_all_styles() -> None:
    in_order = [
        ArxivId(base) for base in ("hep-th/9108001", "cs/0101001", "0704.0001", "1412.9999", "1501.00001")
    ]

    shuffled = [in_order[place] for place in (3, 1, 4, 0, 2)]

    assert sorted(shuffled) == in_order
