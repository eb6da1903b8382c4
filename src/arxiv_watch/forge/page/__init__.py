"""What people read and answer: titles, and the body of a pull request with a block for each paper."""
