import gzip
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from arxiv_watch.errors import ListError, UsageError
from arxiv_watch.files import _open_pipe, writing
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.rows import paper_from_row, paper_to_row, read_papers, write_rows

PAPER = Paper(
    id=ArxivId("2407.12391", 2),
    title="A Title",
    abstract="We measure.",
    authors=("Ada L.", "Alan T."),
    categories=("cs.DC", "cs.LG"),
    published=date(2024, 7, 17),
    announced=date(2024, 7, 18),
    comment="9 pages",
    journal_ref="J. 1",
    doi="10.1/2",
)


def test_a_paper_survives_being_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    write_rows(path, [paper_to_row(PAPER)])

    assert list(read_papers(path, pytest.fail)) == [PAPER]


def test_a_gzipped_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": "2407.12391", "title": "A Title", "unknown": 1}\n\n'))

    [paper] = read_papers(path, pytest.fail)

    assert paper == Paper(ArxivId("2407.12391"), "A Title")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"title": "no id"}, "not an arXiv identifier"),
        ({"id": "2407.12391", "title": " "}, "no title"),
        ({"id": 240712391, "title": "T"}, "id is not a string"),
        ({"id": "2407.12391", "title": "T", "authors": "Ada"}, "authors is not a list"),
        ({"id": "2407.12391", "title": "T", "published": "soon"}, "published is not an ISO date"),
    ],
)
def test_a_bad_row_is_reported_with_its_line_and_the_others_are_kept(
    tmp_path: Path, row: object, complaint: str
) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps(row) + '\n{"id": "2407.12391", "title": "A Title"}\n')
    told: list[str] = []

    papers = list(read_papers(path, told.append))

    assert [paper.title for paper in papers] == ["A Title"]
    assert told == [told[0]]
    assert f"{path}:1: " in told[0]
    assert complaint in told[0]


def test_names_are_squeezed_and_empty_ones_are_none() -> None:
    row = {
        "id": "2407.12391",
        "title": "T",
        "authors": [" ", "Ada\n Lovelace ", ""],
        "categories": ["cs.LG "],
    }

    paper = paper_from_row(row)

    assert (paper.authors, paper.categories) == (("Ada Lovelace",), ("cs.LG",))


@pytest.mark.parametrize(
    "line",
    [b"not json", b"[1]", b'{"id": "\xff"}', b'{"id": "2407.1', b'{"n": ' + b"1" * 5000 + b"}", b"[" * 99999],
)
def test_a_line_that_is_not_json_is_a_bad_row_among_others(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(line + b'\n{"id": "2407.12391", "title": "A Title"}\n' + line)
    told: list[str] = []

    papers = list(read_papers(path, told.append))

    assert [paper.title for paper in papers] == ["A Title"]
    assert [complaint.split(": ")[0] for complaint in told] == [f"{path}:1", f"{path}:3"]


@pytest.mark.parametrize(
    "content",
    [b"not json\n", b"# A list\n\n- nothing\n", b'[\n{"id": "2407.12391", "title": "T"},\n{}, 1]', b"\x00"],
)
def test_a_file_that_is_not_json_lines_is_refused_with_its_first_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=r"papers.jsonl is not JSON Lines.*papers.jsonl:1: "):
        list(read_papers(path, pytest.fail))


def test_what_could_not_be_written_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(
        '{"id": "2407.12391", "title": "\\ud800"}\n{"id": "2407.12391", "title": "T", "authors": ["\\ud800"]}'
    )
    told: list[str] = []

    assert list(read_papers(path, told.append)) == []
    assert all("surrogates not allowed" in complaint for complaint in told)
    assert len(told) == 2


def test_a_missing_or_damaged_file_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "papers.jsonl.gz"
    damaged.write_bytes(gzip.compress(b'{"id": "2407.12391", "title": "A Title"}\n' * 99)[:-12])

    with pytest.raises(UsageError, match="cannot be read"):
        list(read_papers(damaged, pytest.fail))
    with pytest.raises(UsageError, match="no file"):
        list(read_papers(tmp_path / "absent.jsonl", pytest.fail))


def test_a_pipe_is_written_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_rows(pipe, [{"id": "2407.12391"}])

    assert os.read(reader, 99) == b'{"id": "2407.12391"}\n'
    assert pipe.is_fifo()
    os.close(reader)


def test_no_file_is_made_where_a_pipe_is_gone_by_the_time_it_is_opened(tmp_path: Path) -> None:
    """A wait for its other end goes on after a signal, even where the folder has changed meanwhile."""
    gone = tmp_path / "pipe"

    with pytest.raises(OSError, match="nobody at its other end"):
        _open_pipe(gone, os.O_WRONLY | os.O_CREAT)

    assert not gone.exists()


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield {"id": "2407.12391"}
        raise ListError("no more")

    with pytest.raises(ListError):
        write_rows(tmp_path / "out.jsonl", rows())
    with pytest.raises(UsageError, match="cannot be written"):
        write_rows(tmp_path / "absent" / "out.jsonl", [])

    assert list(tmp_path.iterdir()) == []


def test_files_with_long_names_that_begin_alike_are_written_apart(tmp_path: Path) -> None:
    first, second = (tmp_path / f"{'a' * 60}{end}" for end in "12")
    with writing(first) as one, writing(second) as other:
        one.write(b"1")
        other.write(b"2")

    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    assert len(list(tmp_path.iterdir())) == 2
