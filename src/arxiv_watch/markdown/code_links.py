"""The one address of a paper's code, where its abstract or its authors' comment names it."""

from __future__ import annotations

import re

from arxiv_watch.papers import Paper

_REPOSITORY = re.compile(  # matches "https://github.com/owner/name"
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[\w.-]+/[\w.-]*\w"
)


def is_code_address(url: str) -> bool:
    """Return whether an address is that of a repository on a code host."""
    return bool(_REPOSITORY.match(url))


def code_address(paper: Paper) -> str:
    """Return the address of the paper's code; empty where none is named, or several are."""
    found = {match.removesuffix(".git") for match in _REPOSITORY.findall(f"{paper.abstract} {paper.comment}")}
    return found.pop() if len(found) == 1 else ""
