"""What pages share: mounting, requests and responses, CSRF, widgets for the host's pages."""
