"""The candidate's own pages: signed links, and the guide."""
