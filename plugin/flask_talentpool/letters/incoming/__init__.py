"""Mail that comes back: replies, delivery reports, automatic mail."""
