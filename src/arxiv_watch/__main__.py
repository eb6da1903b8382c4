"""`python -m arxiv_watch` does what `arxiv-watch` does."""

import sys

from arxiv_watch.cli import main

if __name__ == "__main__":
    sys.exit(main())
