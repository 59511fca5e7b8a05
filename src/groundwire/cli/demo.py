"""`groundwire demo`: everything on this machine, with nothing to configure."""

from __future__ import annotations

from groundwire.cli.options import Host, Port, listening


def demo(host: Host = None, port: Port = None) -> None:
    """Start the proxy with sample documents and a built-in model that makes mistakes; no account, no download."""
    from groundwire.cli.serving import run_server
    from groundwire.console.playground import Example
    from groundwire.demo.answers import ANSWERS
    from groundwire.demo.serving import demo_settings, served_upstream, tour, upstream_listener

    with upstream_listener() as (listener, upstream_url):
        settings = demo_settings(upstream_url, listening(host, port))
        examples = [Example(known.question, known.answer) for known in ANSWERS]
        run_server(lambda: settings, running=[served_upstream(listener)], greeting=tour, examples=examples)
