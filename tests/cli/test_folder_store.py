from pathlib import Path

import pytest

from arxiv_watch.cli.folder_store import FolderStore


def test_what_was_stored_is_there_for_the_next_process(tmp_path: Path) -> None:
    FolderStore(tmp_path / "replay")["2025-06-abc"] = "null"

    store = FolderStore(tmp_path / "replay")
    assert dict(store) == {"2025-06-abc": "null"}
    assert len(store) == 1


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store["a"] = "1"
    del store["a"]

    assert store.get("a") is None
    with pytest.raises(KeyError):
        del store["a"]
