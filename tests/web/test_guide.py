"""The guide's pages, as the extension serves them."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from flask_talentpool import guide
from flask_talentpool.config.guide_keys import CANDIDATES
from flask_talentpool.errors import ConfigError

GUIDE = "/talent-pool/guide/"
KEYS = guide.keys()
PACKAGED = guide.Guide()
TRANSLATED = [
    (language, key)
    for language in PACKAGED.languages()
    for key in KEYS
    if language in PACKAGED.languages(key)
]


class Links(HTMLParser):
    """What a page of ours leads to and loads, without what lies outside of it."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in {"href", "src"} and value and not re.match(r"#|[a-z]+:", value):
                self.found.add(value)


def head(html):
    return html.partition("</head>")[0]


@pytest.fixture
def client(office):
    """Somebody who was never here."""
    return office.app.test_client()


@pytest.fixture
def folder(tmp_path):
    """The host's own pages."""
    made = tmp_path / "guide"
    (made / "fr").mkdir(parents=True)
    (made / "assets").mkdir()
    (made / "assets" / "house.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (made / "assets" / "plan.txt").write_text("not for everybody")
    (made / "second-place.md").write_text("# Our second place\n\nWe say it *ourselves*.\n")
    (made / "fr" / "what-happens-next.md").write_text(
        "# Et maintenant\n\n[Après](after-the-interview.md) ![Maison](../assets/house.svg)\n",
        encoding="utf-8",
    )
    return made


def test_every_page_opens_for_everybody_and_leads_to_what_opens(client):
    pages = {GUIDE, *(GUIDE + PACKAGED.address(key, language=language) for language, key in TRANSLATED)}
    seen = {}
    leads = {}
    for address in sorted(pages):
        page = client.get(address)
        assert (page.status_code, "Set-Cookie" in page.headers) == (200, False), address
        assert page.text.count("<h1") == 1, address
        leads |= {urlsplit(urljoin(address, link)).path: address for link in Links(page.text).found}

    for address, where in leads.items():
        if address not in pages:
            with client.get(address) as answer:
                seen[address] = answer.status_code
            assert seen[address] == 200, f"{where} -> {address}"

    assert pages <= {*leads, *seen}, "a page that no other leads to"
    assert any(address.startswith(f"{GUIDE}assets/") for address in seen)


def test_the_first_page_leads_to_all_others(client):
    page = client.get(GUIDE).text

    assert {f"{GUIDE}{key}/" for key in KEYS} <= Links(page).found


def test_a_page_says_its_language_and_what_it_is_about(client):
    page = client.get(f"{GUIDE}what-happens-next/").text

    assert '<html lang="en">' in page
    assert f'<meta name="description" content="{guide.load("what-happens-next").description}">' in head(page)


def test_a_page_leads_to_itself_in_the_other_languages(client):
    english = client.get(f"{GUIDE}what-happens-next/").text
    german = client.get(f"{GUIDE}de/what-happens-next/").text

    assert '<html lang="de">' in german
    assert f'<link rel="alternate" hreflang="de" href="{GUIDE}de/what-happens-next/">' in head(english)
    assert f'href="{GUIDE}de/what-happens-next/" lang="de" hreflang="de">Deutsch</a>' in english
    assert f'href="{GUIDE}what-happens-next/" lang="en" hreflang="en">English</a>' in german
    assert f'href="{GUIDE}de/after-the-interview/"' in german
    assert "hreflang" not in client.get(f"{GUIDE}recruiters/").text


@pytest.mark.parametrize(("form", "folder"), [("formal", "de"), ("informal", "de-informal")])
def test_german_is_offered_once_in_the_form_of_address_of_the_house(make_office, form, folder):
    client = make_office(TALENTPOOL_FORM_OF_ADDRESS=form).app.test_client()

    english = client.get(f"{GUIDE}what-happens-next/").text
    other = client.get(
        f"{GUIDE}{'de' if form == 'informal' else 'de-informal'}/what-happens-next/", follow_redirects=True
    )

    assert re.findall(r'<a href="([^"]+)"[^>]*>Deutsch</a>', english) == [
        f"{GUIDE}{folder}/what-happens-next/"
    ]
    assert "Deutsch</span>" in other.text
    assert "Deutsch</a>" not in other.text


def test_a_page_that_is_not_there_in_a_language_leads_to_where_it_is(client):
    answer = client.get(f"{GUIDE}de/recruiters/")

    assert (answer.status_code, answer.location) == (302, f"{GUIDE}recruiters/")
    assert client.get(f"{GUIDE}de/").status_code in {200, 302}
    for address in ("en/", "index/", "en/index/"):
        assert client.get(GUIDE + address, follow_redirects=True).request.path == GUIDE, address


def test_without_the_closing_slash_it_opens_too(client):
    assert client.get(f"{GUIDE}what-happens-next", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("address", ["what-happens-nxt/", "xx/what-happens-nxt/", "de/what-happens-nxt/"])
def test_an_unknown_page_names_the_nearest(client, address):
    page = client.get(GUIDE + address)

    assert page.status_code == 404
    assert guide.load("what-happens-next").title in page.text
    assert f'href="{GUIDE}what-happens-next/"' in page.text


def test_an_unknown_page_names_the_nearest_in_json_too(client):
    answer = client.get(f"{GUIDE}what-happens-nxt/", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert answer.json["nearest"] == "what-happens-next"


def test_a_page_is_there_as_json(client):
    answer = client.get(f"{GUIDE}what-happens-next/", headers={"Accept": "application/json"})

    assert answer.json["key"] == "what-happens-next"
    assert answer.json["html"].startswith("<h1")
    assert answer.json["language"] == "en"
    assert answer.json["others"]["candidates"][0][0] == "after-the-interview"


def test_search_engines_may_find_it_and_nothing_else_is_asked_for(client):
    page = client.get(GUIDE)

    assert "noindex" not in page.text
    assert "X-Robots-Tag" not in page.headers
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "<script" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("key", [key for key in CANDIDATES if guide.load(key).has_tool])
def test_only_a_page_with_a_tool_has_a_script_and_it_is_ours(client, key):
    page = client.get(f"{GUIDE}{key}/")

    assert re.findall(r"<script[^>]*>", page.text) == [
        f'<script type="module" src="{GUIDE}assets/guide-tools.js">'
    ]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert client.get(f"{GUIDE}assets/guide-tools.js").mimetype == "text/javascript"


def test_numbers_are_the_ones_of_this_house(make_office):
    client = make_office(TALENTPOOL_KEEP_MONTHS=7).app.test_client()

    page = client.get(f"{GUIDE}what-happens-next/").text

    assert "lasts 7 months" in page
    assert "normally" not in page


def test_what_means_something_in_markdown_or_html_is_a_name_like_any_other(make_office):
    client = make_office(
        TALENTPOOL_COMPANY="R&D <b>Harbour</b> *Labs* [x](y)",
        TALENTPOOL_MAIL_FROM="An <jo_b_s@house.test>",
    ).app.test_client()

    page = client.get(f"{GUIDE}what-happens-next/").text

    assert "<b>" not in page
    assert "<em>Labs" not in page
    assert 'href="y"' not in page
    assert 'href="mailto:jo&#95;b&#95;s@house.test">jo&#95;b&#95;s@house.test</a>' in page


def test_a_page_of_the_houses_own_replaces_ours(make_office, folder):
    client = make_office(TALENTPOOL_GUIDE_FOLDER=str(folder)).app.test_client()

    assert "We say it <em>ourselves</em>." in client.get(f"{GUIDE}second-place/").text
    assert f'href="{GUIDE}second-place/">Our second place</a>' in client.get(GUIDE).text
    assert "<h1" in client.get(f"{GUIDE}thank-you-note/").text


def test_a_language_of_the_houses_own_is_added(make_office, folder):
    office = make_office(TALENTPOOL_GUIDE_FOLDER=str(folder))
    client = office.app.test_client()

    page = client.get(f"{GUIDE}fr/what-happens-next/").text

    assert '<html lang="fr">' in page
    assert '<a href="../../after-the-interview/">Après</a>' in page
    assert 'src="../../assets/house.svg"' in page
    assert "Français</a>" in client.get(f"{GUIDE}what-happens-next/").text
    assert client.get(f"{GUIDE}fr/").location == f"{GUIDE}fr/what-happens-next/"
    with office.app.test_request_context():
        assert office.talentpool.guide_url("what-happens-next", language="fr-CA").endswith(
            "/fr/what-happens-next/"
        )
        assert office.talentpool.guide_url("second-place", language="fr").endswith("/guide/second-place/")


def test_a_page_of_the_houses_own_that_cannot_be_shown_is_named_at_the_start(make_office, folder):
    (folder / "deciding.md").write_text("---\nfacts: true\n---\n# Ours\n\n{{ keep_mnths }}\n")
    (folder / "recruitrs.md").write_text("# Ours\n")

    with pytest.raises(ConfigError) as caught:
        make_office(TALENTPOOL_GUIDE_FOLDER=str(folder))

    assert "deciding.md, line 6: 'keep_mnths' is undefined; a page can use own, company" in str(caught.value)
    assert "recruitrs.md is named like no page of the guide; did you mean recruiters.md?" in str(caught.value)
    make_office(TALENTPOOL_GUIDE_FOLDER=str(folder), TALENTPOOL_ENABLED=False, open_up=False)


def test_a_hidden_page_is_nowhere(make_office):
    office = make_office(TALENTPOOL_GUIDE_HIDDEN=("after-the-interview", "recruiters"))
    client = office.app.test_client()

    for language in PACKAGED.languages():
        address = GUIDE + (PACKAGED.address("after-the-interview", language=language) or "")
        assert client.get(address).status_code == 404, address
        addresses = [PACKAGED.address(key, language=language) for key in CANDIDATES]
        for one in {GUIDE, *(GUIDE + address for address in addresses)} - {address}:
            page = client.get(one, follow_redirects=True).text
            assert "after-the-interview/" not in page, one
            assert 'recruiters/"' not in page, one
    assert "After the interview" in client.get(f"{GUIDE}what-happens-next/").text, "the words stay"
    with office.app.test_request_context():
        assert office.talentpool.guide_url("after-the-interview", language="de") == ""


def test_a_letter_does_not_link_to_a_hidden_page(make_office):
    office = make_office(TALENTPOOL_GUIDE_HIDDEN=("after-the-interview",))
    office.rejected()

    text = office.row("letter").text

    assert "guide/what-happens-next/" in text
    assert "after-the-interview" not in text
    assert ":\n\nWhat happens next with us" not in text, "an announcement of two pages before one"


def test_the_letters_link_to_pages_that_open(office, client):
    office.rejected()

    text = office.row("letter").text
    links = re.findall(r"https://jobs\.example\.test(/\S+guide\S+)", text)

    assert links
    for address in links:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(("form", "folder"), [("formal", "de"), ("informal", "de-informal")])
def test_a_german_letter_links_to_german_pages(make_office, form, folder):
    office = make_office(TALENTPOOL_LOCALE="de", TALENTPOOL_FORM_OF_ADDRESS=form)
    office.rejected()

    links = re.findall(r"https://jobs\.example\.test(/\S+guide\S+)", office.row("letter").text)

    assert f"{GUIDE}{folder}/what-happens-next/" in links
    assert {office.app.test_client().get(link).status_code for link in links} == {200}


def test_letters_link_to_where_the_guide_is_published(make_office):
    office = make_office(TALENTPOOL_GUIDE_URL="https://guide.example.test/again", TALENTPOOL_LOCALE="de")
    office.rejected()

    base = "https://guide.example.test/again/"

    assert base + (PACKAGED.address("what-happens-next", language="de") or "") in office.row("letter").text


# Pictures and scripts


def test_a_picture_is_given_out_once_and_can_run_nothing(client):
    first = client.get(f"{GUIDE}assets/mark.svg")

    again = client.get(f"{GUIDE}assets/mark.svg", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.mimetype, again.status_code) == (200, "image/svg+xml", 304)
    assert (
        first.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize(
    "name",
    [
        "../what-happens-next.md",
        "..%2fwhat-happens-next.md",
        "%2e%2e/what-happens-next.md",
        "tools/../../index.md",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..\\index.md",
        "x%00.svg",
        "tools",
        "",
        "no-such.svg",
        "a" * 5000 + ".svg",
    ],
)
def test_only_pictures_and_scripts_are_given_out(client, name):
    assert client.get(f"{GUIDE}assets/{name}").status_code in {404, 308}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PNG", "image/png"),
        ("a.jpeg", "image/jpeg"),
        ("a.gif", "image/gif"),
        ("a.avif", "image/avif"),
        ("a.pdf", "application/pdf"),
    ],
)
def test_a_file_of_the_houses_own_is_given_out_as_what_its_name_says(make_office, folder, name, kind):
    (folder / "assets" / name).write_bytes(b"<script>")
    client = make_office(open_up=False, TALENTPOOL_GUIDE_FOLDER=str(folder)).app.test_client()

    reply = client.get(f"{GUIDE}assets/{name}")

    assert (reply.status_code, reply.mimetype) == (200, kind)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert ("attachment" in reply.headers.get("Content-Disposition", "")) is (kind == "application/pdf")


def test_a_file_of_another_kind_is_not_given_out(make_office, folder):
    client = make_office(TALENTPOOL_GUIDE_FOLDER=str(folder)).app.test_client()

    assert client.get(f"{GUIDE}assets/house.svg").status_code == 200
    assert client.get(f"{GUIDE}assets/plan.txt").status_code == 404
    assert client.get(f"{GUIDE}assets/mark.svg").status_code == 200, "the package's own"
