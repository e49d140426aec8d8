"""The keys of the guide's pages: what letters link to, what a host can hide, and what a wheel carries."""

CANDIDATES = (
    "what-happens-next",
    "after-the-interview",
    "second-place",
    "thank-you-note",
    "asking-for-feedback",
    "following-up",
    "ready-to-be-called",
)
"""Pages for candidates, in reading order. They exist in every language that letters are written in."""

RECRUITERS = (
    "recruiters",
    "saying-no",
    "feedback-that-helps",
    "while-an-offer-is-open",
    "answer-clock",
    "deciding",
    "many-at-once",
    "the-finish",
    "when-a-hire-falls-through",
    "calling-the-second",
    "keeping-in-touch",
    "what-comes-back",
    "fair-and-private",
    "letters",
    "letter-rules",
)
"""Pages for recruiters and hiring managers, in reading order; the language of our pages is English."""

# Letters carry these keys, so a key is never changed once a letter has gone out with it.
KEYS = CANDIDATES + RECRUITERS

HOME = "index"
"""The first page; it has no key that a letter could link to, and cannot be hidden."""
