"""The rim: programs in the repository that write the list, where the list itself does not say so."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from arxiv_watch.markdown.document import Finding

# matches "scripts/make_readme.py" and "Makefile"
_PROGRAM = re.compile(r".*\.(?:py|js|mjs|cjs|ts|rb|sh|ya?ml)|(?:GNU)?[Mm]akefile")
_SKIPPED = {".git", ".venv", "venv", "node_modules", "site-packages", "__pycache__"}
_DEEPEST = 3  # folders below the root; programs that make a list lie near it
_MOST = 500  # programs looked at
_LONGEST = 200_000  # bytes of a program


def find_generators(root: Path, paths: Iterable[str]) -> tuple[Finding, ...]:
    """Report programs that seem to write a file of the list: an entry put there by hand would be lost.

    A program may write only counts or the contents, so this is a warning and no reason to refuse.

    Args:
        root: The repository.
        paths: The list's files, relative to it.
    """
    programs = dict(_programs(root))
    return tuple(
        Finding(
            path,
            0,
            "warning",
            f"{program}:{line} seems to write this file: {words}",
            "if it makes the list, watch what the list is made from",
        )
        for path in paths
        for program, text in programs.items()
        for line, words in _writes(text, Path(path).name)
    )


def _programs(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of each program near the root, links left alone."""
    seen = 0
    for folder, folders, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and depth < _DEEPEST)
        for name in sorted(names):
            file = Path(folder, name)
            if _PROGRAM.fullmatch(name) and seen < _MOST and not file.is_symlink():
                seen += 1
                if file.stat().st_size <= _LONGEST:
                    yield file.relative_to(root).as_posix(), file.read_text("utf-8", errors="replace")


def _writes(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield the first line of a program that writes or commits a file of this name."""
    file = rf"[\w./-]{{0,80}}(?<![\w-]){re.escape(name)}\b"
    pattern = re.compile(
        rf"open\([^)\n]{{0,80}}{file}[\"'][^)\n]{{0,40}}[\"'][wa]b?\+?[\"']"
        rf"|write(?:File(?:Sync)?|_text|_bytes)?\([^)\n]{{0,80}}{file}"
        rf"|{file}[\"']\)?\.write_(?:text|bytes)\("
        rf"|>>?[ \t]*[\"']?{file}|git add [^\n]{{0,80}}{file}|(?:file_pattern|add-paths):[^\n]{{0,80}}{file}"
    )
    match = pattern.search(text) if name in text else None
    if match:
        line = text.count("\n", 0, match.start()) + 1
        yield line, text.splitlines()[line - 1].strip()[:120]
