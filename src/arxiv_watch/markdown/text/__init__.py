"""What pieces of an entry look like as text: lines, links, titles, authors, dates, labels, escapes."""
