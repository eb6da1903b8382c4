"""What arXiv knows of given papers: asked of the search API once, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arxiv_watch.arxiv.session.refusals import RejectedError
from arxiv_watch.arxiv.sources.api import PAGE, SearchApi
from arxiv_watch.arxiv.store.records import RecordStore
from arxiv_watch.clock import Clock
from arxiv_watch.identifiers import ArxivId

_MISSED_SHARE = 0.05  # of a list's papers that may be without metadata before that is worth telling
_SINGLES = 5  # identifiers that a page of metadata left out and that are asked for one by one in a run


@dataclass(frozen=True, slots=True)
class MetadataLookup:
    """Asks the search API for papers, and remembers them and what it does not know."""

    api: SearchApi
    records: RecordStore
    clock: Clock

    def look_up(self, wanted: Sequence[ArxivId]) -> str:
        """Ask for the papers that are not known yet; return why the answer fell short, or nothing.

        Raises:
            ArxivUnavailableError: arXiv refuses.
        """
        missing = self._unknown(wanted)
        for start in range(0, len(missing), PAGE):
            self._ask(missing[start : start + PAGE])
        for identifier in self._unknown(missing)[:_SINGLES]:
            self._ask([identifier])
        left = len(self._unknown(missing))
        if left > _MISSED_SHARE * len(wanted):
            return f"arXiv answered for only {len(wanted) - left} of {len(wanted)} papers"
        return ""

    def _unknown(self, ids: Sequence[ArxivId]) -> list[ArxivId]:
        """Return the papers without metadata that may be asked for now."""
        known = {*self.records.metadata(ids), *self.records.absent(self.clock.now())}
        return [identifier for identifier in ids if identifier not in known]

    def _ask(self, ids: Sequence[ArxivId]) -> None:
        """Ask for up to a page of papers; an identifier that arXiv takes for malformed is left out."""
        if not ids:
            return
        try:
            papers = self.api.by_ids(ids)
        except RejectedError as error:
            bad = [identifier for identifier in ids if identifier.base in error.message]
            if not bad:
                raise
            self.records.put_absent(bad, self.clock.now())
            self._ask([identifier for identifier in ids if identifier not in bad])
            return
        self.records.put_metadata(papers)
        if len(ids) == 1 and not papers:
            self.records.put_absent(ids, self.clock.now())
