"""What was announced long ago, as far as OAI-PMH shows it: for replays of a list's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from arxiv_watch.arxiv.batches import scheduled_days
from arxiv_watch.arxiv.oai import Oai, sets_for
from arxiv_watch.arxiv.proof import item_of
from arxiv_watch.arxiv.record_store import HELD, RecordStore
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, Category


def replayed(
    oai: Oai, record_store: RecordStore, *, since: date, until: date, categories: Sequence[Category]
) -> Iterator[Announcement]:
    """Yield the first announcements from one day to another, oldest first.

    Raises:
        ArxivUnavailableError: OAI-PMH cannot be read completely.
    """
    for oai_set in sets_for(categories):
        covered = record_store.harvest(oai_set)
        if covered is None or covered[0] > since or covered[1] < until:
            records = [
                record for record in oai.records(oai_set, since) if record.submitted.date() >= since - HELD
            ]
            record_store.put_records(oai_set, since, until, records)
    rows = record_store.submitted(since - HELD, until + timedelta(days=1))
    for identifier, day, names in scheduled_days(rows):
        listed = [category for category in categories if belongs(category, names)]
        paper = record_store.record(identifier) if listed and since <= day <= until else None
        if paper is not None:
            first = replace(paper, id=ArxivId(identifier.base, 1), announced=day)
            yield Announcement(first, day, {category: item_of(paper, category).type for category in listed})
