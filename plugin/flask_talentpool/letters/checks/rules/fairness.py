"""Rules about blame, comparison and “fit”: what hurts a person and helps nobody."""

from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

_OUR = r"(?:uns|unserem? (?:\w+ )?(?:team|unternehmen|haus|kultur|firma|abteilung)|unserer (?:\w+ )?(?:kultur|firma|abteilung|unternehmenskultur))"
_TEAM = rf"(?:zu {_OUR}|zum team|ins team|in das team|in unser team|in unsere \w+|zur (?:stelle|kultur|firma|abteilung))"
_THEY = r"(?:candidates?|applicants?|people|persons?|profiles?|applications?|match|choice)"

RULES = (
    Rule(
        code="blame",
        level=Level.ERROR,
        title="Blame",
        message="This puts the person down. Say what was asked for and what you saw, or nothing.",
        explanation=(
            "A letter is read on a bad day. “You failed to convince us” says nothing a person can use. What was asked "
            "for in the advertisement, and that it was not found, can be said without blame."
        ),
        examples={
            "en": Example(
                "You failed to convince us, and your lack of experience showed.",
                "The advertisement asked for two years with PostgreSQL, and we did not find them in what we saw.",
            ),
            "de": Example(
                "Sie konnten uns nicht überzeugen, Ihnen fehlt die Erfahrung.",
                "In der Ausschreibung stand: zwei Jahre mit PostgreSQL. Das haben wir in den Unterlagen nicht gefunden.",
            ),
        },
        patterns={
            "en": (
                r"\byou (?:have )?(?:fail(?:ed)?|lack(?:ed)?|fell short|disappointed|underperformed|struggled|performed (?:poorly|badly)|did(?: not|n['’]t) (?:manage|convince|perform|impress|live up|do well|meet our expectations|make the (?:grade|cut)))\b",
                r"\byou (?:could not|couldn['’]t|were unable to|were not able to) (?:answer|explain|show|demonstrate|convince|name|describe|solve|persuade)",
                r"\byou should have (?!a\b|an\b|the\b|received|got)\w+",
                r"\byour (?:\w+ )?(?:lack of|poor|weak|insufficient|inadequate|failure|failings?|shortcomings?|weakness(?:es)?|mistakes?|unprofessional\w*)\b",
                r"\byou (?:were|are|seemed|appeared|came across as) (?:too |rather |very |quite |so )?(?:nervous|quiet|shy|arrogant|unprepared|unprofessional|unqualified|underqualified|inexperienced|weak|slow|aggressive|emotional|passive|late)\b",
                r"\byou are not (?:qualified|good|strong|experienced|senior|ready)\b|\b(?:not|isn['’]t|wasn['’]t) good enough\b|\bnot up to (?:the|our|standard)\b",
            ),
            "de": (
                r"\b(?:sie|du) (?:konnten?|konntest|haben|hast)\b[^.!?\n]{0,30}\bnicht (?:überzeug\w*|begeister\w*|beeindruck\w*|geschafft|erfüllt|bestanden)",
                r"\b(?:nicht|wenig|kaum) überzeug(?:t|en|end|te|ten)\b|\b(?:sie|du) (?:haben|hast)\b[^.!?\n]{0,20}\b(?:versagt|enttäuscht)",
                r"\b(?:ihnen|dir) (?:fehlt|fehlte|fehlten|fehlen|mangelt\w*)\b|\bfehlt(?:e|en)? es (?:ihnen|dir)\b",
                r"\b(?:ihre?[nrms]?|deine?[nrms]?) (?:\w+ )?(?:mangelnden?|fehlenden?|schwachen?|schlechten?|ungenügenden?|unzureichenden?|schwächen?|fehler|versäumnisse?)\b",
                r"\b(?:mangels|aufgrund (?:von )?(?:mangelnder|fehlender|unzureichender)) \w+",
                r"\b(?:sie hätten|du hättest)\b[^.!?\n]{0,50}\b(?:sollen|müssen)\b",
                r"\b(?:sie|du) (?:waren|warst|sind|bist|wirkten|wirktest)\b(?: \w+){0,2}? (?:zu |sehr |etwas |recht )?(?:nervös|schüchtern|still|arrogant|unvorbereitet|schlecht vorbereitet|unprofessionell|unqualifiziert|unerfahren|langsam|unsicher|ungeeignet|nicht geeignet)\b",
                r"\bnicht gut genug\b|\bunseren (?:\w+ )?(?:erwartungen|ansprüchen) nicht\b",
            ),
        },
    ),
    Rule(
        code="comparison",
        level=Level.ERROR,
        title="Comparison with somebody else",
        message="This compares the person with somebody they cannot see. Say that another person was chosen, or give the stated requirement.",
        explanation=(
            "“A stronger candidate” ranks two people in front of one of them, cannot be checked, and is the sentence that "
            "complaints quote. That another person was chosen is enough."
        ),
        examples={
            "en": Example(
                "We chose a stronger candidate who was better suited than you.",
                "We have chosen another person for it.",
            ),
            "de": Example(
                "Andere waren besser, wir haben eine stärkere Bewerberin gewählt.",
                "Wir haben uns für eine andere Person entschieden.",
            ),
        },
        patterns={
            "en": (
                rf"\b(?:stronger|better|superior|best|more (?:qualified|experienced|suitable|suited|impressive|convincing|relevant|senior|skilled|promising)|stronger)(?:[ -]\w+){{0,2}}? {_THEY}\b",
                r"\b(?:better|best|more) (?:suited|qualified|equipped|placed|prepared|matched|aligned)\b|\bmore (?:suitable|closely (?:match|fit|align|meet|suit)\w*|experience than)\b",
                r"\b(?:closer|better|stronger) match\b|\bbetter match(?:ed|es)?\b|\bmore qualified\b",
                r"\b(?:than|over|ahead of) (?:you|yours|your (?:own|application|profile))(?=[.,;:!]|$| (?:were|was|are|is|did|has|had)\b)",
                r"\bweaker (?:candidate|applicant|profile|application|than)\w*|\b(?:someone|somebody|a person|people) (?:better|stronger)\b|\bstood out more\b|\boutperform\w*|\bthe others? (?:was|were) (?:\w+ )?(?:better|stronger)\b|\bothers were (?:\w+ )?(?:better|stronger)\b",
                r"\b(?:compared|comparison) (?:to|with) (?:the |an)?others?\b|\bin comparison (?:to|with)\b",
                r"\b(?:not|n['’]t) (?:quite )?(?:the|a) (?:right|best|good|close) (?:match|choice|person)\b",
            ),
            "de": (
                r"\b(?:besser|geeigneter|qualifizierter|stärker|überzeugender|erfahrener|passender)(?:e[nrms]?)? (?:\w+ )?(?:bewerb\w+|kandidat\w+|person(?:en)?|profile?|mitbewerb\w+)\b",
                r"\bbesser (?:geeignet\w*|qualifiziert\w*|gepasst|passt\w*|passen\w*|entspr\w+|abgeschnitten|gefallen|war|waren|auf (?:das|die|unser))\b|\bnoch besser\b|\bgeeignetere\w*|\bqualifiziertere\w*",
                r"\b(?:andere|anderen|mitbewerb\w+)\b[^.!?\n]{0,40}\b(?:besser|stärker|überzeugender|mehr überzeugt|näher)\b",
                r"\bmehr (?:überzeugt|beeindruckt|zugesagt|erfahrung (?:mitbring\w*|hat\w*|als))\b|\büberzeugender\w*",
                r"\bim vergleich (?:zu|mit)\b|\bnäher (?:an|am)\b[^.!?\n]{0,30}(?:profil|anforderung\w*)",
                r"\bals (?:sie|du)\b(?=[.,!]|$)|\b(?:waren|warst|sind|bist|war)\b(?: \w+)? schwächer\b|\bihnen vorgezogen\b|\bdir vorgezogen\b",
            ),
        },
    ),
    Rule(
        code="fit",
        level=Level.ERROR,
        title="“Fit” and “culture fit”",
        message="“Fit” says something about the person that nobody can check. Name the stated requirement, or give no reason.",
        explanation=(
            "“Not a fit” hides the real reason or is one that must not count: people who are like us feel like a fit. "
            "A requirement that stood in the advertisement can be named; a feeling cannot."
        ),
        examples={
            "en": Example(
                "We feel you are not a culture fit for our team.",
                "The advertisement asked for shift work, and you told us that it is not possible for you.",
            ),
            "de": Example(
                "Sie passen leider nicht ins Team.",
                "In der Ausschreibung stand Schichtarbeit, und die ist für Sie nicht möglich.",
            ),
        },
        patterns={
            "en": (
                r"\b(?:cultural|culture|team|personality|personal)[- ]fit\b|\bfit\b",
                r"\bfits (?:us|in|into|our|the (?:team|role|culture|company|profile))\b|\bfitted in(?:to)? (?:our|the|with)\b",
                r"\b(?:right|good|perfect) chemistry\b|\bchemistry (?:was|did)\b",
            ),
            "de": (
                r"\b(?:cultural|culture|team)[- ]?fit\b|\bpassung\b|\bpassgenau\w*",
                rf"\bpass(?:t|en|st|te|ten|end\w*)\b(?: \w+){{0,4}}? {_TEAM}(?!\w)",
                rf"\b{_TEAM}(?: \w+){{0,3}}? (?:gepasst|zu passen|pass(?:t|en|st|te|ten|end\w*))\b",
                r"\bdie chemie\b|\bnicht ins team\b",
            ),
        },
        unless={
            "en": (
                r"\b(?:keep|keeping|stay|get|see|saw|thought) fit\b|\bfit and proper\b|\bfit[- ]outs?\b|\bfit for purpose\b|\bfit notes?\b|\bfit (?:test|tested|testing|check|ups?)\b|\bpress fit\b",
                r"\bfit (?:kitchens?|windows?|doors?|bathrooms?|tyres?|lenses|parts?|pipes?|new|out|around|your (?:diary|calendar|schedule))\b|\bto fit (?:a|the|an) (?!team|role|culture|profile|company)\w+",
            ),
            "de": (r"\bpassen sie (?:bitte )?(?:ihre|die|das|den)\b",),
        },
    ),
)
