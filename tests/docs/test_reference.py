"""The developers' reference: what the pages say is what the code says, and nothing is left out."""

import inspect
import re

import pytest

import flask_talentpool
from flask_talentpool.commands.group import talentpool_cli
from flask_talentpool.config.settings import describe
from flask_talentpool.enums import HoldReason
from flask_talentpool.host.declared import HostMap
from flask_talentpool.letters.texts.vocabulary import NAMES, VARIABLES
from tests.hosts.registry import modules
from tools import reference
from tools.reference import blocks, errors, hosts, refusals, routes, settings, signals


@pytest.mark.parametrize("key", reference.PAGES)
def test_the_generated_parts_of_a_page_are_what_the_code_says_now(key):
    assert reference.as_it_is(key) == reference.as_it_should_be(key), "run: python -m tools.reference"


def test_a_part_that_a_page_lacks_is_an_error():
    with pytest.raises(blocks.WrongPageError, match="generated are \\['new'\\]"):
        blocks.fill("A page without parts.", {"new": "words"})


def test_what_somebody_writes_into_a_generated_part_by_hand_is_noticed():
    page = "<!-- generated: a -->\n\nfrom the code, and by hand\n\n<!-- end of a -->\n"

    assert blocks.fill(page, {"a": "from the code"}) != page


# Nothing is left out


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("settings", [f"`{setting.key}` {{ #{setting.key.lower()} }}" for setting in describe()]),
        ("commands", [f"$ flask talentpool {name} --help" for name in talentpool_cli.commands]),
        ("signals", [f"## `{name}` {{#{name}}}" for name in signals.every_signal()]),
        ("troubleshooting", [f"`{because.value}` {{ #{because.value} }}" for because in HoldReason]),
        ("troubleshooting", [f"`{one.__name__}` {{ #" for one in errors.every_error()]),
        ("troubleshooting", sorted({f"`{code}` {{ #refused-" for code, _ in refusals.every_refusal()})),
        ("templates-and-style", [f"- `{name}.txt`" for name in NAMES]),
        ("templates-and-style", [f"| `{name}` |" for name in VARIABLES]),
        ("map-your-host", [f"{{#{module.NAME.replace('_', '-')}}}" for module in modules()]),
        ("api", [f"::: flask_talentpool.{name}\n" for name in flask_talentpool.__all__]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_names_each_of_them_once(key, named):
    text = reference.as_it_is(key)

    assert {name: text.count(name) for name in named} == dict.fromkeys(named, 1)


def test_a_setting_in_no_group_is_an_error(monkeypatch):
    groups = {heading: names for heading, names in settings.GROUPS.items() if heading != "Words"}
    monkeypatch.setattr(settings, "GROUPS", groups)

    with pytest.raises(settings.UngroupedError, match="locale"):
        settings.blocks()


def test_each_address_of_ours_stands_on_the_page_with_a_right_or_as_public():
    page = reference.as_it_is("routes")
    found = routes.every_route()

    missing = [
        route
        for route in found
        if f"| {', '.join(route.methods)} `{route.address.removeprefix('/talent-pool')}` |" not in page
    ]

    assert missing == []
    assert [route.address for route in found if not route.is_public and not route.actions] == []
    assert {route.endpoint for route in found if route.is_public} >= {
        "talentpool.link",
        "talentpool.guide_page",
    }


# Maps


def as_written(shape):
    """Run a host's code as the page has it, and return what it makes."""
    namespace = {
        "HostMap": HostMap,
        "FlaskLoginAccess": flask_talentpool.FlaskLoginAccess,
        hosts.OPENER: shape.new_application,
        **dict(hosts.names(shape)),
    }
    exec(compile(hosts.code(shape), "map-your-host.md", "exec"), namespace)
    return namespace


def alike(one, other):
    """Compare two entries; functions by what they are written as, since the page has none of our methods."""
    if inspect.isroutine(one) and inspect.isroutine(other):
        return one.__name__ == other.__name__
    return one == other


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.NAME)
def test_the_map_on_the_page_is_the_one_the_tests_of_that_host_run_with(module):
    shape = hosts.with_models(module)

    written = as_written(shape)

    mapped = vars(HostMap(**shape.host_map()))
    shown = vars(written["host_map"])
    assert [name for name in mapped if not alike(mapped[name], shown[name])] == []
    if "access" in written:
        theirs, ours = vars(shape.access()), vars(written["access"])
        assert [name for name in theirs if not alike(theirs[name], ours[name])] == []


def test_a_miniature_host_without_a_note_is_an_error(monkeypatch):
    monkeypatch.setitem(hosts.NOTES, "a_host_of_tomorrow", hosts.Note("", ""))

    with pytest.raises(hosts.WithoutNoteError, match="a_host_of_tomorrow"):
        hosts.blocks()


# The Python API


@pytest.fixture(scope="module")
def as_markdown():
    """What the published guide does to docstrings; it needs what builds the guide."""
    reason = "mkdocstrings is not installed: install flask-talentpool[docs]"
    return pytest.importorskip("tools.docstrings", reason=reason, exc_type=ImportError).as_markdown


def test_no_markup_of_another_kind_is_left_in_a_docstring_of_the_api(as_markdown):
    exported = [
        one for name in flask_talentpool.__all__ if inspect.isclass(one := getattr(flask_talentpool, name))
    ]
    members = [member for one in exported for name, member in vars(one).items() if not name.startswith("_")]
    docs = [as_markdown(text) for one in (*exported, *members) if (text := inspect.getdoc(one))]

    left = [text for text in docs if re.search(r":\w+:`|``|::$", text, re.MULTILINE)]

    assert len(docs) > 50
    assert left == []


def test_a_role_a_literal_and_a_block_of_code_are_markdown(as_markdown):
    text = "See :meth:`~flask_talentpool.TalentPool.sync`, or ``None``. Example::\n\n    sync()"

    assert as_markdown(text) == "See `sync`, or `None`. Example:\n\n    sync()"
