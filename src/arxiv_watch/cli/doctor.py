"""`check`: the doctor; for each finding the one thing to do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from arxiv_watch.cli.context import Context
from arxiv_watch.config.models import Config, WatchConfig
from arxiv_watch.errors import ArxivWatchError, ConfigError
from arxiv_watch.markdown import find_faults, parse_list, read_list

WORKFLOWS = Path(".github/workflows")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at.

    Attributes:
        subject: What was looked at.
        ok: Whether it is well.
        message: What was found.
        advice: The one thing to do, or empty.
        exit_code: What `check` ends with because of it; 0 for a hint.
    """

    subject: str
    ok: bool
    message: str
    advice: str = ""
    exit_code: int = 0


def check(context: Context, arguments: argparse.Namespace) -> int:
    """Examine config, lists and workflow, and with `--online` arXiv and GitHub."""
    findings = list(_examine(context, online=arguments.online))
    if arguments.format == "json":
        context.print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        context.print("\n".join(_line(finding) for finding in findings))
    return next((finding.exit_code for finding in findings if finding.exit_code), 0)


def _line(finding: Finding) -> str:
    mark = "ok  " if finding.ok else "fail" if finding.exit_code else "hint"
    return f"{mark}  {finding.subject}: {finding.message}" + (
        f"\n      → {finding.advice}" if finding.advice else ""
    )


def _examine(context: Context, *, online: bool) -> Iterator[Finding]:
    try:
        config = context.load_config()
    except ConfigError as error:
        for line in error.message.splitlines():
            yield Finding("config", ok=False, message=line, advice=error.advice, exit_code=error.exit_code)
        return
    names = ", ".join(watch.name for watch in config.watches)
    yield Finding("config", ok=True, message=f"{len(config.watches)} watch(es): {names}")
    for watch in config.watches:
        yield from _examine_list(context.root, watch)
    yield from _examine_workflows(context.root)
    if online:
        yield from _examine_arxiv(context, config)
        yield from _examine_github(context, config)


def _examine_list(root: Path, watch: WatchConfig) -> Iterator[Finding]:
    subject = f"list {watch.list}"
    try:
        paper_list = parse_list(read_list(root, watch.list))
    except ArxivWatchError as error:
        yield Finding(
            subject, ok=False, message=error.message, advice=error.advice, exit_code=error.exit_code
        )
        return
    yield Finding(
        subject, ok=True, message=f"{len(paper_list.ids)} papers under {len(paper_list.headings)} headings"
    )
    findings = find_faults(paper_list)
    if findings:
        advice = f"`arxiv-watch list check {watch.list}` shows them"
        yield Finding(subject, ok=False, message=f"{len(findings)} finding(s) in the text", advice=advice)


def _examine_workflows(root: Path) -> Iterator[Finding]:
    """Look at each workflow that runs arxiv-watch, as far as a file can tell."""
    found = False
    for path in sorted((root / WORKFLOWS).glob("*.y*ml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        subject = f"workflow {path.relative_to(root).as_posix()}"
        try:
            workflow = yaml.safe_load(text)
        except yaml.YAMLError as error:
            yield Finding(subject, ok=False, message=f"not YAML: {error}", advice="mend it", exit_code=2)
            continue
        # YAML 1.1 reads the key `on` as true.
        triggers = workflow.get("on", workflow.get(True)) if isinstance(workflow, dict) else None
        if "arxiv-watch" in text and isinstance(triggers, dict) and "schedule" in triggers:
            found = True
            yield from _examine_workflow(subject, workflow, triggers)
    if not found:
        yield Finding(
            "workflow", ok=False, message="none runs arxiv-watch on a schedule", advice="README.md has one"
        )


def _examine_workflow(subject: str, workflow: dict[str, Any], triggers: dict[str, Any]) -> Iterator[Finding]:
    findings = []
    for entry in triggers["schedule"] or []:
        minute = str(entry.get("cron", "")).split(" ")[0]
        if minute in {"0", "00", "*", "*/30"}:
            findings.append(
                (f"cron runs at minute {minute}, when GitHub drops runs", "choose an odd minute, like 17")
            )
    if "workflow_dispatch" not in triggers:
        findings.append(("cannot be started by hand", "add workflow_dispatch"))
    if "concurrency" not in workflow:
        findings.append(
            ("two runs may overlap", "add concurrency: {group: arxiv-watch, cancel-in-progress: false}")
        )
    elif isinstance(workflow["concurrency"], dict) and workflow["concurrency"].get("cancel-in-progress"):
        findings.append(("a run may be killed while it writes", "set cancel-in-progress: false"))
    jobs = [job for job in (workflow.get("jobs") or {}).values() if isinstance(job, dict)]
    granted = [job.get("permissions", workflow.get("permissions")) or {} for job in jobs]
    findings += [
        (f"has no permission {scope}: write", f"grant the job {scope}: write")
        for scope in ("contents", "pull-requests")
        if not any(isinstance(scopes, dict) and scopes.get(scope) == "write" for scopes in granted)
    ]
    for message, advice in findings:
        yield Finding(subject, ok=False, message=message, advice=advice)
    if not findings:
        yield Finding(subject, ok=True, message="schedule, permissions and concurrency are in order")


def _examine_arxiv(context: Context, config: Config) -> Iterator[Finding]:
    from arxiv_watch.watch import coverage_errors  # noqa: PLC0415 - only online

    if not config.arxiv.contact:
        advice = "set arxiv.contact to a mail address"
        yield Finding("arXiv", ok=False, message="requests carry no contact", advice=advice)
    category = config.watches[0].categories[0]
    with context.open_arxiv(config.arxiv) as arxiv:
        coverage = arxiv.poll([category]).coverage
    errors = coverage_errors(coverage)
    for error in errors:
        yield Finding(
            "arXiv", ok=False, message=error.message, advice=error.advice, exit_code=error.exit_code
        )
    if not errors:
        states = ", ".join(f"{line.category} {line.day} {line.state}" for line in coverage)
        yield Finding("arXiv", ok=True, message=f"answers: {states}")


def _examine_github(context: Context, config: Config) -> Iterator[Finding]:
    from arxiv_watch.forge import Forge, ForgeSettings  # noqa: PLC0415 - only online

    try:
        forge = Forge(ForgeSettings.from_environment(context.environ), context.clock)
        for watch in config.watches:
            snapshot = forge.read(watch.name, watch.list, watch.pull_request.base)
            yield Finding(
                "GitHub",
                ok=True,
                message=f"{watch.list} read from {snapshot.base} at {snapshot.base_sha[:7]}",
            )
    except ArxivWatchError as error:
        yield Finding(
            "GitHub", ok=False, message=error.message, advice=error.advice, exit_code=error.exit_code
        )
