"""The venue that authors name for a paper, and whether they have withdrawn it."""

from __future__ import annotations

import re

from arxiv_watch.papers import Paper

# Matches the end of a statement in "12 pages. Accepted at A", "5 figures; code" and
# "rejected from A, accepted at B", not the stop of "Submitted to Proc. of A".
_END = re.compile(
    r"(?<!\bProc)(?<!\bConf)(?<!\bTrans)(?<!\bInt)(?<!\bSymp)(?<!\bRev)(?<!\bPhys)[.;\n]\s+"
    r"|[,.;]\s*(?=(?:accepted|published|to appear|presented|submitted|rejected|under review)\b)",
    re.IGNORECASE,
)
# Matches "Submitted to ICML 2026", "ICML 2026 submission" and "under double-blind review at ICML 2026".
_NOT_YET = re.compile(
    r"\b(?:submitted|resubmitted|submissions?|(?:under|in|for) "
    r"(?:(?:peer|open|anonymous|(?:(?:double|single)[- ])?blind|major|minor) )*"
    r"(?:review|revision|consideration)"
    r"|reviewed (?:at|by|for)|prepared for|intended for|preparing)\b",
    re.IGNORECASE,
)
# Matches "accepted" and "camera-ready submission", not the "code will be published" of a submission; what was
# "submitted to and accepted at" a venue is that venue's.
_ACCEPTED = re.compile(
    r"(?<!not )(?<!not yet )(?<!be )\b(?:accepted|published|to appear|camera[- ]ready)\b", re.IGNORECASE
)
# Matches "rejected from ICML 2026" and "Workshop on Efficient Systems at ICML 2026".
_ELSEWHERE = re.compile(
    r"\b(?:reject(?:ed|ion)|declined|withdrawn|workshops?|tutorials?|doctoral consortium)\b", re.IGNORECASE
)
# Matches "This paper has been withdrawn" and "the article is temporarily withdrawn by the authors", not
# "this work was withdrawn from ICLR".
_WITHDRAWN = re.compile(
    r"\b(?:paper|article|submission|manuscript|work|preprint)\b(?: \([^()]{0,80}\))? "
    r"(?:has been|is being|is|was) (?:\w+ly )?(?:withdrawn|retracted)\b(?! from (?!arxiv))",
    re.IGNORECASE,
)
# Matches "Withdrawn by the authors", "Paper withdrawn: an error" and "This paper has been withdrawn" at the
# beginning, not "Withdrawn papers are cited for years".
_BEGINS_WITHDRAWN = re.compile(
    r"\W{0,3}(?:(?:this |the )?(?:paper|article|submission|manuscript|work|preprint) "
    r"(?:(?:has been|is|was) (?:\w+ly )?)?)?(?:withdrawn|retracted)\b"
    r"(?! (?:from (?!arxiv)|papers?|articles?|publications?))",
    re.IGNORECASE,
)


def publication_of(paper: Paper) -> str:
    """Return the statements of a paper's comment and journal reference that name where it is published.

    A paper that was submitted to a venue, is under review there or was rejected is not of that venue, nor is
    one presented at a workshop of it: lists give workshops headings of their own, or none.
    """
    statements = [*_END.split(paper.comment), *_END.split(paper.journal_ref)]
    return " ".join(statement for statement in statements if _is_of_a_venue(statement))


def is_withdrawn(paper: Paper) -> bool:
    """Return whether arXiv or the authors say that the paper is withdrawn.

    ArXiv keeps its page and asks that the comment say why: https://info.arxiv.org/help/withdraw.html.
    """
    texts = (paper.comment, paper.abstract)
    is_stated = _WITHDRAWN.search(paper.comment) or any(map(_BEGINS_WITHDRAWN.match, texts))
    return paper.withdrawn or bool(is_stated)


def _is_of_a_venue(statement: str) -> bool:
    if _ELSEWHERE.search(statement):
        return False
    return not _NOT_YET.search(statement) or bool(_ACCEPTED.search(statement))
