"""Tables of the benchmarks, and their place in docs/classifier.md."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "classifier.md"


def table_row(*cells: object) -> str:
    """Write one row of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def table_head(*names: object) -> str:
    """Write the two lines that a Markdown table begins with."""
    return f"{table_row(*names)}\n|{'---|' * len(names)}"


def write_tables(name: str, text: str) -> None:
    """Put what a benchmark printed between its two comments in docs/classifier.md."""
    begin, end = (f"<!-- {name}: {edge} -->" for edge in ("begin", "end"))
    before, rest = PAGE.read_text(encoding="utf-8").split(begin)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")
