"""What a run says in GitHub Actions: one annotation for each reason, however many watches it stopped."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from arxiv_watch.cli.cycle import complain_of
from arxiv_watch.errors import ArxivWatchError, ForgeError, ListError
from arxiv_watch.report.values import Run
from fakes import FakeClock


def annotations(capsys: pytest.CaptureFixture[str], *errors: ArxivWatchError) -> list[str]:
    context = SimpleNamespace(environ={"GITHUB_ACTIONS": "true"})
    complain_of(context, Run(FakeClock().now(), errors=errors))
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("::")]


def test_what_stopped_several_watches_is_annotated_once(capsys: pytest.CaptureFixture[str]) -> None:
    refused = [ForgeError("GitHub refused: the token may not write", "grant contents: write") for _ in "abc"]

    told = annotations(capsys, *refused, ListError("a.md links no paper on arXiv"))

    assert len(told) == 2
    assert "may not write" in told[0]
    assert "a.md" in told[1]
