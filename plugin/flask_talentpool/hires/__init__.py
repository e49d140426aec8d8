"""What became of an offer or a hire, and the openings that come of it: facts about the job, none about a person."""
