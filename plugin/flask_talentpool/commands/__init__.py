"""The ``flask talentpool`` commands, one module each."""
