"""arXiv: the rate-limited session, feeds, search API, listing pages, OAI-PMH, and how complete it all was."""

from typing import TYPE_CHECKING

from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.settings import ArxivSettings

if TYPE_CHECKING:
    from arxiv_watch.arxiv.client import Arxiv

__all__ = ["Arxiv", "ArxivSettings", "Poll"]


def __getattr__(name: str) -> object:
    """Load the client when it is first asked for; a config is checked without it."""
    if name == "Arxiv":
        from arxiv_watch.arxiv.client import Arxiv  # see above

        return Arxiv
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
