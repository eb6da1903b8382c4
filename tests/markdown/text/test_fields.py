"""The address of a paper's code is used where it is named, and never invented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from arxiv_watch.markdown.text.fields import code_address
from markdown_support import paper


@pytest.mark.parametrize(
    ("abstract", "comment", "address"),
    [
        ("Code: https://github.com/foo/serve.", "", "https://github.com/foo/serve"),
        ("", "see https://gitlab.com/foo/serve.git", "https://gitlab.com/foo/serve"),
        ("https://github.com/foo/serve", "https://github.com/foo/serve", "https://github.com/foo/serve"),
        ("https://github.com/foo/serve and https://github.com/bar/base", "", ""),
        ("our page https://foo.github.io/serve", "https://github.com/foo", ""),
        ("", "", ""),
    ],
)
def test_only_one_named_repository_is_the_code(abstract: str, comment: str, address: str) -> None:
    assert code_address(replace(paper(), abstract=abstract, comment=comment)) == address
