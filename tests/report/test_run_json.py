import json

from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.proposals import Operation, SkipReason
from arxiv_watch.report.run_json import render
from arxiv_watch.report.values import WatchRun
from report_support import run, watch_run


def test_the_keys_are_those_of_the_interface() -> None:
    [watch] = json.loads(render(run()))["watches"]
    top = json.loads(render(run()))

    assert {"now", "watches", "requests"} <= top.keys()
    assert top["now"] == "2025-11-18T06:00:00+00:00"
    assert top["requests"] == {"arxiv": 4, "github": 11}
    assert {"name", "list", "coverage", "counts", "proposals", "diff", "pull_request"} <= watch.keys()
    assert watch["coverage"][0] == {
        "category": "cs.DC",
        "day": "2025-11-18",
        "state": "fresh",
        "new": 24,
        "cross": 3,
        "replace": 12,
        "min_id": "2511.11605",
        "max_id": "2511.13804",
        "source": "rss",
        "detail": "",
        "lateness_seconds": 19040.0,
    }
    assert watch["pull_request"] == {
        "number": 7,
        "url": "https://github.example/o/r/pull/7",
        "operation": "created",
    }


def test_a_proposal_has_its_heading_the_alternatives_and_its_line() -> None:
    [proposal] = json.loads(render(run()))["watches"][0]["proposals"]

    assert proposal["id"] == "2511.11617"
    assert proposal["title"] == "AnchorTP: Resilient LLM Inference"
    assert proposal["path"] == ["List", "Work", "Fault Tolerance"]
    assert proposal["relevance"] == 0.934
    assert proposal["probability"] == 0.62
    assert proposal["alternatives"][0] == {"path": ["List", "Work", "Serving"], "probability": 0.213}
    assert len(proposal["alternatives"]) == 2
    assert proposal["line"] == 8
    assert proposal["evidence"]["neighbours"][0]["id"] == "2311.15566"


def test_every_skip_reason_is_counted_even_if_none_was_skipped_for_it() -> None:
    counts = json.loads(render(run()))["watches"][0]["counts"]

    assert list(counts) == [reason.value for reason in SkipReason]
    assert counts["listed"] == 3
    assert counts["rejected"] == 0


def test_a_dry_run_has_no_pull_request() -> None:
    [watch] = json.loads(render(run(WatchRun("w", "README.md"))))["watches"]

    assert watch["pull_request"] is None
    assert watch["operating_point"] is None
    assert watch["diff"] == ""


@given(st.text())
def test_any_title_comes_through_as_utf8(title: str) -> None:
    told = json.loads(render(run(watch_run(title))).encode("utf-8"))

    assert told["watches"][0]["proposals"][0]["title"] == title


def test_an_operation_is_named_as_in_the_interface() -> None:
    assert {operation.value for operation in Operation} == {"created", "updated", "unchanged", "none"}
