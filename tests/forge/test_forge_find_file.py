"""One file of the default branch, read without a clone: how the config is found without a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_watch.errors import ForgeError
from forge_support import LIST, Hub
from forge_support import hub as make_hub


def test_the_first_path_that_is_a_file_wins(tmp_path: Path) -> None:
    files = {"config/arxiv-watch.yml": b"one", ".github/arxiv-watch.yml": b"two", "README.md": LIST}
    with make_hub(tmp_path, files) as hub:
        found = hub.forge().find_file(["absent.yml", ".github/arxiv-watch.yml", "config/arxiv-watch.yml"])

    assert found == (".github/arxiv-watch.yml", b"two")


def test_no_file_gives_none_and_a_folder_is_not_a_file(hub: Hub) -> None:
    assert hub.forge().find_file(["absent.yml", "."]) is None


def test_a_wrong_token_is_reported(hub: Hub) -> None:
    with pytest.raises(ForgeError, match="Bad credentials"):
        hub.forge("wrong").find_file(["README.md"])
