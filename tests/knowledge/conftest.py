import pytest

from libraries import open_library
from stored import database, database_url, template

__all__ = ["database", "database_url", "template"]


@pytest.fixture
def library(database, tmp_path):
    return open_library(database, tmp_path / "indexes")


@pytest.fixture
def another(database, tmp_path):
    """Another process on the same database."""
    return open_library(database, tmp_path / "indexes")


@pytest.fixture
def folder(tmp_path):
    """A folder with two documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "refunds.md").write_text("# Refunds\n\nRefunds take 14 days.")
    (folder / "shipping.md").write_text("# Shipping\n\nShipping is free from $50.")
    return folder
