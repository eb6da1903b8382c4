"""A fresh GitHub with a list on it for each test of the forge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forge_support import Hub
from forge_support import hub as make_hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made
