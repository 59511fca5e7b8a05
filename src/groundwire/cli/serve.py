"""`groundwire serve`: the proxy over the configured upstreams and documents."""

from __future__ import annotations

from groundwire.cli.options import Config, Host, Port, listening


def serve(config: Config = None, host: Host = None, port: Port = None) -> None:
    """Start the proxy and keep its knowledge base in step with the documents' folder.

    SIGHUP reads the policies anew; with a mistake in the settings the present ones stay in force.
    """
    from groundwire.cli.serving import run_server
    from groundwire.settings import load_settings

    run_server(lambda: load_settings(config, overrides=listening(host, port)))
