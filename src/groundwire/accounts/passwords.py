"""Passwords: what is kept of them, and how they are compared."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from groundwire.errors import BadRequest

MIN_CHARS = 12
MAX_CHARS = 1_000
# Each comparison takes tens of megabytes, so that a flood of sign-ins must not run all at once.
_AT_ONCE = 2


class Passwords:
    """Hashes and compares passwords with argon2id, in worker threads and few at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Return what is kept of a password; raises BadRequest where it is too short, too long or no text."""
        require_strength(password)
        return await self.rehash(password)

    async def rehash(self, password: str) -> str:
        """Return what is kept of a password that was accepted earlier."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; without a `kept` one it takes as long and never is."""
        if len(password) > MAX_CHARS or not _is_text(password):
            password = ""
        known = kept or await self._decoy_hash()
        async with self._turns:
            is_right = await asyncio.to_thread(self._verify, known, password)
        return is_right and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed at another cost than is asked for now."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _normal(password))
        except (Argon2Error, InvalidHashError):
            return False

    async def _decoy_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self.rehash(secrets.token_hex())
        return self._decoy


def require_strength(password: str) -> None:
    """Raise BadRequest, with what to do, where nobody should have such a password."""
    if len(password) < MIN_CHARS:
        raise BadRequest(
            f"The password has {len(password)} characters; choose one of at least {MIN_CHARS}, for example four "
            "words that do not belong together.",
            param="password",
        )
    if len(password) > MAX_CHARS:
        raise BadRequest(f"The password is longer than {MAX_CHARS} characters.", param="password")
    if not _is_text(password):
        raise BadRequest("The password holds signs that are no text.", param="password")


def _is_text(password: str) -> bool:
    """Whether it can be encoded: a terminal may hand over halves of characters."""
    return not any("\ud800" <= sign <= "\udfff" for sign in password)


def _normal(password: str) -> str:
    """The same password, whether a keyboard sends an accented letter as one sign or as two."""
    return unicodedata.normalize("NFC", password)
