"""Rules about gaps: a placeholder that stayed, or a value that was not there."""

from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

_MEANT = (
    r"(?:[Nn]ame|[Vv]orname|[Nn]achname|[Dd]ate|[Dd]atum|[Jj]ob|[Cc]ompany|[Ff]irma|[Ss]telle|[Pp]osition)"
)
_MARKS = (
    r"\{\{|\}\}|\{%|%\}|\{[A-Za-z_]+\}|\$\{|%\([a-z_]+\)s|<%|«\w+»",
    r"\[[A-ZÄÖÜ][A-ZÄÖÜ0-9 _/-]{1,40}\]",
    r"\[(?:[Yy]our |[Tt]he |[Ii]hr |[Ii]nsert )?(?:first |last |full )?" + _MEANT + r"[^\]\n]{0,30}\]",
    r"<[A-Za-z_]*[Nn]ame>",
    r"\b[Xx]{3,}\b|\bLorem ipsum\b|\bTODO\b|\bTBD\b|\bundefined\b|\bNaN\b",
    r"\bNone(?=\s*(?:[,.;:)!?]|$))|(?<=[a-zäöüß,] )None\b(?! of\b)",
)
_EMPTY = (
    r"\b(?:Dear|Hello|Hi|Hallo|Guten Tag|Liebe[r]?|Sehr geehrte[r]?)(?: ?,|$)",
    r"\"\s*\"|“\s*”|„\s*“|«\s*»|\(\s*\)",
    r"^\s*[,.;:]\s*$",
)

RULES = (
    Rule(
        code="placeholder",
        level=Level.ERROR,
        title="A placeholder is left in the text",
        message="A placeholder stands where words should be. Fill it in, or take it out.",
        explanation=(
            "A letter with “Dear [NAME]” tells a person that nobody read it before it went. What looks like a "
            "placeholder holds the letter, whatever it came from."
        ),
        examples={
            "en": Example(
                "Dear [NAME], thank you for applying as XXX.", "Dear Maëlle Oduya, thank you for applying."
            ),
            "de": Example(
                "Guten Tag [NAME], danke für die Bewerbung als XXX.",
                "Guten Tag Maëlle Oduya, danke für die Bewerbung.",
            ),
        },
        patterns={"en": _MARKS},
        exact=True,
    ),
    Rule(
        code="empty",
        level=Level.ERROR,
        title="A value is missing",
        message="Something is missing here. Fill in the value, or reword the sentence so that it reads without it.",
        explanation=(
            "Empty quotation marks, brackets with nothing in them, or a salutation without a name: a value was "
            "not there when the letter was written."
        ),
        examples={
            "en": Example(
                "Dear , we talked about the job of “”.", "Dear Maëlle Oduya, we talked about the job."
            ),
            "de": Example(
                "Guten Tag , es ging um die Stelle „“.", "Guten Tag Maëlle Oduya, es ging um die Stelle."
            ),
        },
        patterns={"en": _EMPTY},
        exact=True,
    ),
    Rule(
        code="gap",
        level=Level.WARNING,
        title="Two spaces, or a space before a comma",
        message="There is a gap here, as if a word had been left out. Read the sentence once more.",
        explanation=(
            "Two spaces between words, or a space before a full stop or a comma, are often what a missing value "
            "leaves behind. Sometimes they are only a slip, so this never holds a letter."
        ),
        examples={
            "en": Example(
                "Thank you for talking with us on  , and for your time.",
                "Thank you for talking with us, and for your time.",
            ),
            "de": Example(
                "Danke für das Gespräch am  , und für die Zeit.", "Danke für das Gespräch und für die Zeit."
            ),
        },
        patterns={"en": (r"(?<=\S)[ \u00a0]{2,}(?=\S)", r"(?<=[^\s.])[ \u00a0][,.](?=\s|$)")},
        exact=True,
    ),
)
