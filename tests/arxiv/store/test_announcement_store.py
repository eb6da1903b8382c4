from datetime import date
from pathlib import Path

from arxiv_watch.arxiv.sources.page import Item
from arxiv_watch.arxiv.store.announcements import QUERY, AnnouncementStore
from arxiv_watch.arxiv.store.database import Database
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Paper

DAY = date(2025, 11, 20)
BARE = Item(Paper(ArxivId("2511.00001"), "A Paper whose Feed Names no Category"), AnnounceType.NEW)


def test_an_announcement_keeps_apart_what_announced_it_and_what_found_it(tmp_path: Path) -> None:
    store = AnnouncementStore(Database(tmp_path / "cache"))
    store.add("cs.LG", DAY, [BARE], "rss")
    store.add(f"{QUERY}ti:paper", DAY, [BARE], "api")
    store.add(f"{QUERY}abs:query", DAY, [BARE], "api")

    [both], _ = store.announcements(["cs.LG", f"{QUERY}ti:paper", f"{QUERY}abs:query"], DAY)
    [found], _ = store.announcements([f"{QUERY}ti:paper"], DAY)

    assert (both.types, both.queries) == ({"cs.LG": AnnounceType.NEW}, {"ti:paper", "abs:query"})
    assert (found.types, found.queries) == ({}, {"ti:paper"})
