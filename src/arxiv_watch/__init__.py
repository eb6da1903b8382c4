"""Reads arXiv and opens a pull request that adds new papers to a Markdown list.

The names below are what other programs may use; docs/library.md shows how. Each is loaded when it is first
used, so that the command line does not pay for what it does not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arxiv_watch.arxiv import Arxiv, ArxivSettings, Poll
    from arxiv_watch.clock import SystemClock
    from arxiv_watch.decide import Known, Policy, Rules, judge, screen
    from arxiv_watch.errors import ArxivWatchError
    from arxiv_watch.identifiers import ArxivId
    from arxiv_watch.markdown import Edit, Insertion, PaperList, check_list, insert, parse_list
    from arxiv_watch.model import fit
    from arxiv_watch.papers import Paper
    from arxiv_watch.proposals import Prediction, Verdict
    from arxiv_watch.rows import read_papers
    from arxiv_watch.scope import records_of

__version__ = "0.1.0"

__all__ = [
    "Arxiv",
    "ArxivId",
    "ArxivSettings",
    "ArxivWatchError",
    "Edit",
    "Insertion",
    "Known",
    "Paper",
    "PaperList",
    "Policy",
    "Poll",
    "Prediction",
    "Rules",
    "SystemClock",
    "Verdict",
    "check_list",
    "fit",
    "insert",
    "judge",
    "parse_list",
    "read_papers",
    "records_of",
    "screen",
]

_NAMES_IN = {
    "arxiv": ("Arxiv", "ArxivSettings", "Poll"),
    "clock": ("SystemClock",),
    "decide": ("Known", "Policy", "Rules", "judge", "screen"),
    "errors": ("ArxivWatchError",),
    "identifiers": ("ArxivId",),
    "markdown": ("Edit", "Insertion", "PaperList", "check_list", "insert", "parse_list"),
    "model": ("fit",),
    "papers": ("Paper",),
    "proposals": ("Prediction", "Verdict"),
    "rows": ("read_papers",),
    "scope": ("records_of",),
}
_MODULE_OF = {name: room for room, names in _NAMES_IN.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
