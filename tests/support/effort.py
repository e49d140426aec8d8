"""How hard the tests try that never have tried enough: in moderation for every change, thoroughly in `make stress`."""

import os

IS_THOROUGH = "STRESS_APPLICATIONS" in os.environ
APPLICATIONS = int(os.environ.get("STRESS_APPLICATIONS", "250"))
"""Through how many applications dispatchers and workers are killed."""
EXAMPLES = 40 if IS_THOROUGH else 5
"""How many random orders of people, processes and answers are tried on each database."""
KILLS = 20 if IS_THOROUGH else 6
"""How often one dispatcher is killed in a row."""
LETTERS = 500 if IS_THOROUGH else 150
"""How many letters two dispatchers share between them."""
