from contextlib import contextmanager

import pytest

from fakes import running
from groundwire.demo.serving import demo_settings
from groundwire.demo.upstream import create_upstream
from groundwire.wiring import assemble


@contextmanager
def demonstrated(data_dir):
    """Serve the demo with all its real parts, as `groundwire demo` puts them together; yield its URL."""
    with running(create_upstream(pace_s=0)) as upstream_url:
        assembly = assemble(demo_settings(f"{upstream_url}/v1", {("data_dir",): data_dir}))
        assembly.library.sync()
        with running(assembly.app) as url:
            yield url


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory):
    """The running demo."""
    with demonstrated(tmp_path_factory.mktemp("demo")) as url:
        yield url
