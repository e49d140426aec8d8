"""The jobs of the invented company, and the story each of them has had so far."""

from __future__ import annotations

from dataclasses import dataclass

STAFF = (
    ("ines.moreau", "Ines Moreau", "Senior recruiter", "recruiter"),
    ("tomasz.zielinski", "Tomasz Zieliński", "Head of Engineering", "manager"),
    ("grace.adeyemi", "Grace Adeyemi", "Head of People", "admin"),
    ("ruben.castillo", "Rubén Castillo", "Recruiter", "recruiter"),
    ("helene.brandt", "Helene Brandt", "Operations Director", "manager"),
    ("priya.raman", "Priya Raman", "Commercial Director", "manager"),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """One job: who runs it, when it opened and closed (days ago), how many applied, and how it went.

    `story` is what became of the finalists: `running`, `hired`, `offer_open`, `declined` (the offer
    was turned down and the job is still open), `second_choice` (the first declined, the next was
    hired), `cancelled`. `barred` is how many are not to be considered again.
    """

    title: str
    department: str
    place: str
    manager: str
    recruiter: str
    field: str
    opened: int
    closed: int | None
    applied: int
    new_people: int
    story: str
    about: str
    barred: int = 0


OPENINGS = (
    Opening(
        "Backend Engineer (Python)", "Engineering", "Rotterdam or remote", "tomasz.zielinski", "ines.moreau",
        "software", 118, None, 34, 23, "declined",
        "You build the services that know where every container is: Python, PostgreSQL, a team of six.",
    ),
    Opening(
        "Platform Engineer", "Engineering", "Rotterdam", "tomasz.zielinski", "ines.moreau",
        "software", 236, 171, 29, 29, "hired",
        "You keep the platform of four product teams up, patched and pleasant to deploy to.",
    ),
    Opening(
        "Frontend Engineer, Customer Portal", "Engineering", "Rotterdam", "tomasz.zielinski", "ines.moreau",
        "software", 52, None, 22, 8, "running",
        "You make the portal that shippers look at each morning quick, clear and usable with a keyboard.",
    ),
    Opening(
        "Data Analyst, Network Planning", "Engineering", "Hamburg", "tomasz.zielinski", "ruben.castillo",
        "data", 160, 88, 27, 27, "second_choice",
        "You find out which trains and barges we should book for next month, and show how sure you are.",
    ),
    Opening(
        "Data Engineer", "Engineering", "Hamburg", "tomasz.zielinski", "ruben.castillo",
        "data", 34, None, 17, 7, "running",
        "You bring the messages of forty terminals into one store that people can trust.",
    ),
    Opening(
        "Terminal Shift Lead", "Operations", "Rotterdam Maasvlakte", "helene.brandt", "ruben.castillo",
        "operations", 212, 150, 31, 31, "hired",
        "You lead a crew of fourteen through day and night shifts at a terminal that never stops.",
        barred=1,
    ),
    Opening(
        "Fleet Maintenance Planner", "Operations", "Antwerp", "helene.brandt", "ruben.castillo",
        "operations", 58, None, 21, 11, "offer_open",
        "You plan when each of our 180 lorries is off the road, so that none is off it by surprise.",
    ),
    Opening(
        "Customs Agent", "Operations", "Felixstowe", "helene.brandt", "ines.moreau",
        "operations", 71, None, 19, 7, "running",
        "You get goods over the border: declarations, licences, and the telephone when they are stuck.",
    ),
    Opening(
        "Warehouse Automation Technician", "Operations", "Venlo", "helene.brandt", "ruben.castillo",
        "operations", 185, 140, 16, 7, "cancelled",
        "You look after the shuttles and conveyors of our newest warehouse.",
    ),
    Opening(
        "Key Account Manager, Nordics", "Commercial", "Gothenburg", "priya.raman", "ines.moreau",
        "commercial", 140, 76, 26, 26, "hired",
        "You look after nine shippers in Sweden, Denmark and Finland and find the tenth.",
    ),
    Opening(
        "Customer Care Specialist (German)", "Commercial", "Hamburg", "priya.raman", "ines.moreau",
        "commercial", 45, None, 28, 14, "running",
        "You tell customers where their freight is, in German and English, before they have to ask.",
        barred=1,
    ),
    Opening(
        "Pricing Manager", "Commercial", "Rotterdam", "priya.raman", "ines.moreau",
        "commercial", 24, None, 11, 2, "running",
        "You set prices that win freight and still pay for the diesel.",
    ),
    Opening(
        "Payroll Accountant", "Finance", "Rotterdam", "priya.raman", "ruben.castillo",
        "office", 128, 70, 23, 23, "hired",
        "You see to it that 1,900 people in five countries are paid, right and on time.",
    ),
    Opening(
        "HR Business Partner, Operations", "People", "Rotterdam", "helene.brandt", "ines.moreau",
        "office", 38, None, 16, 5, "running",
        "You are the person shift leads ring when something is not right in their crew.",
    ),
)  # fmt: skip

# For each field of work: how such people describe themselves, and what they know.
FIELDS = {
    "software": (
        (
            "Backend developer, {years} years of Python and Django",
            "Software engineer, previously in port logistics",
            "Full-stack developer, Flask and Vue, {years} years",
            "Site reliability engineer, {years} years on call",
            "Frontend developer with an eye for accessibility",
            "Senior engineer, payments and event streams",
            "Career changer, two years of professional Python",
        ),
        "Python|PostgreSQL|Flask|Kubernetes|TypeScript|Terraform|Accessibility|Kafka|Linux|Testing",
    ),
    "data": (
        (
            "Data analyst, {years} years in transport planning",
            "Data engineer, pipelines and warehouses",
            "Operations researcher, rail timetables",
            "Business analyst turning to data, SQL and Python",
            "Statistician, {years} years of demand forecasting",
        ),
        "SQL|Python|dbt|Forecasting|Airflow|R|Optimisation|Dashboards",
    ),
    "operations": (
        (
            "Shift supervisor, {years} years at container terminals",
            "Maintenance planner for heavy vehicles",
            "Customs declarant, import and export",
            "Mechatronics technician, conveyors and shuttles",
            "Warehouse team lead, {years} years, three shifts",
            "Yard coordinator, rail and barge",
            "Freight forwarder with dangerous goods licence",
        ),
        "Shift planning|Dangerous goods|Customs law|SAP PM|First aid|Crane licence|PLC|Dutch|German|English",
    ),
    "commercial": (
        (
            "Account manager, ocean freight, {years} years",
            "Customer service, German and English",
            "Pricing analyst, road and rail",
            "Inside sales, temperature-controlled freight",
            "Key account manager, Nordic retail",
            "Call centre lead moving into logistics",
        ),
        "Negotiation|German|Swedish|Tenders|CRM|Pricing|English|Danish",
    ),
    "office": (
        (
            "Payroll specialist, {years} years, Netherlands and Belgium",
            "HR generalist, shift-work employers",
            "Accountant, month-end and audits",
            "HR business partner, {years} years in industry",
            "Personnel administrator, works council experience",
        ),
        "Payroll|Dutch labour law|German labour law|Excel|Mediation|Audits|Works councils",
    ),
}
