"""The wheel: what is in it, and that it runs where there is no checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from action_support import ROOT
from arxiv_watch import __version__
from cli_support import bare_environment

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "src" / "arxiv_watch"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not PACKAGE.is_dir():
        pytest.skip("needs the source, which is out of the way where a wheel is tested")
    folder = tmp_path_factory.mktemp("dist")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_name_of_the_wheel_has_the_version(wheel: Path) -> None:
    assert wheel.name == f"arxiv_watch-{__version__}-py3-none-any.whl"


def test_every_file_of_the_package_and_the_demos_list_are_in_it(unpacked: Path) -> None:
    ours = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_file()}
    wanted = {path for path in ours if "__pycache__" not in path.parts}

    packed = {path.relative_to(unpacked / "arxiv_watch") for path in unpacked.glob("arxiv_watch/**/*")}

    assert wanted - packed == set()
    assert (unpacked / "arxiv_watch/demo/llm-inference.md").read_bytes() == (
        ROOT / "catalog/llm-inference.md"
    ).read_bytes()


def test_the_wheel_holds_nothing_but_the_package(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir()} == {
        "arxiv_watch",
        f"arxiv_watch-{__version__}.dist-info",
    }
    assert (unpacked / "arxiv_watch/py.typed").exists()


def test_it_names_its_command_its_licence_and_what_it_needs(unpacked: Path) -> None:
    info = unpacked / f"arxiv_watch-{__version__}.dist-info"
    metadata = (info / "METADATA").read_text(encoding="utf-8")

    assert "arxiv-watch = arxiv_watch.cli:main" in (info / "entry_points.txt").read_text()
    assert "Requires-Python: >=3.11" in metadata
    assert (info / "licenses/LICENSE").exists()


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)

    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_its_demo_finds_its_list_without_a_checkout(unpacked: Path, tmp_path: Path) -> None:
    code = (
        "import arxiv_watch, sys; from arxiv_watch.demo.cycle import list_bytes, sample_papers;"
        "print(arxiv_watch.__file__, len(list_bytes()), len(sample_papers()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=bare_environment() | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )

    place, size, papers = done.stdout.split()
    assert Path(place).is_relative_to(unpacked)
    assert int(size) > 10_000
    assert int(papers) > 500
