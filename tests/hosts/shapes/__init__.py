"""One module per miniature host; each has NAME, TRAITS and Shape."""
