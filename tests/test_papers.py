import pytest

from arxiv_watch.papers import normalise_title


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KV Cache: A Survey", "kv-cache — a survey"),
        ("Schrödinger Bridges", "Schrodinger bridges"),
        ("$\\mathbf{A}$ Title", "$\\mathbf{A}$  title."),
        ("$\\mathcal{B}$-Cache: \\textsc{Fast} and {\\bf Small}", "B-Cache: Fast and Small"),
    ],
)
def test_spellings_of_one_title_are_the_same(one: str, other: str) -> None:
    assert normalise_title(one) == normalise_title(other)


def test_different_titles_stay_different() -> None:
    assert normalise_title("Attention Is All You Need") != normalise_title("Attention Is Not All You Need")


def test_a_letter_written_as_a_command_stays_a_part_of_its_title() -> None:
    assert normalise_title("$\\alpha$-Cache") == normalise_title("Alpha-Cache")
    assert normalise_title("$\\alpha$-Cache") != normalise_title("$\\beta$-Cache")
