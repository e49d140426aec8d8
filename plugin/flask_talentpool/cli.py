"""The ``flask talentpool`` commands."""

from flask.cli import AppGroup

talentpool_cli = AppGroup("talentpool", help="Talent pools, letters and recalls.")
