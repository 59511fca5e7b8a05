"""The database, whole or opened for what a command needs of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from groundwire.accounts.accounts import Accounts
from groundwire.accounts.sessions import SessionStore
from groundwire.accounts.site import Site
from groundwire.accounts.users import UserStore
from groundwire.events.store import SqlEventStore
from groundwire.keys.store import KeyStore
from groundwire.settings import Settings
from groundwire.storage.database import Database, open_database


def open_storage(settings: Settings) -> Database:
    """Open the database and bring its tables up to date; raises SettingsError."""
    database = open_database(settings.effective_database_url)
    database.upgrade()
    return database


@asynccontextmanager
async def opened_keys(settings: Settings) -> AsyncIterator[KeyStore]:
    """Open the keys alone, for a command that needs no more."""
    database = open_storage(settings)
    async with closing(database), KeyStore(database) as keys:
        yield keys


def build_accounts(settings: Settings, database: Database, keys: KeyStore) -> Accounts:
    """Return the accounts in this database."""
    times = settings.sign_in
    idle, longest = timedelta(hours=times.idle_hours), timedelta(hours=times.max_hours)
    sessions = SessionStore(database, idle=idle, longest=longest)
    return Accounts(UserStore(database), sessions, keys, Site(settings.server.public_url or ""))


@asynccontextmanager
async def opened_accounts(settings: Settings) -> AsyncIterator[Accounts]:
    """Open users and keys alone, for a command that needs no more."""
    database = open_storage(settings)
    async with closing(database), KeyStore(database) as keys:
        yield build_accounts(settings, database, keys)


@asynccontextmanager
async def opened_events(settings: Settings) -> AsyncIterator[SqlEventStore]:
    """Open the events alone, for a command that needs no more."""
    database = open_storage(settings)
    async with closing(database), SqlEventStore(database) as events:
        yield events


@asynccontextmanager
async def closing(database: Database) -> AsyncIterator[None]:
    """Close the database in the end."""
    try:
        yield
    finally:
        await database.close()
