"""Rules about what a letter may promise, and what must stay inside the company."""

from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

_WE = (
    r"\b(?:we|i|us)(?:['’]ll| will| shall| would(?: very much)? like to|['’]d(?: very much)? like to| want to| plan to"
    r"| intend to| promise to| are going to| are happy to| would be happy to|['’]d be happy to)?"
    r"(?: gladly| happily| certainly| definitely| of course| also| then| surely| always)*"
)
_YOUR = (
    r"(?:you|your (?:name|application|cv|c\.v\.|resume|résumé|details|contact details|data|profile|documents"
    r"|information|file|interest))"
)
_KEPT = (
    r"(?:in mind|on file|on record|on our (?:list|books|radar)|in our (?:files|records|database|system|talent pool|pool)"
    r"|for (?:future|later|other|upcoming|similar) \w+|under consideration)"
)
_BACK = (
    r"(?:be in touch|get in touch|come back to you|get back to you|reach out|reach back out|contact you"
    r"|call you|let you know|think of you|remember you|consider you|look forward to working)"
)
_WHEN = (
    r"(?:(?: with you| again| back| directly| first| gladly| personally| straight away)*"
    r"(?: for| about| of| as soon as| when| whenever| if| should| once| in the future| in future|[.,!]|$))"
)
_SIE, _IHNEN, _IHRE = r"(?:sie|dich|euch)", r"(?:ihnen|dir)", r"(?:ihre?n?|deine?n?)"
_MIND = r"(?:im hinterkopf|im auge|im blick|im gedächtnis|in (?:guter )?erinnerung|in evidenz|in unserem? (?:\w+ )?(?:pool|talentpool|bewerberpool|datenbank|kartei))"
_POOL = r"in unsere[nr]? (?:\w+ )?(?:talentpool|bewerberpool|pool|datenbank|bewerberdatenbank|kartei|evidenz)"

RULES = (
    Rule(
        code="promise",
        level=Level.ERROR,
        title="A promise with nothing behind it",
        message=(
            "This promises something that nobody will keep: the letter offers no place in a pool. Set the door to open, "
            "or say how the person can ask to be kept in mind."
        ),
        explanation=(
            "“We will keep you in mind” is a sentence with nothing behind it unless there is a place where that is "
            "written down. Only a letter that offers such a place may say so. Any other letter may say how the person "
            "can ask for one, and may name a date by which we write."
        ),
        examples={
            "en": Example(
                "We will keep your application on file and come back to you when something opens.",
                "We keep people in mind only when they ask us to. If you would like that, say so on the page below.",
            ),
            "de": Example(
                "Wir behalten Sie gern im Hinterkopf und kommen auf Sie zu, sobald etwas frei wird.",
                "Wir merken uns nur Menschen vor, die darum bitten. Wer das möchte, sagt es auf der Seite unten.",
            ),
        },
        patterns={
            "en": (
                rf"{_WE} (?:be )?(?:keep|keeping|retain|retaining|hold|store|leave|bear|have) {_YOUR}(?: \w+){{0,3}}? {_KEPT}",
                rf"\byour (?:application|cv|details|profile|name|data|documents|résumé|resume) (?:will|shall|is going to) (?:be (?:kept|held|retained|stored)|stay|remain)(?: \w+){{0,3}}? {_KEPT}",
                rf"\byou (?:will|['’]ll|shall)(?: \w+)? (?:be kept|stay|remain)(?: \w+){{0,2}}? {_KEPT}",
                rf"\b(?:we|i)(?:['’]ll| will| shall| would be happy to|['’]d be happy to| are happy to| would like to|['’]d like to)(?: \w+ly| of course| also| then)? {_BACK}{_WHEN}",
                r"\byou (?:will|['’]ll) (?:hear from us|be (?:the )?(?:first|contacted|considered|invited|informed))(?: \w+)* (?:when|if|as soon as|for|once|again|should|in)",
                r"\byou are (?:now )?(?:in|on) our (?:talent pool|pool|list|database|shortlist for)",
            ),
            "de": (
                rf"\b(?:wir|ich)\b[^.!?\n]{{0,30}}\b(?:behalten?|haben?|halten|bewahren|führen)\b[^.!?\n]{{0,60}}\b{_MIND}",
                rf"\b(?:behalten|halten|haben) wir (?:{_SIE}|{_IHRE})[^.!?\n]{{0,50}}\b{_MIND}",
                rf"\b{_MIND}\s+(?:zu )?(?:behalten|halten)\b",
                rf"\b(?:wir (?:behalten|bewahren)|behalten wir|bewahren wir) (?:gern )?{_IHRE} (?:bewerbung|unterlagen|daten|kontaktdaten|profil)\b",
                r"\b(?:sie hören|du hörst|hören sie|hörst du)(?: \w+){0,3}? von uns\b[^.!?\n]{0,10}(?:sobald|wenn|falls|bei)|\bauf dem laufenden\b",
                rf"\b(?:wir|ich) (?:werden? |kommen?|würden? )[^.!?\n]{{0,40}}\bauf {_SIE}\b[^.!?\n]{{0,30}}\b(?:zu|zukommen|zurück|zurückkommen|zuzukommen)\b",
                rf"\bkommen wir (?:\w+ ){{0,4}}?auf {_SIE} (?:\w+ ){{0,3}}?(?:zu|zurück)\b",
                rf"\b(?:melden wir uns|wir melden uns|wir werden uns)(?: \w+){{0,4}}? bei {_IHNEN}\b[^.!?\n]{{0,40}}(?:sobald|wenn|falls|sollte|melden|wieder|[.!])",
                rf"\b(?:nehmen wir|wir nehmen|wir werden)(?: \w+){{0,3}}? (?:mit {_IHNEN} (?:\w+ )?kontakt|kontakt (?:\w+ )?mit {_IHNEN})",
                rf"\b(?:wir|ich) (?:merken?|denken?)\b[^.!?\n]{{0,15}}\b(?:{_SIE}|an {_SIE}|{_IHRE} \w+)\b[^.!?\n]{{0,30}}(?:\bvor\b|\bdenken\b|sobald|wenn|[.!])",
                rf"\b(?:sie sind|du bist|ihr name ist|ihre bewerbung ist) (?:bei uns )?(?:jetzt |nun )?(?:vorgemerkt|{_POOL.replace('unsere[nr]?', 'unsere[mr]?')})",
                rf"\b(?:wir|ich)\b[^.!?\n]{{0,40}}\b{_IHRE} (?:bewerbung|unterlagen|daten|profil|namen)\b[^.!?\n]{{0,40}}(?:{_POOL}|für (?:künftige|zukünftige|spätere|weitere|andere) \w+)",
                rf"\b(?:wir|ich)\b[^.!?\n]{{0,40}}\b{_SIE}\b[^.!?\n]{{0,20}}\b{_POOL}\b[^.!?\n]{{0,20}}(?:auf|aufnehmen|aufgenommen)",
            ),
        },
        unless={
            "en": (
                r"\b(?:if|when|once|unless|until|where) (?:you|they) (?:ask|say|tell|wish|want|would like|like|choose|take|agree|answer|do not|don['’]t|leave)",
                r"\bif that is what you|\bonly (?:if|when) |\b(?:by|until|before|no later than|on) (?:\w+,? ){0,2}\d",
                r"\byou (?:can|may) ask\b|\bask us to\b",
            ),
            "de": (
                r"\b(?:wenn|falls|sofern|sobald|solange|bis) (?:sie|du|jemand)\b[^.!?\n]*\b(?:bitte[nst]*|darum|wünsch\w*|möchte\w*|wollen|willst|sagen|sagst|ja|zustimm\w*|annehm\w*|nimmst|nehmen|gern)",
                r"\bnur (?:wenn|auf|dann|wer|menschen|leute|personen)\b|\bauf (?:ihren|deinen|eigenen) wunsch\b|\bwer (?:das|darum|es)\b",
                r"\b(?:bis|am|zum|spätestens|vor)\b[^.!?\n]{0,20}\d",
                r"\b(?:\d+|drei|sechs|zwölf) monate\b|\blösch\w+",
            ),
        },
    ),
    Rule(
        code="internal",
        level=Level.ERROR,
        title="Internal text in a letter",
        message="This is internal: it stands in the reason or the private note. Say it in words meant for the person, or leave it out.",
        explanation=(
            "The host’s own reason and the private note are not written for the person. Where their words appear in a "
            "letter, somebody copied them or a template shows too much."
        ),
        examples={
            "en": Example(
                "We are not offering you this job: salary expectations above band 4.",
                "We are not offering you this job.",
            ),
            "de": Example(
                "Wir bieten Ihnen diese Stelle nicht an: Gehaltswunsch über Band 4.",
                "Wir bieten Ihnen diese Stelle nicht an.",
            ),
        },
        looked_up="internal",
        in_a_line=False,
    ),
    Rule(
        code="unread",
        level=Level.ERROR,
        title="A question to an address nobody reads",
        message="The letter invites an answer, but nobody reads what arrives there. Give an address that a person reads.",
        explanation=(
            "A letter that says no must leave a way to ask. A no-reply address closes it, and a person who writes there "
            "waits for an answer that never comes."
        ),
        examples={
            "en": Example(
                "Questions go to no-reply@harbour.example.",
                "Questions go to jobs@harbour.example; Jonas Weber reads them.",
            ),
            "de": Example(
                "Fragen bitte an noreply@harbour.example.",
                "Fragen bitte an jobs@harbour.example; Jonas Weber liest sie.",
            ),
        },
        patterns={
            "en": (
                r"\b(?:no|non|do[-_.]?not|don['’]?t|keine?|nicht)[-_.]?(?:reply|response|answer|antwort\w*)[\w.+-]*@[\w.-]+",
            )
        },
        looked_up="unread",
    ),
    Rule(
        code="guide",
        level=Level.ERROR,
        title="A link to a page that is not there",
        message="The guide has no such page. Link to one of the pages that it has.",
        explanation=(
            "Letters lead to the guide. A link whose page is not among the packaged ones leaves the person before an "
            "error page; the list of pages is looked at, never the network."
        ),
        examples={
            "en": Example(
                "[What happens next](guide:what-happens-nxt)", "[What happens next](guide:what-happens-next)"
            ),
            "de": Example(
                "[Wie es weitergeht](guide:wie-weiter)", "[Wie es weitergeht](guide:what-happens-next)"
            ),
        },
        looked_up="guide",
    ),
)
