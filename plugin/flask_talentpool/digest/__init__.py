"""The morning mail to colleagues: what waits for them."""
