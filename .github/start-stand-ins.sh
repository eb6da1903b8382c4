#!/usr/bin/env bash
# Starts the stand-ins for arXiv and GitHub for the later steps of a job, and points the action at them.
set -euo pipefail
town="$RUNNER_TEMP/town"
python -m venv "$RUNNER_TEMP/stand-ins"
"$RUNNER_TEMP/stand-ins/bin/python" -m pip install --quiet --disable-pip-version-check \
  --require-hashes -r requirements.lock
mkdir "$town"
PYTHONPATH=src nohup "$RUNNER_TEMP/stand-ins/bin/python" -m arxiv_watch.demo "$town" \
  > "$town.env" 2> "$town.log" < /dev/null &
stand_ins=$!
for _ in {1..60}; do
  if grep --quiet ARXIV_WATCH_NOW "$town.env"; then
    cat "$town.env" >> "$GITHUB_ENV"
    exit 0
  fi
  kill -0 "$stand_ins" || break
  sleep 1
done
echo "::error::the stand-ins did not start"
cat "$town.log"
exit 1
