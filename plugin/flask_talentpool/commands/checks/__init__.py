"""What `flask talentpool check` looks for beside running the map: everything that is found names its remedy."""
