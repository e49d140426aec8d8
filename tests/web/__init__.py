"""Pages and widgets, asked for over HTTP as a browser does."""
