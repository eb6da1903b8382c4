"""arXiv: the polite session, feeds, search API, listing pages, OAI-PMH, and how complete it all was."""

from arxiv_watch.arxiv.client import Arxiv
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.settings import ArxivSettings

__all__ = ["Arxiv", "ArxivSettings", "Poll"]
