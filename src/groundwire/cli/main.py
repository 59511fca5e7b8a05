"""The command `groundwire`: one line a subcommand."""

from __future__ import annotations

from typing import Annotated

import typer

from groundwire import __version__
from groundwire.cli.calibrate import calibrate
from groundwire.cli.check import check
from groundwire.cli.demo import demo
from groundwire.cli.doctor import doctor
from groundwire.cli.evaluate import evaluate
from groundwire.cli.export import export
from groundwire.cli.ingest import ingest
from groundwire.cli.keys import KEY_COMMANDS
from groundwire.cli.output import reported
from groundwire.cli.replay import replay
from groundwire.cli.serve import serve
from groundwire.cli.users import USER_COMMANDS

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Groundwire checks every answer of a chatbot, claim by claim, against your own documents.",
)
keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke the keys that clients present.")

for command in (serve, demo, ingest, check, evaluate, replay, calibrate, export, doctor):
    app.command()(reported()(command))
for key_command in KEY_COMMANDS:
    keys.command()(reported()(key_command))
app.add_typer(keys, name="keys")
users = typer.Typer(no_args_is_help=True, help="Make, list and disable the users of the console.")
for user_command in USER_COMMANDS:
    users.command()(reported()(user_command))
app.add_typer(users, name="users")


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep the help of the program itself apart from that of its commands."""
