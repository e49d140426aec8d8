"""The clock of everybody interviewed, and who is still unanswered."""
