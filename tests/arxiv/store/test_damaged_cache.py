"""A cache that is damaged in any way is put aside and never felt."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from arxiv_scenarios import CATEGORIES, MONDAY, delivered, expected, world
from arxiv_support import MORNING, open_arxiv
from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.store.announcements import last_coverage
from arxiv_watch.arxiv.store.database import Database
from arxiv_watch.arxiv.store.records import RecordStore
from arxiv_watch.errors import UsageError
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv

FILE, LIMITER, LOCK = "arxiv.sqlite3", "arxiv-limiter.json", "arxiv.lock"
# `DAMAGES=500 pytest tests/arxiv/store/test_damaged_cache.py` tries so many: five minutes.
DAMAGES = int(os.environ.get("DAMAGES", "10"))

JUNK: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b'{"hosts": 3}',
    b"\xff\xfe",
    b"x" * 70_000,
    b"SQLite format 3\0",
)


def poll(folder: Path, days_later: int = 3) -> Poll:
    """Poll on the Monday after a Friday, and say that it was handled."""
    clock = FakeClock(MORNING)
    clock.sleep(days_later * 86_400)
    with FaultyArxiv(world(), clock=clock) as server, open_arxiv(server, folder, clock) as arxiv:
        result = arxiv.poll(CATEGORIES, reader="us")
        arxiv.metadata([row.paper.id for row in result.announcements][:3])
        arxiv.handled(result, reader="us")
        return result


@cache
def fridays_files() -> dict[str, bytes]:
    """The cache's folder as a run on Friday leaves it."""
    with tempfile.TemporaryDirectory() as folder:
        poll(Path(folder), days_later=0)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in fridays_files().items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def flip_bytes(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 1, 8, 200])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def zero_a_page(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(0, len(data), 4096)
    data[start : start + 4096] = bytes(len(data[start : start + 4096]))
    return bytes(data)


def swap_pages(data: bytearray, chance: random.Random) -> bytes:
    one, other = (4096 * chance.randrange(len(data) // 4096 or 1) for _ in range(2))
    data[one : one + 4096], data[other : other + 4096] = data[other : other + 4096], data[one : one + 4096]
    return bytes(data)


def cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(len(data))])


def something_else(data: bytearray, chance: random.Random) -> bytes:
    return chance.choice([*JUNK, fridays_files()[FILE], bytes(reversed(data))])


Damage = Callable[[bytearray, random.Random], bytes]
KINDS: tuple[Damage, ...] = (flip_bytes, flip_bytes, zero_a_page, swap_pages, cut, something_else)


@pytest.mark.parametrize("seed", range(DAMAGES))
def test_whatever_is_damaged_the_run_goes_on_and_finds_the_same(seed: int, folder: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    target = folder / chance.choice([FILE, FILE, FILE, LIMITER, FILE + ".checksum", LOCK])
    before = target.read_bytes()
    damaged = chance.choice(KINDS)(bytearray(before or b" "), chance)
    target.write_bytes(damaged)

    found = poll(folder)
    again = poll(folder, days_later=4)

    assert expected(world(), MONDAY) <= {*delivered(found)}
    assert all(row.state.is_whole for row in found.coverage if row.day == MONDAY)
    assert found.background == undamaged().background
    assert expected(world(), MONDAY).isdisjoint(delivered(again))
    if target.name == FILE and damaged not in {before, b""}:
        assert (folder / f"{FILE}.damaged").exists()


@cache
def undamaged() -> Poll:
    with tempfile.TemporaryDirectory() as name:
        for file, data in fridays_files().items():
            (Path(name) / file).write_bytes(data)
        return poll(Path(name))


@pytest.mark.parametrize("seed", range(DAMAGES // 2))
def test_the_cache_of_a_killed_run_has_no_checksum_and_is_never_felt_either(seed: int, folder: Path) -> None:
    chance = random.Random(1_000_000 + seed)  # noqa: S311 - no secret
    (folder / f"{FILE}.checksum").unlink()
    data = bytearray((folder / FILE).read_bytes())
    (folder / FILE).write_bytes(chance.choice(KINDS)(data, chance))

    poll(folder)


def test_a_folder_in_the_place_of_the_cache_is_put_aside_after_a_file_was(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"not a database at all" * 100)
    Database(path).close()
    path.unlink()
    path.mkdir()

    Database(path).close()

    assert path.is_file()
    assert (tmp_path / f"{FILE}.damaged").is_dir()


def test_one_line_says_what_was_put_aside(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / FILE).write_bytes(b"not a database at all" * 100)

    poll(folder)

    assert caplog.messages == [f"the cache's {FILE} is replaced by a new one: file is not a database"]
    assert (folder / f"{FILE}.damaged").read_bytes().startswith(b"not a database")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE records",
        "ALTER TABLE papers ADD COLUMN more TEXT",
        "CREATE TABLE other (name TEXT)",
        "PRAGMA user_version = 3",
        "PRAGMA user_version = 0",
    ],
)
def test_a_schema_that_is_not_ours_is_put_aside(folder: Path, statement: str) -> None:
    database = sqlite3.connect(folder / FILE, isolation_level=None)
    database.execute(statement)
    database.close()

    assert expected(world(), MONDAY) <= {*delivered(poll(folder))}
    assert (folder / f"{FILE}.damaged").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE papers SET row = x'00'",
        "UPDATE records SET row = 'text'",
        "UPDATE records SET submitted = 'yesterday', categories = NULL",
        "UPDATE coverage SET state = 'freshly', read_at = 7",
        "UPDATE announcements SET type = 'newest'",
        "UPDATE batches SET missing = '['",
        "UPDATE batches SET min_id = '2511.x'",
        "UPDATE harvests SET day = '2026-13-01'",
        "UPDATE readers SET seq = 'many'",
        "DELETE FROM identity",
    ],
)
def test_a_row_that_does_not_decode_is_damage_too(folder: Path, statement: str) -> None:
    database = sqlite3.connect(folder / FILE, isolation_level=None)
    database.execute("PRAGMA ignore_check_constraints = ON")
    try:
        database.execute(statement)
    except sqlite3.IntegrityError:
        database.execute(statement.replace("NULL", "3"))
    database.close()

    assert expected(world(), MONDAY) <= {*delivered(poll(folder))}


@pytest.mark.parametrize("name", [FILE, LIMITER, LOCK, f"{FILE}.checksum", f"{FILE}.damaged"])
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_file_is_put_aside(folder: Path, name: str, make: Callable[[Path], None]) -> None:
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    if name.endswith("damaged"):
        (folder / FILE).write_bytes(b"not a database" * 10)

    assert expected(world(), MONDAY) <= {*delivered(poll(folder))}


@pytest.mark.parametrize(
    "state",
    [
        {"requests": -5},
        {"requests": 10**9},
        {"requests": "3"},
        {"last_start": "yesterday"},
        {"last_start": 1e300},
        {"day": 20261120},
        {"hosts": []},
        {"hosts": {"127.0.0.1": {"refusals": 10**9}}},
        {"hosts": {"127.0.0.1": {"not_before": -1}}},
        {"hosts": {"127.0.0.1": {"surprise": 1}}},
    ],
    ids=str,
)
def test_a_limiter_that_is_not_what_we_wrote_is_put_aside(
    folder: Path, state: object, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / LIMITER).write_text(json.dumps(state))

    assert expected(world(), MONDAY) <= {*delivered(poll(folder))}
    assert len(caplog.messages) == 1
    assert (folder / f"{LIMITER}.damaged").exists()


def test_an_old_journal_does_not_spoil_the_new_cache(folder: Path) -> None:
    (folder / FILE).write_bytes(b"not a database" * 10)
    (folder / f"{FILE}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4096))

    poll(folder)

    assert last_coverage(folder, CATEGORIES)


def test_a_full_disk_is_told_as_one_and_the_cache_is_kept(folder: Path) -> None:
    database = Database(folder / FILE)
    [pages] = database.connection.execute("PRAGMA page_count").fetchone()
    database.connection.execute(f"PRAGMA max_page_count = {pages}")
    clock = FakeClock(MORNING)
    clock.sleep(3 * 86_400)
    with FaultyArxiv(world(), clock=clock) as server, open_arxiv(server, folder, clock) as arxiv:
        arxiv._cache.close()
        arxiv._cache.database.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(UsageError, match="is full"):
            arxiv.poll(CATEGORIES)
    database.close()

    assert not (folder / f"{FILE}.damaged").exists()


def test_another_process_that_writes_leaves_the_checksum_to_the_last(folder: Path) -> None:
    checksum = folder / f"{FILE}.checksum"
    first, second = Database(folder / FILE), Database(folder / FILE)
    first.close()
    stale = checksum.read_bytes()
    RecordStore(second).put_records("cs", MONDAY, MONDAY, [])
    second.connection.close()  # killed: the checksum is still that of the first
    assert checksum.read_bytes() == stale

    third = Database(folder / FILE)

    assert RecordStore(third).harvest("cs") is not None
    third.close()
    assert not (folder / f"{FILE}.damaged").exists()
