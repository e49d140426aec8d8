"""``flask talentpool texts``: say which letter texts there are, what is missing, and what cannot be used."""

import dataclasses
from collections.abc import Iterator

import click

from flask_talentpool.commands.common import guarded, json_option, plural, print_json, printable, ready
from flask_talentpool.letters.inventory import Inventory, Stock, take


@click.command("texts")
@json_option
@guarded
def texts_command(*, as_json: bool) -> None:
    """Look at every letter text in every language; writes nothing.

    Each language is compared with English, and each text is read as it would be for a letter: those of the
    package, those of TALENTPOOL_LETTERS_FOLDER, and those that somebody edited.

    The exit code is 1 when a text is missing or cannot be used. Letters that need it are held.
    """
    found = take(ready().context())
    if as_json:
        print_json(dataclasses.asdict(found) | {"is_complete": found.is_complete})
    else:
        for line in _lines(found):
            click.echo(line)
    raise SystemExit(0 if found.is_complete else 1)


def _lines(found: Inventory) -> Iterator[str]:
    for stock in found.stocks:
        yield f"{stock.folder + ':':14}{_state(stock)}"
        if stock.missing:
            yield f"  Missing: {', '.join(stock.missing)}. Add {stock.folder}/{stock.missing[0]}.txt and so on."
        for wrong in stock.wrong:
            yield f"  {wrong.text}: {wrong.because}"
    if found.unused:
        named = ", ".join(printable(name) for name in found.unused[:20])
        yield f"No letter is written from these files; see that their names are right: {named}"
    if found.locale:
        yield (
            f"TALENTPOOL_LOCALE is {printable(found.locale)}, and there are no texts in it; letters are written in "
            "English. Add a folder of that name to TALENTPOOL_LETTERS_FOLDER."
        )


def _state(stock: Stock) -> str:
    facts = []
    if stock.missing:
        facts.append(f"{plural(len(stock.missing), 'text')} missing")
    if stock.wrong:
        facts.append(f"{plural(len(stock.wrong), 'mistake')}")
    if not facts:
        facts.append("complete")
    if stock.own:
        facts.append(f"{stock.own:,} from your folder")
    if stock.edited:
        facts.append(f"{stock.edited:,} edited on the pages")
    return ", ".join(facts)
