"""Links between the documents lead somewhere, anchors included, and the index knows every page."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_support import DOCUMENTS, ROOT, anchors_of, links_of


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links_of(path):
        name, _, anchor = link.partition("#")
        if name.startswith(("https:", "http:", "mailto:")):
            continue
        target = path.parent / name if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def test_every_page_is_in_the_index() -> None:
    pages = {path.name for path in DOCUMENTS if path.parent != ROOT} - {"README.md"}

    assert pages == {link for link in links_of(ROOT / "docs" / "README.md") if "/" not in link}
