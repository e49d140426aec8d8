"""What a letter is checked against before it is kept, and again before it goes."""
