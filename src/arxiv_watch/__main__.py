"""`python -m arxiv_watch` does what `arxiv-watch` does."""

import sys

# `-m` puts the working folder first, and a list's own github.py would be imported in place of PyGithub.
if not sys.flags.safe_path:
    del sys.path[0]

from arxiv_watch.cli import main

if __name__ == "__main__":
    sys.exit(main())
