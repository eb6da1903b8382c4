"""Reports: a run or an evaluation as text, JSON, Markdown or HTML; pure, from values to text."""
