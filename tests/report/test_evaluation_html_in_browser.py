"""The evaluation's page, looked at in a real browser: in light, in dark, on a phone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arxiv_watch.report.evaluation_html import render_evaluation_html
from browser_support import CONTRASTS, Browser
from report_evaluation_support import evaluation

WIDTHS = (1100, 390)

# Every number in the matrix, on its cell's colour mixed with that of the empty cell below.
CELLS = """
(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const luminance = (parts) => parts.map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  return [...document.querySelectorAll('svg .count')].map((text) => {
    const cell = text.previousElementSibling, empty = cell.previousElementSibling;
    const share = Number(cell.getAttribute('fill-opacity'));
    const below = channels(getComputedStyle(empty).fill);
    const mixed = channels(getComputedStyle(cell).fill).map((c, i) => share * c + (1 - share) * below[i]);
    const [a, b] = [luminance(mixed), luminance(channels(getComputedStyle(text).fill))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
})()
"""
CUT_LABELS = """
[...document.querySelectorAll('svg text')].filter((text) => {
  const inner = text.getBoundingClientRect(), outer = text.closest('svg').getBoundingClientRect();
  return inner.left < outer.left - 1 || inner.right > outer.right + 1
      || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
}).map((text) => text.textContent)
"""
SMALLEST_LABEL = """
Math.min(...[...document.querySelectorAll('svg text')].map((text) =>
  parseFloat(getComputedStyle(text).fontSize) * text.closest('svg').getBoundingClientRect().width
    / text.closest('svg').viewBox.baseVal.width))
"""
OVERLAPPING_LABELS = """
[...document.querySelectorAll('svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')]
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([one, a], index) => texts.slice(index + 1)
    .filter(([_, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
    .map(([other]) => `${one} / ${other}`));
})
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "evaluation.html"
    path.write_text(render_evaluation_html(evaluation()), encoding="utf-8")
    return path


def test_the_page_needs_nothing_but_itself_and_complains_of_nothing(browser: Browser, page: Path) -> None:
    browser.open(page)

    requested = [
        event["params"]["request"]["url"]
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    complaints = [event for event in browser.events if event["method"] == "Log.entryAdded"]
    assert requested == [page.as_uri()]
    assert complaints == []
    assert browser.evaluate("document.querySelectorAll('svg').length") == 9


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable(browser: Browser, page: Path, scheme: str) -> None:
    browser.open(page, prefers_color_scheme=scheme)
    background = browser.evaluate("getComputedStyle(document.body).backgroundColor")

    assert browser.evaluate(CONTRASTS) == []
    assert min(browser.evaluate(CELLS)) >= 4.5
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_label_is_cut_off_too_small_or_written_over_another(
    browser: Browser, page: Path, width: int
) -> None:
    browser.open(page, width=width)

    assert browser.evaluate(CUT_LABELS) == []
    assert browser.evaluate(OVERLAPPING_LABELS) == []
    assert browser.evaluate(SMALLEST_LABEL) >= 9  # CSS pixels


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_scrolls_in_one_direction_only(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)

    assert browser.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_numbers_behind_a_plot_open_without_a_script(browser: Browser, page: Path) -> None:
    browser.open(page)
    before = browser.evaluate("document.querySelector('details table').checkVisibility()")

    browser.evaluate("document.querySelector('summary').click()")

    assert not before
    assert browser.evaluate("document.querySelector('details table').checkVisibility()")


def test_it_prints_in_dark_ink_on_white_even_if_the_screen_is_dark(browser: Browser, page: Path) -> None:
    browser.open(page, prefers_color_scheme="dark")
    browser.emulate("print", prefers_color_scheme="dark")

    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"
    assert browser.evaluate(CONTRASTS) == []


def test_it_prints_on_a_few_pages(browser: Browser, page: Path) -> None:
    browser.open(page)

    pdf = browser.print()

    pages = len(re.findall(rb"/Type /Page\b", pdf))
    assert pdf.startswith(b"%PDF")
    assert 4 <= pages <= 10


def test_every_plot_is_read_out_by_its_title_and_description(browser: Browser, page: Path) -> None:
    browser.open(page)
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]

    images = [node for node in tree if node.get("role", {}).get("value") in {"image", "img"}]
    assert len(images) == 9
    assert all(len(image["name"]["value"]) > 60 for image in images)
