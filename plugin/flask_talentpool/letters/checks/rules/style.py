"""Rules of style: sentences that everybody has read too often. They never hold a letter."""

from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

RULES = (
    Rule(
        code="stock",
        level=Level.WARNING,
        title="A stock phrase",
        message="People have read this sentence in every rejection they got. Say it in your own words, or leave it out.",
        explanation=(
            "“We regret to inform you” and “many qualified applicants” are how people recognise a letter nobody wrote. "
            "A plain sentence is kinder."
        ),
        examples={
            "en": Example(
                "Unfortunately we regret to inform you that we received many qualified applications.",
                "We are not offering you this job.",
            ),
            "de": Example(
                "Leider müssen wir Ihnen mitteilen, dass wir uns anders entschieden haben.",
                "Wir bieten Ihnen diese Stelle nicht an.",
            ),
        },
        patterns={
            "en": (
                r"\bregret(?:fully)? (?:to )?(?:inform|advise|tell|let you know)|\bwe regret\b|\bregretfully\b",
                r"\bunfortunately,? (?:we|i|you|your|on this|this|at this)\b|\b(?:we are|i am|we['’]re) (?:very )?(?:sorry|afraid) to (?:inform|tell|say|let)",
                r"\b(?:many|several|numerous|large number of|high (?:number|volume|quality) of|overwhelming number of|so many)(?: \w+){0,2}? (?:qualified|strong|excellent|talented|impressive|outstanding|applications|applicants|candidates)",
                r"\b(?:all the (?:very )?best|every success|the best|much success|good luck|best of luck) (?:in|for|with|on) (?:your|the) (?:\w+ )?(?:future|job search|search|career|endeavou?rs?|journey|path|professional)",
                r"\bwish you (?:all the (?:very )?best|every success|(?:much|continued|lots of) success|the (?:very )?best|good luck|well)\b",
                r"\bfuture endeavou?rs?\b|\bafter careful (?:consideration|review|deliberation)\b|\bit was (?:a )?(?:very |extremely )?(?:difficult|tough|hard|not an easy) (?:decision|choice)\b|\bthe (?:decision|choice) was (?:not easy|difficult|tough)\b",
                r"\bon this occasion\b|\bat this (?:point in )?time\b|\bdecided to (?:move|go) (?:forward|ahead|on) with (?:other|another)\b|\bpursue other (?:candidates|applicants|avenues)\b|\bmoving forward with other\b",
                r"\bdo not (?:be discouraged|hesitate)\b|\bdon['’]t hesitate\b|\bplease do not take (?:this|it) personally\b|\bno reflection (?:on|of) your\b|\bnot a reflection (?:on|of)\b|\bwere impressed (?:by|with) your\b|\bthank you for (?:your (?:kind )?interest in (?:joining|working)|considering us)\b|\bsir or madam\b|\bto whom it may concern\b",
            ),
            "de": (
                r"\bleider müssen wir\b|\bmüssen wir (?:ihnen|dir) (?:leider|mitteilen)\b|\bbedauern\w*\b|\bleider (?:haben wir|können wir|konnten wir|ist|teilen)\b|\bzu unserem bedauern\b|\btut uns (?:sehr )?leid,? (?:ihnen|dir|dass)",
                r"\b(?:viel(?:e|en|er)|zahlreiche[nr]?|vielzahl|große[nr]? (?:an)?zahl|hohe[nr]? anzahl)(?: \w+){0,3}? (?:qualifizierte\w*|bewerbung(?:en)?|bewerber\w*|bewerbenden|kandidat\w+|interessante\w*)",
                r"\b(?:alles gute|viel erfolg|viel glück|das beste)(?: \w+)? (?:für|auf|bei) (?:ihre[nmr]?|deine[nmr]?|die|den|der) (?:\w+ )?(?:weitere[nr]?|berufliche[nr]?|zukunft|zukünftige[nr]?|lebensweg|weg|suche|karriere)",
                r"\bfür (?:ihren|deinen|den) weiteren (?:\w+ )?(?:lebensweg|weg|berufsweg|werdegang)\b|\bweiteren lebensweg\b|\bwünschen wir (?:ihnen|dir)(?: \w+){0,4}? (?:alles gute|viel erfolg|erfolg)|\bwir wünschen (?:ihnen|dir)(?: \w+){0,4}? (?:alles gute|viel erfolg|erfolg)",
                r"\bnach (?:sorgfältiger|reiflicher|eingehender|intensiver) (?:prüfung|überlegung|abwägung|durchsicht|sichtung)\b|\b(?:die )?entscheidung (?:ist|fiel|war)(?: uns)? (?:nicht leicht|schwer)\w*|\bentscheidung ist uns\b[^.!?\n]{0,20}\bschwer ?gefallen\b|\bnicht leicht ?gefallen\b",
                r"\bin die engere (?:aus)?wahl\b|\bzum jetzigen zeitpunkt\b|\bzum gegenwärtigen zeitpunkt\b|\bnicht berücksichtigen\b|\banderweitig (?:entschieden|besetzt)\b|\bkeine? (?:wertung|abwertung|werturteil)\b|\bnicht entmutigen\b|\bals wertung\b",
                r"\bbedanken uns für (?:ihr|dein) (?:\w+ )?interesse an (?:einer|unserem|der)\b|\bfür das (?:uns )?entgegengebrachte (?:vertrauen|interesse)\b|\bsehr geehrte damen und herren\b|\bscheuen sie sich nicht\b|\bzögern sie nicht\b",
            ),
        },
    ),
)
