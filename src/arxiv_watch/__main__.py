"""`python -m arxiv_watch` does what `arxiv-watch` does."""

import sys

if __name__ == "__main__":
    # `-m` puts the working folder first, and a list's github.py would be imported in place of PyGithub.
    if not sys.flags.safe_path:
        del sys.path[0]

    from arxiv_watch.cli import main

    sys.exit(main())
