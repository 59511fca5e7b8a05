import pytest

from demonstrated import demonstrated


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory):
    """The demo with all its real parts, running."""
    with demonstrated(tmp_path_factory.mktemp("demo")) as url:
        yield url
