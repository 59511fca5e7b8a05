import pytest

from groundwire.keys.store import KeyStore
from identity_provider import provider, served_provider
from people import accounts_in
from stored import database, database_url, events, template

__all__ = ["database", "database_url", "events", "provider", "served_provider", "template"]


@pytest.fixture
async def keys(database):
    async with KeyStore(database) as store:
        yield store


@pytest.fixture
def accounts(database, keys):
    return accounts_in(database, keys)
