"""The demo, the guide and the widgets in a real browser."""
