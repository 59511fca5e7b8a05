"""Accounts with a password hash that costs next to nothing, and people who have one."""

from __future__ import annotations

from argon2 import PasswordHasher

from groundwire.accounts.accounts import Accounts
from groundwire.accounts.passwords import Passwords
from groundwire.accounts.sessions import SessionStore
from groundwire.accounts.users import UserStore
from groundwire.keys.store import KeyStore
from groundwire.storage.database import Database

PASSWORD = "four words not alike"
OTHER_PASSWORD = "quite another password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def accounts_in(database: Database, keys: KeyStore, **changes: object) -> Accounts:
    """Return the accounts of a database; `changes` replace parts."""
    parts = {"users": UserStore(database), "sessions": SessionStore(database), "passwords": Passwords(CHEAP)}
    return Accounts(keys=keys, **{**parts, **changes})
