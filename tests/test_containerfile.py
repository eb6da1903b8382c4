"""The container: a pinned image, a hash-locked install, nobody's root, and a health check."""

from __future__ import annotations

import re

from action_support import ROOT
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.cli.serve import PATH

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")


def value_of(instruction: str) -> str:
    [found] = re.findall(rf"^{instruction} (.*)$", TEXT, re.MULTILINE)
    return str(found)


def test_the_image_is_pinned() -> None:
    assert re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", value_of("FROM"))


def test_packages_are_installed_by_their_hashes() -> None:
    assert "--require-hashes -r /opt/arxiv-watch/requirements.lock" in TEXT


def test_the_image_runs_as_an_unprivileged_user() -> None:
    assert int(value_of("USER")) > 0


def test_it_serves_and_its_health_is_asked_for_where_it_is_reported() -> None:
    words = re.findall(r'"([^"]+)"', value_of("CMD"))
    arguments = build_parser().parse_args(words)

    assert arguments.function == "serve"
    assert f"http://127.0.0.1:{arguments.health}{PATH}" in TEXT


def test_the_example_above_mounts_what_it_reads_and_writes() -> None:
    assert " -v ./config:/list/config:ro " in TEXT
    assert f" -v arxiv-watch-cache:{value_of('VOLUME')} " in TEXT
