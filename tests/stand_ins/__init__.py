"""What tests need of the stand-ins of arXiv and GitHub beyond what the demo shows."""
