"""Reports: a run or an evaluation as text, JSON, Markdown or HTML; pure, from values to text."""

from arxiv_watch.report.evaluation_html import render_evaluation_html
from arxiv_watch.report.evaluation_text import render_evaluation_text
from arxiv_watch.report.run_html import render_run_html
from arxiv_watch.report.run_json import render_evaluation_json, render_json
from arxiv_watch.report.run_markdown import render_markdown
from arxiv_watch.report.run_text import render_text, render_verdict
from arxiv_watch.report.values import Evaluation, Run, WatchRun

__all__ = [
    "Evaluation",
    "Run",
    "WatchRun",
    "render_evaluation_html",
    "render_evaluation_json",
    "render_evaluation_text",
    "render_json",
    "render_markdown",
    "render_run_html",
    "render_text",
    "render_verdict",
]
