"""A stand-in of arXiv that speaks real HTTP on loopback: for `arxiv-watch demo` and for tests.

It knows nothing of how this program reads arXiv; it was written from arXiv's own behaviour.
"""

from arxiv_watch.demo.arxiv_server.exchange import Request, Response, Role
from arxiv_watch.demo.arxiv_server.server import ArxivServer
from arxiv_watch.demo.arxiv_server.world import Submission, World

__all__ = ["ArxivServer", "Request", "Response", "Role", "Submission", "World"]
