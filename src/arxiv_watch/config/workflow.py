"""The workflow that a list's own repository runs, ready to be committed."""

from __future__ import annotations

import hashlib

ACTION = "OWNER/arxiv-watch@COMMIT"

_TEMPLATE = """\
name: arxiv-watch
on:
  schedule:
    - cron: "{cron}" # UTC; not on the hour, when GitHub drops runs
  workflow_dispatch:
    inputs:
      dry-run:
        description: Report what would be proposed and write nothing.
        type: boolean
        default: true
  pull_request: # what people answer on the bot's pull request takes effect within a minute
    types: [edited, closed, reopened]
permissions: {{}}
jobs:
  watch:
    # Of pull requests only the bot's own, from this repository, and nothing that a bot did to them.
    if: >-
      ${{{{ !github.event.repository.fork && (github.event_name != 'pull_request' ||
      (github.event.pull_request.head.repo.full_name == github.repository &&
      startsWith(github.head_ref, 'arxiv-watch/') && github.event.sender.type != 'Bot')) }}}}
    concurrency: # of the job, so that what it leaves out takes no waiting run's place
      group: arxiv-watch
      cancel-in-progress: false # never kill a run while it writes
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: write # to push the branch
      pull-requests: write # to open the pull request
      issues: write # to create its labels
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          ref: ${{{{ github.event.repository.default_branch }}}} # never a pull request's code
          fetch-depth: 0 # the history shows where people insert
          persist-credentials: false
      - uses: {action}
        with:
          dry-run: ${{{{ inputs.dry-run || false }}}}
"""


def odd_minute(seed: str) -> int:
    """Return a minute that is the same for the same seed, never one that everybody chooses.

    GitHub delays and drops scheduled runs when many are due at once: at multiples of five.
    """
    minutes = [minute for minute in range(60) if minute % 5]
    return minutes[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % len(minutes)]


def write_workflow(cron: str, action: str = ACTION) -> str:
    """Return a workflow that runs the action on weekdays and by hand.

    Args:
        cron: Five cron fields as GitHub reads them, in UTC.
        action: What to use, `OWNER/arxiv-watch@COMMIT # VERSION`.
    """
    return _TEMPLATE.format(cron=cron, action=action)
