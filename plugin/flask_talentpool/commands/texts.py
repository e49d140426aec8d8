"""``flask talentpool texts``: say which texts there are, what is missing, and what cannot be used."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import click

from flask_talentpool.commands.common import fail, guarded, json_option, plural, print_json, printable, ready
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts import inventory
from flask_talentpool.portal import wording_files


@click.command("texts")
@json_option
@guarded
def texts_command(*, as_json: bool) -> None:
    """Look at every letter text and the words of the candidate's pages, in every language; writes nothing.

    Each language is compared with English, and each text is read as it would be for a letter: those of the
    package, those of TALENTPOOL_LETTERS_FOLDER, and those that somebody edited.

    The exit code is 1 when a text is missing or cannot be used. Letters that need it are held; a candidate's
    page that lacks words is shown in the language of TALENTPOOL_LOCALE, else in English.
    """
    ctx = ready().context()
    if trouble := text_files.trouble(ctx.settings.letters_folder):
        fail(trouble)
    letters = inventory.take(ctx)
    pages = {stock.folder: stock for stock in wording_files.take(ctx.settings)}
    unused = (*letters.unused, *wording_files.unknown_files(ctx.settings))
    is_complete = letters.is_complete and not unused and all(page.is_complete for page in pages.values())
    if as_json:
        facts = {"unused": unused, "pages": [dataclasses.asdict(page) for page in pages.values()]}
        print_json(dataclasses.asdict(letters) | facts | {"is_complete": is_complete})
    else:
        for line in _lines(letters, pages, unused):
            click.echo(line)
    raise SystemExit(0 if is_complete else 1)


def _lines(
    letters: inventory.Inventory, pages: Mapping[str, wording_files.Stock], unused: Sequence[str]
) -> Iterator[str]:
    for stock in letters.stocks:
        page = pages[stock.folder]
        yield f"{stock.folder + ':':14}{_state(stock, page)}"
        if stock.missing:
            yield f"  Missing: {', '.join(stock.missing)}. Add {stock.folder}/{stock.missing[0]}.txt and so on."
        for wrong in stock.wrong:
            yield f"  {wrong.text}: {wrong.because}"
        yield from _of_pages(page)
    if unused:
        named = ", ".join(printable(name) for name in unused[:20])
        yield f"Nothing is written from these files; see that their names are right: {named}"
    if letters.locale:
        yield (
            f"TALENTPOOL_LOCALE is {printable(letters.locale)}, and there are no texts in it; letters are written in "
            "English. Add a folder of that name to TALENTPOOL_LETTERS_FOLDER."
        )


def _of_pages(page: wording_files.Stock) -> Iterator[str]:
    file = f"{page.folder}/{wording_files.FILE}"
    if page.missing and len(page.missing) == len(wording_files.keys()):
        yield f"  The candidate's pages have no words in this language, and are shown in another. Add {file}."
    elif page.missing:
        named = ", ".join(page.missing[:5]) + (" and so on" if len(page.missing) > 5 else "")  # noqa: PLR2004 (as many as read well)
        yield f"  The candidate's pages lack words, and are shown in another language. Add to {file}: {named}."
    for wrong in page.wrong:
        yield f"  {file}: {wrong}"


def _state(stock: inventory.Stock, page: wording_files.Stock) -> str:
    facts = []
    if stock.missing:
        facts.append(f"{plural(len(stock.missing), 'text')} missing")
    if page.missing:
        facts.append("words of pages missing")
    if mistakes := len(stock.wrong) + len(page.wrong):
        facts.append(plural(mistakes, "mistake"))
    if not facts:
        facts.append("complete")
    if stock.own:
        facts.append(f"{stock.own:,} from your folder")
    if stock.edited:
        facts.append(f"{stock.edited:,} edited on the pages")
    return ", ".join(facts)
