import json

from arxiv_watch.report.run_json import render_evaluation_json
from report_evaluation_support import evaluation


def test_the_fields_are_those_of_the_values() -> None:
    told = json.loads(render_evaluation_json(evaluation()))

    assert told["name"] == "llm-inference"
    assert told["now"] == "2026-01-02T00:00:00+00:00"
    assert told["headings"]["papers"] == 540
    assert told["headings"]["confusion"][0] == {
        "actual": ["List", "Work", "Memory Manage"],
        "predicted": ["List", "Work", "Memory Manage"],
        "papers": 37,
    }
    assert told["replay"]["months"][0]["month"] == "2024-06-01"
    assert told["replay"]["months"][0]["calibrated"] is False
    assert told["replay"]["operating_point"]["precision"] == 0.55


def test_numbers_end_where_they_mean_nothing_more() -> None:
    assert json.loads(render_evaluation_json(evaluation()))["headings"]["top1"] == 0.627778
