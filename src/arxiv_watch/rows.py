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
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper

BadRow = Callable[[str], None]
"""Told of each row that is skipped: file, line number and what is wrong with it."""


def read_papers(path: Path, bad_row: BadRow) -> Iterator[Paper]:
    """Yield the papers of a JSON Lines file, gzipped if its name ends in `.gz`.

    A row that is JSON but no paper is told to `bad_row` and skipped.

    Raises:
        UsageError: The file is missing, not UTF-8, not gzip, or a line of it is not a JSON object.
    """
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                row = _read_row(line, f"{path}:{number}")
                try:
                    yield paper_from_row(row)
                except ValueError as error:
                    bad_row(f"{path}:{number}: row skipped: {error}")
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _read_row(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{place} is not JSON ({error})", "paper rows are JSON Lines in UTF-8") from error
    if not isinstance(row, dict):
        raise UsageError(f"{place} is not a JSON object", 'a paper row is {"id": …, "title": …}')
    return row


def paper_from_row(row: Mapping[str, Any]) -> Paper:
    """Make a paper of one row; unknown fields are ignored.

    Raises:
        ValueError: A required field is missing or a field has the wrong type.
    """
    title = " ".join(_text(row, "title").split())
    if not title:
        raise ValueError("no title")
    return Paper(
        id=ArxivId.parse(_text(row, "id")),
        title=title,
        abstract=_text(row, "abstract"),
        authors=_texts(row, "authors"),
        categories=_texts(row, "categories"),
        published=_date(row, "published"),
        announced=_date(row, "announced"),
        comment=_text(row, "comment"),
        journal_ref=_text(row, "journal_ref"),
        doi=_text(row, "doi"),
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
    }
    return {key: value for key, value in row.items() if value}


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON Lines, one row a line, as they come; the file appears whole or not at all.

    Raises:
        UsageError: The file cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a string")  # noqa: TRY004 - one kind of error a row
    return value


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{key} is not a list of strings")
    return tuple(value)


def _date(row: Mapping[str, Any], key: str) -> date | None:
    value = _text(row, key)
    try:
        return datetime.fromisoformat(value).date() if value else None
    except ValueError:
        raise ValueError(f"{key} is not an ISO date: {value!r}") from None
