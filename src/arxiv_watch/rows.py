"""Paper rows: JSON Lines of papers, plain or gzipped, read and written."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from arxiv_watch.errors import UsageError
from arxiv_watch.files import MEGABYTE, open_input, writing
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from arxiv_watch.tex import clean_names, decode_accents

LONGEST_ROW = MEGABYTE  # in bytes; a paper of three thousand authors has less than a tenth of it

BadRow = Callable[[str], None]
"""Called for each row that is skipped, with the file, the line number and what is wrong."""


def read_papers(path: Path, bad_row: BadRow) -> Iterator[Paper]:
    """Yield the papers of a JSON Lines file, gzipped if its name ends in `.gz`.

    A line that is not a paper is reported to `bad_row` and skipped.

    Raises:
        UsageError: The file is missing or damaged, or no line of it is a JSON object.
    """
    held_back: list[str] = []  # complaints, as long as this may be no JSON Lines at all
    is_json_lines = False
    for number, line in _lines(path):
        paper = None
        try:
            row = _read_row(line)
            is_json_lines = True
            paper = paper_from_row(row)
        except ValueError as error:
            held_back.append(f"{path}:{number}: row skipped: {error}")
        if is_json_lines:
            for complaint in held_back:
                bad_row(complaint)
            held_back.clear()
        if paper:
            yield paper
    if held_back:
        raise UsageError(
            f"{path} is not JSON Lines in UTF-8: {held_back[0]}",
            'a line holds a paper: {"id": …, "title": …}',
        )


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers."""
    try:
        with open_input(path) as file:
            lines = gzip.GzipFile(fileobj=file) if path.suffix.lower() == ".gz" else file
            for number, line in enumerate(iter(lambda: lines.readline(LONGEST_ROW), b""), start=1):
                if len(line) == LONGEST_ROW:
                    message = f"{path}:{number}: a line of more than {LONGEST_ROW / MEGABYTE:g} MB"
                    raise UsageError(message, "a line holds one paper")
                if line.strip():
                    yield number, line
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _read_row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # numbers of too many digits are a ValueError too
        raise ValueError(f"not JSON ({error})") from error
    match row:
        case dict():
            return row
    raise ValueError("not a JSON object")


def paper_from_row(row: Mapping[str, Any]) -> Paper:
    """Make a paper of one row; unknown fields are ignored.

    Raises:
        ValueError: A required field is missing or a field has the wrong type.
    """
    title = decode_accents(" ".join(_text(row, "title").split()))
    if not title:
        raise ValueError("no title")
    return Paper(
        id=ArxivId.parse(_text(row, "id")),
        title=title,
        abstract=_text(row, "abstract"),
        authors=clean_names(_texts(row, "authors")),
        categories=_texts(row, "categories"),
        published=_date(row, "published"),
        announced=_date(row, "announced"),
        comment=_text(row, "comment"),
        journal_ref=_text(row, "journal_ref"),
        doi=_text(row, "doi"),
        withdrawn=row.get("withdrawn") is True,
    )


def paper_to_row(paper: Paper) -> dict[str, Any]:
    """Make the row of one paper, empty fields left out."""
    row: dict[str, Any] = {
        "id": str(paper.id),
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "published": paper.published and paper.published.isoformat(),
        "announced": paper.announced and paper.announced.isoformat(),
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "doi": paper.doi,
        "withdrawn": paper.withdrawn,
    }
    return {key: value for key, value in row.items() if value}


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON Lines, one row per line, as they come; the file appears whole or not at all.

    A special file, such as `/dev/stdout`, is written to directly and never replaced.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        with writing(path) as file:
            for row in rows:
                file.write(f"{json.dumps(row, ensure_ascii=False)}\n".encode())
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _text(row: Mapping[str, Any], key: str) -> str:
    match row.get(key):
        case None:
            return ""
        case str(value):
            value.encode()  # half a surrogate pair could be read, but never be written
            return value
    raise ValueError(f"{key} is not a string")


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{key} is not a list of strings")
    "".join(value).encode()
    return tuple(text for text in (" ".join(item.split()) for item in value) if text)


def _date(row: Mapping[str, Any], key: str) -> date | None:
    value = _text(row, key)
    try:
        return datetime.fromisoformat(value).date() if value else None
    except ValueError:
        raise ValueError(f"{key} is not an ISO date: {value!r}") from None
