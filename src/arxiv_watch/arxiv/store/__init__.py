"""What is remembered from run to run, in one file that may be deleted at any time."""
