"""Run commands in tests the same way on every version of Click."""

import inspect

from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskCliRunner


def cli_runner(app: Flask) -> FlaskCliRunner:
    """Return a runner that keeps standard error apart; Click does so by itself from 8.2 on."""
    must_ask = "mix_stderr" in inspect.signature(CliRunner.__init__).parameters
    return app.test_cli_runner(**({"mix_stderr": False} if must_ask else {}))
