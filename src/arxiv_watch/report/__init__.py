"""Reports: a run or an evaluation as text, JSON, Markdown or HTML; pure, from values to text.

Nothing is loaded before it is used: the command line asks here which formats there are, for its `--help` too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arxiv_watch.report.values import Run

RUN_FORMATS = ("text", "json", "markdown", "html")
"""The formats of a run: each is the function `render` of the module `run_<format>`."""


def render_run(run: Run, form: str) -> str:
    """Write a run in one of `RUN_FORMATS`."""
    text: str = import_module(f"{__name__}.run_{form}").render(run)
    return text
