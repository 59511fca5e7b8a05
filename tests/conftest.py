import pytest

from demonstrated import demonstrated


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the files in tests/golden anew")


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory):
    """The demo with all its real parts, running."""
    with demonstrated(tmp_path_factory.mktemp("demo")) as url:
        yield url
