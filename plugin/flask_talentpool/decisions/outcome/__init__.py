"""The outcome letter: what it rests on, why it waits, when it goes."""
