import pytest

from groundwire.policy.store import PolicyStore
from stored import database, database_url, template

__all__ = ["database", "database_url", "template"]


@pytest.fixture
def store(database):
    return PolicyStore(database)
