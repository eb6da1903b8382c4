"""Programs that write the list are reported, those that read it are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_watch.markdown import find_generators


def found(root: Path, program: str, text: str) -> list[str]:
    file = root / program
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return [finding.message for finding in find_generators(root, ["README.md"])]


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("make_md.py", 'out = open("README.md","w", encoding="utf8")'),
        ("data/dataprep.py", "with open('../README.md', 'w') as file:"),
        ("scripts/build.py", 'Path("README.md").write_text(text)'),
        ("tools/build.js", "fs.writeFileSync('./README.md', text);"),
        ("run.sh", "python3 ./readme.py > README.md"),
        ("Makefile", "\tpython readme.py >README.md"),
        (".github/workflows/daily.yml", "      - run: git add docs README.md && git commit -m update"),
        (".github/workflows/daily.yaml", "          file_pattern: README.md"),
    ],
)
def test_a_program_that_writes_the_list_is_reported_with_its_line(
    tmp_path: Path, program: str, line: str
) -> None:
    assert found(tmp_path, program, f"first\n{line}\n") == [
        f"{program}:2 seems to write this file: {line.strip()}"
    ]


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("setup.py", 'long_description = open("README.md", "r").read()'),
        ("setup.py", 'long_description = Path("README.md").read_text()'),
        ("check.py", 'report = open("docs/OTHER_README.md", "w")'),
        ("notes.txt", "git add README.md"),
        ("node_modules/x/build.js", "fs.writeFileSync('README.md', text)"),
    ],
)
def test_what_reads_the_list_or_is_no_program_of_its_own_is_not_reported(
    tmp_path: Path, program: str, line: str
) -> None:
    assert found(tmp_path, program, line) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text('open("README.md", "w")', encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "inside.py").symlink_to(outside)

    assert find_generators(root, ["README.md"]) == ()
