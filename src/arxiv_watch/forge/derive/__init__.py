"""From what a forge shows to what it means: whom to believe, what became of each paper, what is open."""
