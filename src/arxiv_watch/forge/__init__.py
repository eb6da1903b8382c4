"""GitHub: what became of earlier proposals, and the one pull request that carries the new ones.

`read → plan → apply`: reading and planning write nothing; every prefix of what `apply` writes is a
state that the next run understands and completes.
"""

from arxiv_watch.forge.forge import Forge
from arxiv_watch.forge.plan import make_plan
from arxiv_watch.forge.settings import Access, ForgeSettings, PullRequestOptions
from arxiv_watch.forge.state import Snapshot, State, Subject
from arxiv_watch.forge.writes import Plan

__all__ = [
    "Access",
    "Forge",
    "ForgeSettings",
    "Plan",
    "PullRequestOptions",
    "Snapshot",
    "State",
    "Subject",
    "make_plan",
]
