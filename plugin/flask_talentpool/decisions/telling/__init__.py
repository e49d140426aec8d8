"""The moment a person learns the outcome, and the letters that follow it."""
