"""The history of a list is what git says it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import ListHistory, read_history, read_rows, refuse_fragment
from markdown_support import commit, git, read

ENTRY = "- [{0} of All Things](https://arxiv.org/abs/{1})\n"


def test_rows_tell_when_a_paper_came_moved_and_went(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    one, two = ENTRY.format("One", "2401.00001"), ENTRY.format("Two", "2402.00001")
    commit(tmp_path, f"# A\n{one}# B\n{two}", "2024-03-01")
    commit(tmp_path, f"# A\n# B\n{two}{one}", "2024-04-01")
    commit(tmp_path, f"# A\n# B\n{one}", "2024-05-01")

    rows = read_rows(tmp_path, ["README.md"])

    assert [(row.id.base, row.path, row.added, row.removed) for row in rows] == [
        ("2401.00001", ("A",), date(2024, 3, 1), date(2024, 4, 1)),
        ("2402.00001", ("B",), date(2024, 3, 1), date(2024, 5, 1)),
        ("2401.00001", ("B",), date(2024, 4, 1), None),
    ]


def test_the_history_is_the_same_whatever_the_user_has_set_for_git(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    one, two, more = ENTRY.format("One", "2401.00001"), ENTRY.format("Two", "2402.00001"), "- no paper\n"
    commit(tmp_path, f"# A\n{one}# B\n{more}", "2024-03-01")
    text = f"# A\n{two}{one}# B\n{more}{more}"
    commit(tmp_path, text, "2024-04-01")
    rows = read_rows(tmp_path, ["README.md"])
    history = read_history(tmp_path, {"README.md": text.encode()})
    _sign(tmp_path)
    for setting in ("log.showSignature=true", "log.showRoot=false", "diff.interHunkContext=9"):
        git(tmp_path, "config", *setting.split("="))

    again = read_history(tmp_path, {"README.md": text.encode()})
    assert read_rows(tmp_path, ["README.md"]) == rows
    assert again.arrivals["README.md"].ages == history.arrivals["README.md"].ages


def _sign(root: Path) -> None:
    """Sign the last commit with a program that stands in for GnuPG: it says yes to every signature."""
    program = root / ".git" / "gpg"
    program.write_text(
        "#!/bin/sh\ncat >/dev/null\necho 'gpg: Good signature' >&2\necho '[GNUPG:] SIG_CREATED ' >&2\n"
        "echo '-----BEGIN PGP SIGNATURE-----'\necho '-----END PGP SIGNATURE-----'\n"
    )
    program.chmod(0o755)
    git(root, "config", "gpg.program", str(program))
    git(root, "commit", "--quiet", "--amend", "--no-edit", "--gpg-sign", day="2024-04-01")


def test_a_list_in_a_folder_of_a_repository_has_its_history(tmp_path: Path) -> None:
    """Asked from `docs/`, git was told to look for the file at the top, and every line passed for new."""
    git(tmp_path, "init", "--quiet")
    folder = tmp_path / "docs"
    folder.mkdir()
    one, two = ENTRY.format("One", "2401.00001"), ENTRY.format("Two", "2402.00001")
    commit(folder, f"# A\n{one}", "2024-03-01")
    commit(folder, f"# A\n{two}{one}", "2024-04-01")

    history = read_history(folder, {"README.md": (folder / "README.md").read_bytes()})

    assert history.arrivals["README.md"].ages == (2, 1, 2)
    assert [row.added for row in read_rows(folder, ["README.md"])] == [date(2024, 3, 1), date(2024, 4, 1)]


def test_a_list_that_was_renamed_keeps_its_history(tmp_path: Path) -> None:
    """Once with a change in the same commit; a file that takes the former name is another one."""
    git(tmp_path, "init", "--quiet")
    entries = [ENTRY.format(f"Paper {month}", f"24{month:02}.00001") for month in range(1, 7)]
    for count, name, day in ((2, "README.md", "03-01"), (3, "README.md", "04-01"), (4, "papers.md", "05-01")):
        (tmp_path / "README.md").unlink(missing_ok=True)
        commit(tmp_path, "# A\n" + "".join(entries[:count]), f"2024-{day}", name)
    commit(tmp_path, "# A\n" + entries[5], "2024-06-01", "README.md")
    (tmp_path / "papers.md").unlink()
    commit(tmp_path, "# A\n" + "".join(entries[:4]), "2024-07-01", "docs/list.md")
    commit(tmp_path, "# A\n" + "".join(entries[:5]), "2024-08-01", "docs/list.md")
    data = (tmp_path / "docs/list.md").read_bytes()

    history = read_history(tmp_path, {"docs/list.md": data}, versions=True)

    # Changes are counted back: 1 August, 2 the second renaming, 3 May with the first one, 4 April.
    assert history.arrivals["docs/list.md"].ages == (5, 5, 5, 4, 3, 1)
    assert [version.papers for version in history.versions] == [4]
    added = [row.added.month for row in read_rows(tmp_path, ["docs/list.md"])]
    assert added == [3, 3, 4, 5, 8]


def test_a_copy_has_no_history_of_its_own(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    text = "# A\n" + "".join(ENTRY.format(f"Paper {month}", f"24{month:02}.00001") for month in range(1, 7))
    commit(tmp_path, text, "2024-03-01")
    commit(tmp_path, text, "2024-04-01", "README_zh.md")

    history = read_history(tmp_path, {"README_zh.md": text.encode()})

    assert set(history.arrivals["README_zh.md"].ages) == {1}


def test_a_repository_that_git_refuses_is_not_told_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, ENTRY.format("One", "2401.00001"), "2024-03-01")
    assert read_rows(tmp_path, ["README.md"])
    assert not caplog.records

    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own tests stand in for an owner so

    assert read_rows(tmp_path, ["README.md"]) == ()
    assert "the list's history could not be looked at" in caplog.text
    assert "git config --global --add safe.directory" in caplog.text


def test_a_folder_without_git_has_an_empty_history(tmp_path: Path) -> None:
    assert read_rows(tmp_path, ["README.md"]) == ()
    assert read_history(tmp_path, {"README.md": b""}) == ListHistory()


def test_a_real_history_is_replayed_as_it_was_recorded(shared: Path, tmp_path: Path) -> None:
    name = "chenhongyu2048+LLM-inference-optimization-paper"
    bundle = shared / "lists" / f"{name}.bundle"
    subprocess.run(
        ["git", "clone", "--quiet", str(bundle), str(tmp_path / "list")], check=True, capture_output=True
    )
    recorded = [
        json.loads(line)
        for line in (shared / "lists" / "history" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]

    rows = read_rows(tmp_path / "list", ["README.md"])

    wanted = {(row["id"], tuple(row["path"])) for row in recorded if row["removed"] is None}
    found = {(row.id.base, row.path) for row in rows if row.removed is None}
    assert len(wanted & found) >= 0.99 * len(wanted)
    days = {(row.id.base, row.path): row.added.isoformat() for row in rows if row.removed is None}
    same = [row for row in recorded if days.get((row["id"], tuple(row["path"]))) == row["added"]]
    assert len(same) >= 0.9 * len(wanted)


def test_a_paper_is_known_in_every_form_of_link() -> None:
    forms = [
        "https://arxiv.org/abs/2401.00001v2",
        "http://arxiv.org/pdf/2401.00001.pdf",
        "https://www.arxiv.org/abs/2401.00001?utm_source=x",
        "https://export.arxiv.org/abs/2401.00001#",
        "https://arxiv.org/html/2401.00001v3",
        "https://doi.org/10.48550/arXiv.2401.00001",
        "https://ar5iv.org/abs/2401.00001",
        "https://www.alphaxiv.org/abs/2401.00001",
        "https://huggingface.co/papers/2401.00001",
        "https://arxiv.org/abs//2401.00001",
    ]

    for form in forms:
        assert ArxivId("2401.00001") in read(f"# A\n- [Some Paper of Ours]({form})\n").ids, form


def test_a_renamed_heading_keeps_its_papers_days(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    papers = ENTRY.format("One", "2401.00001") + ENTRY.format("Two", "2402.00001")
    commit(tmp_path, f"# Old\n{papers}", "2024-03-01")
    commit(tmp_path, f"# New\n{papers}", "2024-04-01")

    rows = read_rows(tmp_path, ["README.md"])

    assert [(row.path, row.added, row.removed) for row in rows] == [(("New",), date(2024, 3, 1), None)] * 2


@pytest.mark.parametrize("seed", ["0", "1", "2", "4"])
def test_a_heading_that_became_two_is_followed_to_the_same_one_whatever_the_hash_seed(
    tmp_path: Path, seed: str
) -> None:
    git(tmp_path, "init", "--quiet")
    entry = ENTRY.format("One", "2401.00001")
    commit(tmp_path, f"# Old\n{entry}", "2024-03-01")
    commit(tmp_path, f"# Aa\n{entry}\n# Bb\n{entry}", "2024-04-01")
    code = (
        "from pathlib import Path\n"
        "from arxiv_watch.markdown import read_rows\n"
        "rows = read_rows(Path(), ['README.md'])\n"
        "print([(row.path[0], str(row.added)) for row in rows])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[('Aa', '2024-03-01'), ('Bb', '2024-04-01')]"


def test_a_paper_that_comes_back_was_never_away(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    one, two, three = (ENTRY.format(f"Paper {n}", f"240{n}.00001") for n in (1, 2, 3))
    commit(tmp_path, f"# A\n{one}{two}", "2024-03-01")
    commit(tmp_path, f"# A\n{two}", "2024-04-01")
    commit(tmp_path, f"# A\n{two}{three}{one}", "2024-05-01")

    rows = read_rows(tmp_path, ["README.md"])

    assert [(row.id.base, row.added.month, row.removed) for row in rows] == [
        ("2401.00001", 3, None),
        ("2402.00001", 3, None),
        ("2403.00001", 5, None),
    ]


def test_the_history_remembers_papers_that_were_taken_out(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    commit(
        tmp_path,
        "# A\n" + ENTRY.format("One", "2401.00001") + ENTRY.format("Two", "2402.00001"),
        "2024-03-01",
    )
    now = "# A\n" + ENTRY.format("Two", "2402.00001")
    commit(tmp_path, now, "2024-04-01")

    history = read_history(tmp_path, {"README.md": now.encode()})

    assert history.ids == {ArxivId("2401.00001")}


def read_sizes(root: Path) -> ListHistory:
    return read_history(root, {"README.md": (root / "README.md").read_bytes()}, versions=True)


WHOLE = "# List\n" + "".join(
    f"## Part {part}\n"
    + "".join(ENTRY.format(f"Work {part}{number}", f"24{part:02}.0000{number}") for number in "123")
    for part in range(1, 7)
)


@pytest.mark.parametrize(
    "broken", [WHOLE.replace("## Part", "Part"), WHOLE[: len(WHOLE) // 3]], ids=["no headings", "cut off"]
)
def test_a_list_that_has_just_lost_most_of_itself_is_left_alone_for_a_day(
    tmp_path: Path, broken: str
) -> None:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, WHOLE, "2024-06-01")
    commit(tmp_path, broken, "2024-06-10")
    history = read_sizes(tmp_path)

    for day in (10, 11):
        with pytest.raises(EditRefusedError, match="where there were 18 under 6 on 2024-06-01"):
            refuse_fragment(read(broken), history, date(2024, 6, day))
    refuse_fragment(read(broken), history, date(2024, 6, 12))  # meant, since nobody mended it


def test_a_list_that_grows_or_was_mended_or_is_new_is_no_fragment(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, WHOLE[: len(WHOLE) // 3], "2024-06-09")
    refuse_fragment(read(WHOLE), read_sizes(tmp_path), date(2024, 6, 10))
    commit(tmp_path, WHOLE, "2024-06-10")
    commit(tmp_path, WHOLE.replace("## Part", "Part"), "2024-06-12")
    commit(tmp_path, WHOLE, "2024-06-12")

    refuse_fragment(read(WHOLE), read_sizes(tmp_path), date(2024, 6, 12))
