"""`groundwire doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import typer

from groundwire.cli.options import Config


def doctor(config: Config = None) -> None:
    """Look at everything a server needs: settings, data, models, documents, keys, port, upstreams.

    The exit code is 1 if there is a problem.
    """
    from groundwire.cli.examining import examine
    from groundwire.settings import load_settings

    settings = load_settings(config)
    typer.echo(f"{'ok':<9}{'settings':<18}valid")
    has_problem = False
    for finding in examine(settings):
        word = "ok" if finding.is_ok else "problem"
        typer.secho(f"{word:<9}{finding.what:<18}{finding.text}", fg=None if finding.is_ok else typer.colors.RED)
        has_problem = has_problem or not finding.is_ok
    if has_problem:
        raise typer.Exit(1)
