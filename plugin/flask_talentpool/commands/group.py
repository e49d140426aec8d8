"""The ``flask talentpool`` commands."""

from flask.cli import AppGroup, with_appcontext

from flask_talentpool.commands.adopt import adopt_command
from flask_talentpool.commands.check import check_command
from flask_talentpool.commands.doctor import doctor_command
from flask_talentpool.commands.forget import forget_command
from flask_talentpool.commands.receive import receive_command
from flask_talentpool.commands.restored import restored_command
from flask_talentpool.commands.send import send_command
from flask_talentpool.commands.suppressions import suppressions_command
from flask_talentpool.commands.sync import sync_command
from flask_talentpool.commands.texts import texts_command
from flask_talentpool.commands.upgrade_tables import upgrade_tables_command
from flask_talentpool.commands.worker import worker_command

talentpool_cli = AppGroup("talentpool", help="Talent pools, letters and recalls.")

for command in (
    check_command,
    doctor_command,
    sync_command,
    adopt_command,
    send_command,
    worker_command,
    forget_command,
    receive_command,
    suppressions_command,
    texts_command,
    upgrade_tables_command,
    restored_command,
):
    if command.callback is not None:
        command.callback = with_appcontext(command.callback)
    talentpool_cli.add_command(command)
