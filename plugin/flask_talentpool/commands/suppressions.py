"""``flask talentpool suppressions``: list and lift what bars addresses for no fault of theirs."""

import dataclasses
from functools import partial

import click

from flask_talentpool.commands.common import guarded, json_option, plural, print_json, ready
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.letters.incoming import lifting


@click.command("suppressions")
@click.option("--lift", is_flag=True, help="Let mail go to these addresses again.")
@json_option
@guarded
def suppressions_command(*, lift: bool, as_json: bool) -> None:
    """List addresses that are barred for what was no fault of theirs; with --lift, let mail go there again.

    Each is judged anew by what was kept of it: a block list, a daily limit or a full mailbox bars nobody. What people
    wished, and who was forgotten, is not touched. Letters held for such an address go on, looked at again first.
    """
    talentpool = ready()
    judged, going = talentpool.transact(partial(_work, lift=lift))
    if as_json:
        wrong = [
            {
                "id": one.id,
                "scope": one.scope,
                "since": one.since.isoformat(),
                "fault": one.fault,
                "letter_id": one.letter_id,
                "incoming_id": one.incoming_id,
            }
            for one in judged.wrong
        ]
        print_json(dataclasses.asdict(judged) | {"wrong": wrong, "lifted": lift, "letters": going})
        return
    for one in judged.wrong:
        about = f"letter {one.letter_id}" if one.letter_id is not None else f"mail {one.incoming_id}"
        click.echo(f"{one.since:%Y-%m-%d} {about}: {one.because}{f' ({one.said})' if one.said else ''}")
    click.echo(_sentence(judged, going, lifted=lift))


def _work(ctx: Context, *, lift: bool) -> tuple[lifting.Judged, int]:
    judged = lifting.judge(ctx)
    return judged, lifting.lift(ctx, judged.wrong, by=SOFTWARE) if lift else 0


def _sentence(judged: lifting.Judged, going: int, *, lifted: bool) -> str:
    barred = plural(len(judged.wrong), "address", "addresses")
    left = f"{judged.right:,} barred rightly"
    if judged.unknown:
        left += f", {judged.unknown:,} whose report was not kept, left as they are"
    if not judged.wrong:
        return f"No address is barred for what is not its fault; {left}."
    if lifted:
        return f"Lifted: {barred}; {plural(going, 'held letter goes', 'held letters go')} on. {left[0].upper()}{left[1:]}."
    return (
        f"{barred} barred for what is not their fault; {left}. Run it with --lift to let mail go there again."
    )
