"""What our tables are made of, and how rows are written together."""
