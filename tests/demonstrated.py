"""The demo with all its real parts, for tests that see the product as a user does."""

from contextlib import contextmanager

from fakes import running
from groundwire.demo.serving import demo_settings, examples
from groundwire.demo.upstream import create_upstream
from groundwire.wiring import assemble

# How busy the machine is must not change what the tests see.
PATIENT = {("policies", "default", "budget_ms"): 60_000}


@contextmanager
def demonstrated(data_dir):
    """Serve the demo on a free port, as `groundwire demo` puts it together; yield its URL."""
    with running(create_upstream(pace_s=0)) as upstream_url:
        assembly = assemble(
            demo_settings(f"{upstream_url}/v1", {("data_dir",): data_dir} | PATIENT), examples=examples()
        )
        assembly.documents.sync()
        with running(assembly.app) as url:
            yield url
