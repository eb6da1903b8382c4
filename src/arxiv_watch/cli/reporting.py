"""How a run is reported: to its reader, on stderr, and to GitHub Actions."""

from __future__ import annotations

import secrets
from pathlib import Path

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.output import complain, write_output
from arxiv_watch.forge import actions
from arxiv_watch.report import render_run, run_text
from arxiv_watch.report.values import Run


def report_run(context: Context, run: Run, form: str = "text", output: Path | None = None) -> int:
    """Print or write the report, tell Actions and stderr what came of the run, return its exit code."""
    if output:
        write_output(output, render_run(run, form))
    elif form == "text":  # the one format that is fitted to a terminal
        context.print(run_text.render(run, colour=context.colour, width=context.width))
    else:
        context.print(render_run(run, form))
    _tell_actions(context, run)
    tell_errors(context, run)
    return run.exit_code


def tell_errors(context: Context, run: Run) -> None:
    """Tell on stderr what parts of a run ended with: what several watches failed for is told once."""
    for error in {str(error): error for error in run.errors}.values():
        complain(error, context.environ)


def _tell_actions(context: Context, run: Run) -> None:
    """Write the step summary and the outputs where GitHub Actions asks for them."""
    if summary := context.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, actions.summary_text(render_run(run, "markdown")))
    if output := context.environ.get("GITHUB_OUTPUT"):
        pulls = [each.pull_request for each in run.watches if each.pull_request]
        proposed = sum(len(each.proposals) for each in run.watches)
        outputs = actions.step_outputs(pulls, proposed, run.coverage)
        _append(output, actions.output_text(outputs, delimiter=secrets.token_hex(16)))


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
