"""Poll an arXiv whose every host answers without measure, and show what that costs a real process.

Run it with `python benchmarks/hostile_answers.py`; it takes two minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MEGABYTE = 2**20
HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>cs.LG</title>'
TAIL = b"</channel></rss>"
ITEM = b"<item><title>T</title><guid>oai:arXiv.org:2611.00001v1</guid></item>"
CONFIG = """\
watches: [{{list: README.md, categories: [cs.LG]}}]
arxiv:
  request_interval: 0
  backoff_floor: 0
  time_limit: 20
  cache_dir: {folder}/cache
  rss_url: {url}
  api_url: {url}/api/query
  oai_url: {url}/oai
  listing_url: {url}
"""
LIST = "# Papers\n\n## Serving\n\n- [A paper](https://arxiv.org/abs/2407.12391)\n"
# Polls, and tells what the process has cost.
POLL = """\
import resource, sys
from arxiv_watch.cli import main
code = main(["--now", "2026-11-20T12:00:00+00:00", "poll", "--format", "json", "--output", "run.json"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def filled(piece: bytes, megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes):
        yield piece * (MEGABYTE // len(piece))


def packed() -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(HEAD)
    for _ in range(600):
        yield packer.compress(b" " * MEGABYTE)
    yield packer.flush()


def dripping() -> Iterator[bytes]:
    while True:
        yield b" "
        time.sleep(1)


ANSWERS: dict[str, tuple[dict[str, str], Callable[[], Iterator[bytes]]]] = {
    "50 MB in one title": ({}, lambda: filled(b"x", 50)),
    "50 MB of items without a length": ({}, lambda: filled(ITEM, 50)),
    "15 MB of items": ({}, lambda: filled(ITEM, 15)),
    "600 MB behind gzip": ({"Content-Encoding": "gzip"}, packed),
    "nested XML": ({}, lambda: filled(b"<a>", 5)),
    "chunks of one byte": ({"Transfer-Encoding": "chunked"}, lambda: filled(b"1\r\nx\r\n", 50)),
    "a byte a second": ({}, dripping),
}


def handler(name: str) -> type[BaseHTTPRequestHandler]:
    headers, body = ANSWERS[name]

    class Hostile(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            self.send_response(200)
            for key, value in {**headers, "Connection": "close"}.items():
                self.send_header(key, value)
            self.end_headers()
            begin, end = (b"", b"") if headers else (HEAD + b"<item><title>", b"</title></item>" + TAIL)
            try:
                self.wfile.write(begin)
                for piece in body():
                    self.wfile.write(piece)
                self.wfile.write(end)
            except OSError:
                return  # the client has read enough

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Hostile


def measure(name: str) -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(name))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "config").mkdir()
        url = f"http://127.0.0.1:{server.server_port}"
        (folder / "config" / "arxiv-watch.yml").write_text(CONFIG.format(folder=folder, url=url))
        (folder / "README.md").write_text(LIST)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", POLL],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ,
        )
        seconds = time.monotonic() - began
        run = json.loads((folder / "run.json").read_text())
    server.shutdown()
    code, work, memory = done.stdout.split()
    requests = run["requests"]["arxiv"]
    return (
        f"| {name} | {code} | {requests} | {float(work):.1f} s | {float(memory):.0f} MB | {seconds:.0f} s |"
    )


if __name__ == "__main__":
    print("| every host answers with | exit code | requests | processor | peak memory | wall |")
    print("|---|---|---|---|---|---|")
    for each in ANSWERS:
        print(measure(each), flush=True)
