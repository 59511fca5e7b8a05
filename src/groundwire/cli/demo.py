"""`groundwire demo`: everything on this machine, with nothing to configure."""

from __future__ import annotations

from functools import partial

from groundwire.cli.options import Host, Port, listening


def demo(host: Host = None, port: Port = None) -> None:
    """Start the proxy with sample documents and a built-in model that makes mistakes; no account, no download."""
    from groundwire.cli.serving import run_server
    from groundwire.demo.serving import demo_settings, examples, served_upstream, tour, upstream_listener

    with upstream_listener() as (listener, upstream_url):
        settings = demo_settings(upstream_url, listening(host, port))
        greeting = partial(tour, data_dir=settings.data_dir)
        run_server(lambda: settings, running=[served_upstream(listener)], greeting=greeting, examples=examples())
