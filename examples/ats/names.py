"""Invented people of many countries, from whom the seed draws its candidates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """Given names, family names, towns and dialling code, and how many people to draw."""

    given: str
    family: str
    towns: str
    code: str
    share: int

    def full_names(self) -> list[str]:
        """Return every pairing of a given name with a family name."""
        return [f"{given} {family}" for given in self.given.split("|") for family in self.family.split("|")]


COUNTRIES = (
    Country(
        "Anneke|Joost|Marijke|Thijs|Sanne|Bram|Femke|Wouter",
        "de Vries|van den Berg|Bakker|Hoekstra|van der Meulen|Visser|Smit|Dijkstra",
        "Rotterdam|Delft|Breda|Dordrecht",
        "+31 6",
        32,
    ),
    Country(
        "Jürgen|Käthe|Lukas|Björn|Annika|Friederike|Tobias|Heike",
        "Müller|Schäfer|Groß|Weiß|Kühn|Bauernfeind|Meyer-Landrut|Hölderle",
        "Hamburg|Bremen|Köln|Duisburg",
        "+49 151",
        28,
    ),
    Country(
        "Oliver|Charlotte|Gareth|Callum|Priyanka|Imogen",
        "Whitaker|Pryce-Jones|Macdonald|Hargreaves|Patel|Ashworth",
        "Felixstowe|Liverpool|Hull|London",
        "+44 7700",
        20,
    ),
    Country(
        "Niamh|Siobhán|Aoife",
        "O'Sullivan|Ní Dhomhnaill|Byrne",
        "Cork|Dublin",
        "+353 85",
        5,
    ),
    Country(
        "Camille|Théo|Élodie|Jean-Baptiste|Anaïs|Mathis|Loïc",
        "Lefèvre|Dubois|Garçon|Le Guen|Rousseau-Marchand|Benoît|Peltier",
        "Le Havre|Lille|Marseille|Nantes",
        "+33 6",
        19,
    ),
    Country(
        "Łukasz|Małgorzata|Zbigniew|Agnieszka|Paweł",
        "Wójcik|Kowalczyk|Żak|Nowak|Mazur-Kozak",
        "Gdańsk|Szczecin|Gdynia",
        "+48 601",
        13,
    ),
    Country(
        "Oksana|Dmytro|Olena",
        "Kovalenko|Shevchenko",
        "Odesa|Gdańsk",
        "+380 50",
        4,
    ),
    Country(
        "Søren|Freja|Mikkel|Karoline",
        "Østergård|Kjær|Bjerregaard",
        "Aarhus|Esbjerg",
        "+45 20",
        7,
    ),
    Country(
        "Åsa|Linnéa|Ragnhild",
        "Håkansson|Sjöström|Nygård",
        "Gothenburg|Bergen",
        "+46 70",
        6,
    ),
    Country(
        "Eero|Aino",
        "Mäkelä|Virtanen",
        "Turku|Kotka",
        "+358 40",
        3,
    ),
    Country(
        "María José|Íñigo|Lucía|Andrés",
        "Fernández Núñez|García-Peñalver|Echeverría|Muñoz",
        "Valencia|Bilbao|Algeciras",
        "+34 612",
        11,
    ),
    Country(
        "Joaquim|Beatriz|Nuno",
        "Gonçalves|Conceição|Figueiredo",
        "Porto|Sines",
        "+351 91",
        6,
    ),
    Country(
        "Chidimma|Tunde|Ngozi|Emeka",
        "Okonkwo|Adeleke-Bright|Bamgbose",
        "Rotterdam|London|Antwerp",
        "+32 470",
        7,
    ),
    Country(
        "Kwame|Abena",
        "Mensah|Owusu",
        "Tema|Antwerp",
        "+233 20",
        3,
    ),
    Country(
        "Amina|Yusuf",
        "Abdi|Warsame",
        "Rotterdam|Leicester",
        "+31 6",
        3,
    ),
    Country(
        "Thandiwe|Zanele",
        "Nkosi|Dlamini",
        "Durban|London",
        "+27 82",
        3,
    ),
    Country(
        "Arjun|Lakshmi|Meera|Ravi|Deepa",
        "Venkataraman|Iyer|Subramaniam|Nair",
        "Antwerp|Rotterdam|Chennai",
        "+31 6",
        11,
    ),
    Country(
        "Farhan|Imran|Nadia",
        "Rahman|Qureshi|Siddiqui",
        "Leicester|Rotterdam",
        "+44 7700",
        6,
    ),
    Country(
        "Nguyễn Minh|Trần Thanh|Lê Thị",
        "Khai|Tâm|Hương",
        "Hamburg|Prague",
        "+49 160",
        4,
    ),
    Country(
        "Wei|Xiuying|Jian",
        "Zhang|Li|Chen",
        "Rotterdam|Hamburg",
        "+31 6",
        4,
    ),
    Country(
        "Haruka|Kenji",
        "Matsumoto|Ōkubo",
        "Hamburg|Düsseldorf",
        "+49 160",
        2,
    ),
    Country(
        "Jun-ho|Seo-yeon",
        "Park|Kim",
        "Rotterdam",
        "+31 6",
        2,
    ),
    Country(
        "Elif|Mehmet|Gülşen|Emre",
        "Yılmaz|Çelik|Öztürk|Şahin",  # noqa: RUF001 - the Turkish dotless i
        "Duisburg|İzmir|Rotterdam",
        "+49 151",
        7,
    ),
    Country(
        "Yasmin|Omar|Layla|Karim|Shirin",
        "al-Hashimi|Benali|Haddad|Mansour|Farahani",
        "Brussels|Marseille|Rotterdam",
        "+32 485",
        10,
    ),
    Country(
        "Giulia|Niccolò|Chiara",
        "D'Angelo|Dell'Acqua|Bianchi",
        "Genoa|Trieste",
        "+39 347",
        5,
    ),
    Country(
        "Konstantinos|Giorgos",
        "Papadopoulos|Vlachos",
        "Piraeus",
        "+30 69",
        2,
    ),
    Country(
        "Ana|Luka|Ivana",
        "Kovačević|Horvat|Babić",
        "Rijeka",
        "+385 91",
        4,
    ),
    Country(
        "Ștefan|Ioana|Răzvan",
        "Țăranu|Ciobanu|Munteanu",
        "Constanța",
        "+40 72",
        3,
    ),
)

# Names that a page, a letter and a button must cope with.
UNUSUAL = (
    "Maximiliane Theodora Freifrau von Hohenstein-Rautenberg zu Waldkirchen-Oberammergau",
    "Wulandari",
    "Ana María de los Ángeles Fernández-Villaverde y Gutiérrez",
    "Bo Ek",
    "Þórdís Jónsdóttir",
    "Jan-Pieter van der Heijden-ter Braak",
)
