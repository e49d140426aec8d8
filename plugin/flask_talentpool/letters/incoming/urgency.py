"""Words that say what a reply is: urgent, or a thank-you. Data, each with an example, read by nobody's judgement.

What they find is only ever shown to a person. Nothing is answered, decided or kept from anybody because of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """Why a reply is to be read today."""

    DISTRESS = "distress"
    DISCRIMINATION = "discrimination"
    COMPLAINT = "complaint"

    @property
    def phrase(self) -> str:
        """How a colleague reads about it: “The reply …”."""
        return _PHRASES[self]


_PHRASES = {
    Urgency.DISTRESS: "sounds as if somebody is in distress",
    Urgency.DISCRIMINATION: "speaks of discrimination",
    Urgency.COMPLAINT: "speaks of a complaint or of a lawyer",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One way in which people say it.

    Attributes:
        urgency: What it is a sign of.
        language: Of the words.
        words: A regular expression, matched without case at the border of words.
        example: A sentence that has it.
    """

    urgency: Urgency
    language: str
    words: str
    example: str


_D, _N, _C = Urgency.DISTRESS, Urgency.DISCRIMINATION, Urgency.COMPLAINT

SIGNS: tuple[Sign, ...] = (
    Sign(_D, "en", r"suicid(e|al)", "I have been feeling suicidal since your letter."),
    Sign(_D, "en", r"(kill|hurt|harm|cut)(ing)? myself", "I want to hurt myself."),
    Sign(_D, "en", r"self[- ]harm(ing)?", "I am close to self-harm again."),
    Sign(_D, "en", r"end(ing)? (my (own )?life|it all)", "I am going to end it all."),
    Sign(_D, "en", r"(want|wish|ready) to die|wish (that )?i (was|were) dead", "I just want to die."),
    Sign(
        _D,
        "en",
        r"(do ?n[o']t|not|no longer) (want to|wanna|can) live( any ?more)?|no (reason|point) (to|in) liv(e|ing)",
        "There is no reason to live.",
    ),
    Sign(_D, "en", r"(can ?not|can'?t) go on( any ?more| like this)?", "I can't go on like this."),
    Sign(_D, "en", r"better off without me", "Everybody is better off without me."),
    Sign(_D, "de", r"suizid\w*|selbstmord\w*|freitod", "Ich denke an Selbstmord."),
    Sign(_D, "de", r"(mich|mir) (etwas an(tun|zutun)|umbringen|umzubringen|das leben nehmen)", "Ich werde mich umbringen."),
    Sign(_D, "de", r"(bringe?|tue?) (mich um|mir (et)?was an)", "Ich bringe mich um."),
    Sign(_D, "de", r"selbst ?verletz\w*|ritze mich|mich ritzen|mich selbst verletzen", "Ich muss mich selbst verletzen."),
    Sign(
        _D,
        "de",
        r"nicht mehr (leben|weiterleben)|(will|möchte|wäre gern\w*) (nur noch )?(sterben|tot)|wäre lieber tot",
        "Ich will nicht mehr leben.",
    ),
    Sign(_D, "de", r"(einfach|so) nicht mehr( weiter)?(?=[.!,]|$)|kann nicht mehr(?=[.!,]|$)", "Ich kann einfach nicht mehr."),
    Sign(_D, "de", r"kein(en)? (sinn|ausweg) mehr", "Ich sehe keinen Ausweg mehr."),
    Sign(_N, "en", r"discriminat(ed|es?|ing|ion|ory)", "I feel discriminated against."),
    Sign(_N, "en", r"(because of|due to|based on|on account of) my (age|race|gender|sex|religion|faith|disability|pregnancy|accent|ethnicity|nationality|orientation|skin colou?r|colou?r|origin|children|hijab|headscarf)", "I was turned down because of my age."),
    Sign(_N, "en", r"racis(t|m)|sexis(t|m)|ageis(t|m)|ableis(t|m)|homophobi(c|a)|transphobi(c|a)|antisemiti(c|sm)|islamophobi(c|a)", "That question was sexist."),
    Sign(_N, "en", r"(sexual(ly)? )?harass(ed|ment|ing)", "The interviewer harassed me."),
    Sign(_N, "en", r"equality act|equal treatment act|title vii|eeoc|tribunal", "I will take this to a tribunal."),
    Sign(_N, "de", r"diskriminier\w*|benachteilig(t|ung)\w*", "Ich fühle mich diskriminiert."),
    Sign(_N, "de", r"agg|gleichbehandlungs\w*|antidiskriminierungs\w*", "Das verstößt gegen das AGG."),
    Sign(_N, "de", r"(wegen|aufgrund|auf grund) mein\w* (alters?|herkunft|hautfarbe|geschlechts?|religion|glaubens|behinderung|schwerbehinderung|schwangerschaft|kopftuch\w*|kinder|akzents?|namens|sexuellen \w+|nationalität)", "Wegen meines Alters wurde ich abgelehnt."),
    Sign(_N, "de", r"rassis(tisch\w*|mus)|sexis(tisch\w*|mus)|homophob\w*|antisemiti\w*|(sexuell )?belästig\w*", "Die Frage war sexistisch."),
    Sign(_C, "en", r"(formal |official |written |file a |make a |lodge a |submit a |raise a |my )complaint|complain(ing)? (to|about)", "I want to make a complaint."),
    Sign(_C, "en", r"(my|our|a|the|contact\w*|consult\w*|through) (lawyer|solicitor|attorney|barrister)s?|legal (action|advice|steps|counsel|proceedings)", "You will hear from my lawyer."),
    Sign(_C, "en", r"(i('ll| will)|going to|to) sue( you)?|take you to court|see you in court|lawsuit", "I will sue you."),
    Sign(_C, "en", r"data protection (authority|commissioner|complaint)|information commissioner|gdpr|subject access request|delete (all )?my (personal )?data|erase my (personal )?data", "Please delete my data."),
    Sign(_C, "de", r"beschwerden?|beschwere\w*|beschwer(en|t)", "Ich möchte mich beschweren."),
    Sign(_C, "de", r"(mein\w*|unser\w*|ein\w*|zum) (rechts)?anw[aä]lt\w*|rechtliche (schritte|konsequenzen)|rechtsweg|arbeitsgericht|klage (einreichen|erheben)|verklage\w*|anzeige erstatten", "Mein Anwalt wird sich melden."),
    Sign(_C, "de", r"datenschutzbeauftragte\w*|aufsichtsbehörde|dsgvo|(meine|aller) (personenbezogenen )?daten (zu )?löschen|löschen sie (bitte )?(alle )?(meine|aller)|auskunft über meine", "Löschen Sie bitte meine Daten."),
)  # fmt: skip
"""What makes a reply urgent, the most pressing first."""

HARMLESS: tuple[tuple[str, str], ...] = (
    (r"complaints? (manage(r|ment)|handling|team|department|desk|officer|specialist|resolution)", "I led a complaints team."),
    (r"(no|not? (a|any)|without( a| any)?|can'?t|cannot) complain(t|ts|ing)?", "I have no complaint at all."),
    (r"beschwerde(manage(ment|r\w*)|abteilung|stelle)|kein\w* beschwerden?|(nicht|kann mich nicht) beschwer(en|e)", "Ich habe keine Beschwerde."),
    (r"(as|am|was|being|become|became|qualified as|trained as|role of|position of) (a|the) (lawyer|solicitor|attorney|barrister)", "I am a lawyer by training."),
    (r"als (ein\w* )?(rechts)?anw[aä]lt\w*|bin (rechts)?anw[aä]lt\w*|(rechts)?anwalts(kanzlei|fachangestellte\w*|gehilf\w*)", "Ich bin Anwältin in einer Kanzlei."),
    (r"suicide (prevention|hotline|helpline)|suizidprävention|(anti|non)[- ]discrimination (law|policy|training|officer)|antidiskriminierungs(recht|stelle|beauftragte\w*|arbeit)", "I worked at a suicide prevention helpline."),
    (r"gdpr (compliance|project|experience|officer|training)|dsgvo-?(projekt|schulung|umsetzung)\w*", "I ran a GDPR project."),
    (r"non-?discriminatory|price discrimination|diskriminierungsfrei\w*|discriminat(e|ing|ion) between", "The tone was non-discriminatory."),
)  # fmt: skip
"""What sounds the same and is not: taken out before signs are looked for, each with an example."""

_SIGNS = tuple((sign, re.compile(rf"(?<!\w)(?:{sign.words})(?!\w)", re.IGNORECASE)) for sign in SIGNS)
_HARMLESS = tuple(re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for words, _ in HARMLESS)

_ANSWERS = re.compile(r"\s*(re|aw|antw|antwort|fwd?|wg)\s*:", re.IGNORECASE)

_THANKS = re.compile(
    r"(?<!\w)(thanks?|thank you|many thanks|cheers|much appreciated|appreciate (it|that|your|you)|grateful|danke\w*|"
    r"vielen dank|herzlichen dank|besten dank|bedanke\w*|dankeschön|merci)(?!\w)",
    re.IGNORECASE,
)
_MORE_THAN_THANKS = re.compile(
    r"(?<!\w)(but|however|although|unfortunately|disappoint\w*|unfair|no,? thanks?|no thank you|thanks for nothing|"
    r"could you|can you|would you|please (let|tell|send|call|delete|remove)|withdraw\w*|unsubscribe|reconsider|"
    r"aber|jedoch|leider|enttäusch\w*|unfair|nein,? danke|könnten sie|können sie|würden sie|bitte (sagen|schicken|"
    r"senden|rufen|löschen|teilen|nehmen)|zurückzieh\w*|abmelden|trotzdem|allerdings)(?!\w)",
    re.IGNORECASE,
)
LONGEST_THANKS = 70
"""The most words of a thank-you note; a longer mail says more than that."""


def urgency_of(text: str, subject: str = "") -> Urgency | None:
    """Return why a mail is to be read today, or None.

    The subject counts only when the sender wrote it: that of an answer is ours, and names a job.

    >>> urgency_of("You will hear from my lawyer.")
    <Urgency.COMPLAINT: 'complaint'>
    >>> urgency_of("I am a lawyer by training.") is None
    True
    """
    said = text if _ANSWERS.match(subject) else f"{subject}\n{text}"
    said = said.replace("’", "'").replace("\u00a0", " ")
    said = re.sub(r"[ \t]*\n[ \t]*(?=\S)", " ", said)
    for harmless in _HARMLESS:
        said = harmless.sub(" … ", said)
    return next((sign.urgency for sign, words in _SIGNS if words.search(said)), None)


def is_thanks(text: str) -> bool:
    """Whether a text is a short note of thanks that asks and objects to nothing.

    >>> is_thanks("Vielen Dank für die nette Nachricht und alles Gute!")
    True
    """
    note = re.split(r"(?m)^-- ?$", text.replace("’", "'"), maxsplit=1)[0]
    return (
        bool(_THANKS.search(note))
        and "?" not in note
        and len(note.split()) <= LONGEST_THANKS
        and not _MORE_THAN_THANKS.search(note)
        and urgency_of(note) is None
    )
