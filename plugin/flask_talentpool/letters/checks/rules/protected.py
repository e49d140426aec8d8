"""Rules about protected ground: what must not count, and so is not written about."""

from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

# Only such words may stand between: "your small children" is about the person, "your work with children" is not.
_YOUR = (
    r"\byour (?:(?:small|young|little|own|two|three|four|recent|long|current|former|elderly|sick|ill|ethnic|cultural|foreign"
    r"|national|religious|muslim|christian|jewish|whole|large|growing|mental|physical|chronic|serious) ){0,2}"
)
_IHR = (
    r"\b(?:ihre?[nrms]?|deine?[nrms]?) (?:(?:beiden|zwei|drei|vier|(?:klein|eigen|jung|krank|alt|ausländisch|ethnisch|religiös"
    r"|chronisch|schwer|lang|psychisch|körperlich|fortgeschritten|jugendlich|muslimisch|ganz|groß)e?[nrs]?) ){0,2}"
)

RULES = (
    Rule(
        code="age",
        level=Level.ERROR,
        title="Age",
        message="This is about age, which must not count. Name the stated requirement, or give no reason.",
        explanation=(
            "“Young team”, “digital native” and “overqualified” are read as age by courts and by people. How long "
            "somebody did something can be named where the advertisement asked for it."
        ),
        examples={
            "en": Example(
                "We are a young team, and you are overqualified.",
                "The job has no part in leading others, which you told us you look for.",
            ),
            "de": Example(
                "Wir sind ein junges Team, und Sie sind überqualifiziert.",
                "Die Stelle führt niemanden, und Sie sagten uns, dass Sie führen möchten.",
            ),
        },
        patterns={
            "en": (
                r"\byoung(?:er|est|ish)?\b|\byouthful\b|\byouth of\b|\bdigital[- ]natives?\b|\bover[- ]?qualifi\w+",
                r"\b(?:too|a bit|rather|quite|getting) old\b|\btoo (?:senior|junior|experienced)\b|\b(?:an )?older (?:candidate|applicant|person|people|worker|colleague)s?\b|\bof a certain age\b|\belderly\b|\bold[- ]fashioned\b",
                r"\b(?:your|his|her|their) age\b(?!-)|\bage (?:group|limit|range|bracket|profile|structure)\b|\bat this (?:stage|point) of your (?:life|career)\b|\byour stage of (?:life|career)\b",
                r"\b(?:near|close to|before|until|your|approaching) retirement\b|\byears old\b|\bgeneration [xyz]\b|\bmillennials?\b",
            ),
            "de": (
                r"\bjung(?:e[nrsm]?)?\b|\bjünger(?:e[nrsm]?)?\b|\bjugendlich(?:e[nrsm]?)?\b|\bdigital[- ]natives?\b|\büberqualifi\w+",
                r"\baltersbeding\w+|\baltersgr(?:und|ünde|uppe|enze)\w*|\baltersstruktur\w*|\b(?:zu|recht|schon|etwas|wirken|wirkten|wirkst) alt\b|\bälter(?:e[nrsm]?)?\b|\blebensalter\w*|\blebensphase\w*",
                rf"{_IHR}alters?\b|\bin (?:ihrem|deinem) alter\b|\b(?:vor|nah an|bis zu[rm]) (?:der |dem |ihrer |deiner )?(?:rente|ruhestand|pension\w*)\b|\bjahre alt\b",
            ),
        },
        unless={
            "en": (
                r"\byoung(?:er)? (?:people|adults?|children|learners|offenders|carers|patients|readers|audiences?|professionals programme)\b|\bolder (?:people|adults) (?:in|at|with|who|and)\b",
            ),
            "de": (
                r"\b(?:jungen?|jüngeren?|jugendlichen?|älteren?) (?:menschen|leuten?|erwachsenen?|kindern?|patient\w+|zielgruppe\w*)\b|\bjungen und mädchen\b",
            ),
        },
    ),
    Rule(
        code="accent",
        level=Level.ERROR,
        title="Accent and mother tongue",
        message="This is about how somebody speaks. Name the level of the language that the advertisement asked for, or leave it out.",
        explanation=(
            "An accent is where somebody comes from. What a job may ask for is a level of a language, in the "
            "advertisement, for everybody."
        ),
        examples={
            "en": Example(
                "Your accent was hard to follow; we need a native speaker.",
                "The advertisement asked for English at level C1, and we saw level B2.",
            ),
            "de": Example(
                "Ihr Akzent war schwer zu verstehen; wir suchen Muttersprachler.",
                "In der Ausschreibung stand Deutsch auf Stufe C1, gesehen haben wir B2.",
            ),
        },
        patterns={
            "en": (
                r"\baccents?\b|\baccented\b|\bnative[- ](?:level |english |german |language )?speakers?\b|\bmother tongue\b|\bpronunciation\b",
                rf"{_YOUR}(?:broken|limited|poor|bad) (?:english|german)\b|\bway you (?:speak|talk|sound)\b",
            ),
            "de": (
                r"\bakzent\b|\bakzentfrei\w*|\bmuttersprach\w+|\bausspra\w+|\bgebrochene[ns]? (?:deutsch|englisch)\b|\bdialekt\b",
                r"\bwie (?:sie sprechen|du sprichst)\b",
            ),
        },
        unless={"en": (r"\baccent (?:colou?rs?|lighting|walls?|furniture|marks?|chairs?)\b",)},
    ),
    Rule(
        code="energy",
        level=Level.ERROR,
        title="Energy and temperament",
        message="“Energy” is a feeling about a person, and often stands for age or health. Say what you saw, or leave it out.",
        explanation=(
            "“Not enough energy” in an interview says more about the room than about the work, and hides age, illness "
            "or a bad night. It is never a reason."
        ),
        examples={
            "en": Example(
                "We missed your energy, and you seemed low-energy in the talk.",
                "We asked for an example of leading a project, and did not hear one.",
            ),
            "de": Example(
                "Uns hat Ihre Energie gefehlt, Sie wirkten wenig dynamisch.",
                "Wir fragten nach einem selbst geführten Projekt und haben kein Beispiel gehört.",
            ),
        },
        patterns={
            "en": (
                r"\b(?:your|low|lower|high|higher|more|enough|little|less|lacked|missed|lack of|right|positive|bring(?:s|ing)?(?: the)?)[ -]energy\b(?! (?:projects?|sectors?|industr\w+|markets?|systems?|compan\w+|work|polic\w+|efficien\w+|audits?|models?|consult\w+|data|savings?|transition|storage|management|bills?|background|teams?|prices?|use|consumption))",
                r"\benergetic\b|\benergy levels?\b|\bbubbly\b|\blacklustre\b|\blively\b",
                r"\b(?:not|more|less|too little|enough|lack of) (?:dynamic|dynamism|enthusiasm|passion|spark|drive)\b|\byour (?:enthusiasm|passion|temperament|personality|charisma)\b",
            ),
            "de": (
                r"\b(?:ihre?|deine?|mehr|wenig|weniger|genug|zu wenig|fehlende|mangelnde|positive|die nötige|ausreichend) energie\b|\benergie(?:geladen|los|level)\w*|\benergisch\w*",
                r"\b(?:wenig|zu wenig|nicht|mehr|kaum|genug) (?:dynamisch\w*|dynamik|begeisterung|leidenschaft|biss|schwung|elan|antrieb|temperament)\b|\bspritzig\w*|\blebhaft\w*",
                rf"{_IHR}(?:temperament|ausstrahlung|persönlichkeit|charisma)\b",
            ),
        },
    ),
    Rule(
        code="protected",
        level=Level.ERROR,
        title="Other protected ground",
        message="This touches on something that must not count: sex, pregnancy, family, origin, religion, disability, orientation or looks. Take it out.",
        explanation=(
            "Sex, pregnancy, family, origin, religion, disability, illness, orientation and looks are no part of a "
            "decision, so they are no part of its letter, not even meant kindly."
        ),
        examples={
            "en": Example(
                "With your small children the travel would have been hard.",
                "The job needs ten days of travel a month, as the advertisement said.",
            ),
            "de": Example(
                "Mit Ihren kleinen Kindern wäre das Reisen schwierig geworden.",
                "Zur Stelle gehören zehn Reisetage im Monat, wie in der Ausschreibung stand.",
            ),
        },
        patterns={
            "en": (
                r"\b(?:as|for|being|prefer\w*|wanted|looking for|chose|hired?) (?:a|an|another) (?:\w+ )?(?:woman|man|lady|mother|father|mum|mom|dad|male|female|girl|guy|gentleman)\b|\b(?:fe)?male (?:candidate|applicant|colleague|team|employee|engineer|manager)s?\b|\byour (?:gender|sex)\b|\b(?:femin|mascul)in(?:e|ity)\b|\bmanly\b",
                r"\bpregnan\w+|\b(?:maternity|paternity|parental) leave\b|\bfamily planning\b|\bhav(?:e|ing) (?:a baby|children|kids)\b|\bexpecting a (?:baby|child)\b",
                rf"{_YOUR}(?:family|children|child|kids?|baby|husband|wife|spouse|marriage|childcare|home life|private life|marital status|caring (?:duties|responsibilities))\b(?!-)|\bsingle (?:mother|father|parent|mum|mom|dad)s?\b|\b(?:un)?married\b|\bdivorced?\b|\bfamily (?:situation|commitments|circumstances)\b",
                rf"\bethnic\w*|\bracial\w*|{_YOUR}(?:race|nationality|origins?|heritage|ancestry|home country|country of (?:birth|origin)|roots|skin|native country|foreign name)\b|\bforeigners?\b|\bimmigrants?\b|\bmigra(?:nt|tion) background\b|\bskin colou?r\b|\bborn (?:abroad|in (?!mind))",
                rf"\breligio\w+|{_YOUR}(?:faith|beliefs?|prayers?|church|mosque|political views?|politics)\b|\b(?:muslim|islamic|jewish|christian|hindu|sikh|buddhist|catholic|atheist)s?\b|\bhead ?scarf\b|\bhijab\b|\bturban\b|\bramadan\b|\btrade union member\w*",
                rf"\bdisab(?:led|ilit\w+)|\bhandicap\w*|\bwheelchair\b|\bmental health\b|{_YOUR}(?:health|illness(?:es)?|sickness|sick leave|medical \w+|therapy|depression|burn-?out|autism|adhd|stammer|stutter|hearing|eyesight)\b|\bchronic(?:ally)?\b",
                r"\bsexual (?:orientation|identity)\b|\b(?:gay|lesbian|bisexual|homosexual|heterosexual|transgender|transsexual|queer|non-binary)\b",
                r"\byour (?:\w+ )?(?:looks|appearance|clothes|clothing|outfit|hair|hairstyle|weight|tattoos?|make-?up|piercings?|dress|dress sense|figure|beard|smile)\b|\boverweight\b|\byou look(?:ed)? (?:(?:very|so|too|really|rather|quite|a bit) )?(?!for\b|at\b|after\b|into\b|forward\b|back\b|through\b|up\b|around\b|to\b|over\b)\w+|\byou are (?:\w+ )?(?:attractive|pretty|handsome|good-looking)\b",
            ),
            "de": (
                r"\b(?:als (?:\w+e )?|(?:für|suchen|wollten|bevorzug\w+|lieber) (?:eine|ein|einen) (?:\w+ )?)(?:frau|mann|mutter|vater|mädchen|dame)\b(?! der\b)|\b(?:weiblich|männlich)(?:e[nrsm]?)?\b|\b(?:ihr|dein)e?[sm]? geschlecht\w*|\bgeschlechts\w+|\bals mutter\b|\bals vater\b",
                r"\bschwanger\w*|\bmutterschutz\w*|\belternzeit\w*|\bmutterschaft\w*|\bfamilienplanung\w*|\bkinderwunsch\w*|\bnachwuchs (?:erwart|bekomm)\w*",
                rf"{_IHR}(?:familie|kind(?:er|ern)?|baby|ehe(?:mann|frau|partner\w*)?|familienstand|familiensituation|privatleben|kinderbetreuung|angehörigen)\b|\b(?:ihre?[nrms]?|deine?[nrms]?) (?:mann(?:es)?|frau)\b|\balleinerziehend\w*|\bverheiratet\w*|\bgeschieden\w*|\bfamiliär\w*",
                rf"\bethni\w+|\brass(?:e|isch\w*)\b|{_IHR}(?:herkunft|nationalität|staatsangehörigkeit|abstammung|wurzeln|heimat|heimatland|hautfarbe|geburtsort)\b|\bausländer\w*|\bausländische[nr]? (?:name|herkunft|wurzeln)\w*|\bmigrationshintergrund\w*|\bmigrant\w*|\bhautfarbe\w*|\bflüchtling\w*",
                rf"\breligi\w+|{_IHR}(?:glauben?s?|konfession|weltanschauung|politische\w* \w+)\b|\b(?:muslim\w*|islamisch\w*|jüdisch\w*|christlich\w*|hinduistisch\w*|buddhistisch\w*|katholisch\w*|evangelisch\w*)\b|\bkopftuch\w*|\bturban\b|\bramadan\b|\bgewerkschaftsmitglied\w*",
                rf"\b(?:schwer)?behindert(?!envertretung)\w*|\b(?:schwer)?behinderung\w*|\bhandicap\w*|\brollstuhl\w*|\bpsychisch\w*|{_IHR}(?:gesundheit\w*|krankheit\w*|erkrankung\w*|fehlzeiten|krankenstand|depression\w*|burn-?out|autismus|adhs|stottern|gehör)\b|\bchronisch\w*|\bgesundheitlich\w*",
                r"\bsexuelle[nr]? (?:orientierung|identität)\b|\b(?:schwul|lesbisch|bisexuell|homosexuell|heterosexuell|transgender|transsexuell|queer|nichtbinär)(?:e[nrsm]?)?\b",
                rf"{_IHR}(?:aussehen|äußere[ns]?|erscheinung\w*|kleidung|frisur|haare?|gewicht|tätowierung\w*|tattoos?|piercings?|figur|bart|lächeln)\b|\bübergewicht\w*|\battraktive[rs]? (?:frau|mann|person|erscheinung)\b",
            ),
        },
        unless={
            "en": (
                r"\bmaternity (?:leave )?cover\b|\bdisab(?:led|ility) (?:people|adults|children|services?|charity|sector|rights)\b|\b(?:christian|jewish|catholic|muslim|ethnic) (?:museum|hospital|school|charity|church|studies|minority health)\b|\bmental health (?:nurs\w+|services?|team|teams|trust|care|charity|hospital|practitioner)\b",
            ),
            "de": (
                r"\belternzeitvertretung\w*|\bmenschen mit behinderung(?:en)?\b|\b(?:evangelisch|katholisch|christlich|jüdisch)e[nrsm]? (?:krankenhaus|kirche|schule|träger|museum|stiftung|akademie|klinik)\w*|\bpsychische[nr]? gesundheit\b|\bschwerbehindertenvertretung\b",
            ),
        },
    ),
)
