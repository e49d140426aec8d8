"""What builds parts of the repository; nothing of it is installed."""
