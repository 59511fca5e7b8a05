"""The database, whole or opened for what a command needs of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from groundwire.accounts.accounts import Accounts
from groundwire.accounts.oidc import Provider, SingleSignOn
from groundwire.accounts.people import Admission
from groundwire.accounts.sessions import SessionStore
from groundwire.accounts.site import Site
from groundwire.accounts.users import UserStore
from groundwire.events.store import SqlEventStore
from groundwire.keys.roles import Role
from groundwire.keys.store import KeyStore
from groundwire.settings import OidcSettings, Settings
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
    site, users = Site(settings.server.public_url or ""), UserStore(database)
    return Accounts(users, sessions, keys, site, single_sign_on=_single_sign_on(times.oidc) if times.oidc else None)


def _single_sign_on(oidc: OidcSettings) -> SingleSignOn:
    secret = oidc.client_secret.get_secret_value() if oidc.client_secret else ""
    admission = Admission(
        role_claim=oidc.role_claim or "",
        admin_values=frozenset(oidc.admin_values),
        analyst_values=frozenset(oidc.analyst_values),
        default_role=None if oidc.default_role == "none" else Role(oidc.default_role),
        allowed_domains=frozenset(domain.casefold() for domain in oidc.allowed_domains),
    )
    return SingleSignOn(Provider(oidc.issuer, oidc.client_id, secret, oidc.scope), admission, button=oidc.button)


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
