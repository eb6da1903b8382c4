"""A browser for the tests that look at a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser_support import Browser, find_browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    binary = find_browser()
    if binary is None:
        pytest.skip("needs a Chromium on PATH to look at the page")
    with Browser(binary, tmp_path_factory.mktemp("profile")) as running:
        yield running
