"""arXiv: the rate-limited session, feeds, search API, listing pages, OAI-PMH, and how complete it all was.

What the table names is loaded when it is first used: a config is checked without it. Beside these, others may
use the modules without requests, `taxonomy`, `timetable`, `settings` and `collected`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.settings import ArxivSettings

if TYPE_CHECKING:
    from arxiv_watch.arxiv.client import FIRST_RUN_REQUESTS, Arxiv
    from arxiv_watch.arxiv.sources.api import PAGE
    from arxiv_watch.arxiv.store.announcements import last_coverage
    from arxiv_watch.arxiv.store.database import FILE_NAME

__all__ = ["FILE_NAME", "FIRST_RUN_REQUESTS", "PAGE", "Arxiv", "ArxivSettings", "Poll", "last_coverage"]

_MODULE_OF = {
    "Arxiv": "client",
    "FIRST_RUN_REQUESTS": "client",
    "PAGE": "sources.api",
    "last_coverage": "store.announcements",
    "FILE_NAME": "store.database",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
