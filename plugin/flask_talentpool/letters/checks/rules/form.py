"""Rules about a letter as a whole: its language, its subject, its length."""

from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

LONGEST_SUBJECT = 120
LONG, TOO_LONG = 350, 1200
"""Words of a letter: beyond the first they stand beside it as a warning, beyond the second they hold it."""

RULES = (
    Rule(
        code="language",
        level=Level.ERROR,
        title="The wrong language",
        message="The text is in another language than the letter says. Choose the text of the person’s language, or translate it.",
        explanation=(
            "A letter is read aloud, translated and sorted by the language it says it is in. From forty words on, the "
            "small words of the text tell which one it really is; the HTML part has to say the same."
        ),
        examples={
            "en": Example(
                "A letter marked as English that reads “Wir danken Ihnen für das Gespräch …”",
                "“Thank you for the interview …”",
            ),
            "de": Example(
                "Ein deutscher Brief mit „Thank you for the interview …“", "„Danke für das Gespräch …“"
            ),
        },
        looked_up="language",
        in_a_line=False,
    ),
    Rule(
        code="line_language",
        level=Level.ERROR,
        title="A line in another language than the letter",
        message="The line is in another language than the letter. Write it in the language of the letter.",
        explanation=(
            "One English sentence in a German letter says that nobody read it. The small words of the line tell its "
            "language, from three of them on."
        ),
        examples={
            "en": Example(
                "In an English letter: “Ihre Skizze der Tore war die klarste des Tages.”",
                "“Your sketch of the gates was the clearest of the day.”",
            ),
            "de": Example(
                "Im deutschen Brief: „Your sketch of the gates was the clearest of the day.“",
                "„Ihre Skizze der Tore war die klarste des Tages.“",
            ),
        },
        looked_up="line_language",
        suggests=False,
    ),
    Rule(
        code="subject",
        level=Level.ERROR,
        title="No subject, or one with a line break",
        message="The subject is empty or has a line break. Write one line that says what the letter is about.",
        explanation="A mail without a subject looks like spam, and a line break in one is how headers are forged.",
        examples={
            "en": Example("(nothing)", "Backend Engineer: our decision after your interview"),
            "de": Example("(nichts)", "Backend Engineer: unsere Entscheidung nach dem Gespräch"),
        },
        looked_up="subject",
        in_a_line=False,
    ),
    Rule(
        code="long_subject",
        level=Level.WARNING,
        title="A long subject",
        message=f"The subject has more than {LONGEST_SUBJECT} characters; most mail programs cut it. Say it in fewer words.",
        explanation="A phone shows about forty characters of a subject. What matters stands first.",
        examples={
            "en": Example(
                "Concerning the application that you sent us in March for the job of …",
                "Backend Engineer: our decision",
            ),
            "de": Example(
                "Bezüglich der Bewerbung, die Sie uns im März für die Stelle …",
                "Backend Engineer: unsere Entscheidung",
            ),
        },
        looked_up="long_subject",
        in_a_line=False,
    ),
    Rule(
        code="too_long",
        level=Level.ERROR,
        title="Far too long",
        message=f"The letter has more than {TOO_LONG:,} words. Something was pasted into it; cut it down to what the person needs.",
        explanation="A letter of several pages is a mistake: a whole document was pasted into it.",
        examples={
            "en": Example(
                "Twelve hundred words and more.",
                "A page: the outcome, thanks, what happens next, who answers questions.",
            ),
            "de": Example(
                "Zwölfhundert Wörter und mehr.",
                "Eine Seite: das Ergebnis, Dank, wie es weitergeht, wer Fragen beantwortet.",
            ),
        },
        looked_up="too_long",
        in_a_line=False,
    ),
    Rule(
        code="long",
        level=Level.WARNING,
        title="Long",
        message=f"The letter has more than {LONG} words. A person reads it for one sentence; let the rest be short.",
        explanation="Who gets a no looks for it, reads it, and stops. What comes after is read by few.",
        examples={
            "en": Example(
                "Four paragraphs about the company before the outcome.",
                "The outcome in the first two sentences.",
            ),
            "de": Example(
                "Vier Absätze über das Unternehmen vor dem Ergebnis.",
                "Das Ergebnis in den ersten zwei Sätzen.",
            ),
        },
        looked_up="long",
        in_a_line=False,
    ),
    Rule(
        code="hard",
        level=Level.WARNING,
        title="Hard to read",
        message="The sentences are long and the words heavy. Make two sentences of one, and say it as you would on the phone.",
        explanation=(
            "Estimated as Flesch did for English (1948) and Amstad for German (1978), from the length of sentences and "
            "words. It is an estimate, so it never holds a letter."
        ),
        examples={
            "en": Example(
                "Subsequent to comprehensive evaluation of all documentation submitted, consideration cannot be extended.",
                "We have read all you sent. We are not offering you this job.",
            ),
            "de": Example(
                "Nach eingehender Prüfung sämtlicher eingereichter Bewerbungsunterlagen kann eine Berücksichtigung nicht erfolgen.",
                "Wir haben alles gelesen. Wir bieten Ihnen die Stelle nicht an.",
            ),
        },
        looked_up="hard",
        in_a_line=False,
    ),
)
