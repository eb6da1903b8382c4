from html.parser import HTMLParser

import cmarkgfm
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.proposals import Operation, PullRequest
from arxiv_watch.report.run_markdown import render
from arxiv_watch.report.values import WatchRun
from report_support import COVERAGE, PREDICTION, proposal, run, watch_run

NASTY = [
    "@alice and o/r#12 fixes #3, closes GH-4",
    "![x](https://evil.example/a.png) <img src=https://evil.example>",
    "a | b | c ]( [x](javascript:alert(1))",
    "</details><script>alert(1)</script><!-- x -->",
    "``` ~~~ $x$ :tada: www.evil.example https://evil.example",
    "Trailing \\",
]


class Page(HTMLParser):
    """What GitHub would show: tags, links and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(markdown: str) -> Page:
    options = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, options))


def test_a_run_is_a_page_with_tables_and_its_pull_request() -> None:
    shown = page(render(run()))

    assert shown.tags.count("table") == 2
    assert shown.tags.count("h1") == shown.tags.count("h2") == 1
    assert "https://github.example/o/r/pull/7" in shown.links
    assert "Fault Tolerance 62 %" in shown.text
    assert "the feed is still Monday's" in shown.text
    assert "Not proposed: 3 listed, 40 irrelevant." in shown.text
    assert "+- [ ] [AnchorTP" in shown.text


@given(st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"))))
def test_nothing_untrusted_is_live(text: str) -> None:
    watch = watch_run(f"T {text}")
    hostile = WatchRun(
        name=f"N {text}",
        list=f"L {text}",
        coverage=watch.coverage,
        proposals=watch.proposals,
        diff=f"+{text}\n",
        notes=(f"Note {text}",),
    )
    harmless = WatchRun("N", "L", watch.coverage, {}, watch_run("T").proposals, diff="+\n", notes=("Note",))

    shown, plain = page(render(run(hostile))), page(render(run(harmless)))

    assert set(shown.links) == set(plain.links)
    assert [tag for tag in shown.tags if tag != "code"] == [tag for tag in plain.tags if tag != "code"]


def test_a_foreign_address_is_not_linked() -> None:
    watch = WatchRun("w", "README.md", pull_request=PullRequest(7, "javascript:x", Operation.UPDATED))

    markdown = render(run(watch))

    assert "pull request #7 updated" in markdown
    assert "javascript" not in markdown


def test_a_quiet_run_has_no_empty_sections() -> None:
    markdown = render(run(WatchRun("w", "README.md", coverage=(COVERAGE,))))

    assert "- **w**: nothing to add." in markdown
    assert "Not proposed" not in markdown
    assert "<details>" not in markdown


def test_papers_to_decide_by_hand_are_marked() -> None:
    unsure = (proposal("Unsure", sure=False),)
    watch = WatchRun("w", "README.md", proposals=(proposal(),), unsure=unsure)

    markdown = render(run(watch))

    assert "1 paper to add" in markdown
    assert "1 to decide by hand" in markdown
    assert markdown.count("| unsure |") == 1


def test_a_huge_diff_is_clipped_at_the_end_of_a_line() -> None:
    watch = WatchRun("w", "README.md", diff="+a line\n" * 20_000)

    markdown = render(run(watch))

    assert len(markdown) < 110_000
    assert "+a line\n…\n```" in markdown


def test_the_evidence_of_the_samples_is_shown() -> None:
    markdown = render(run())

    assert all(term in markdown for term in PREDICTION.evidence.terms)
    assert "SpotServe" in markdown
