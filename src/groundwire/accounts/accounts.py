"""Everything about signing in, as one object."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from groundwire.accounts.oidc import SingleSignOn
from groundwire.accounts.passwords import Passwords
from groundwire.accounts.people import Person, admit
from groundwire.accounts.sessions import Session, SessionStore
from groundwire.accounts.site import Site
from groundwire.accounts.throttle import Throttle
from groundwire.accounts.users import User, UserStore, proper_role
from groundwire.errors import AuthenticationFailed, BadRequest, PermissionDenied
from groundwire.keys.roles import Permission, Role
from groundwire.keys.store import KeyStore

# One text for everything that may be wrong: nobody learns which names exist.
_WRONG = "The name or the password is wrong."


@dataclass(frozen=True, slots=True)
class Accounts:
    """Signs users in and out and looks after their passwords; the keys sign in too."""

    users: UserStore
    sessions: SessionStore
    keys: KeyStore
    site: Site = field(default_factory=Site)
    passwords: Passwords = field(default_factory=Passwords)
    throttle: Throttle = field(default_factory=Throttle)
    single_sign_on: SingleSignOn | None = None

    async def add(self, name: str, role: Role, password: str) -> User:
        """Make a user with a password; raises BadRequest and Conflict."""
        return await self.users.create(name, role, password_hash=await self.passwords.hash(password))

    async def sign_in(self, name: str, password: str, address: str) -> str:
        """Return the token of a new session; raises AuthenticationFailed and, after many failures, TooManyAttempts.

        `address` is where the attempt comes from. An unknown name takes as long as a wrong password.
        """
        user = await self._proven(name, password, address)
        if user is None:
            raise AuthenticationFailed(_WRONG)
        return await self.sessions.open(user_id=user.id)

    async def sign_in_with_key(self, key: str, address: str) -> str:
        """Return the token of a new session that lasts no longer than the key; raises as `sign_in`.

        Raises PermissionDenied for a key of an app, which has nothing to look for in the console.
        """
        self.throttle.attempt("", address)
        record = await self.keys.authenticate(key.strip())
        if record is None:
            raise AuthenticationFailed("This key is not known, or it was revoked.")
        self.throttle.succeed("", address)
        if not record.role.may(Permission.READ):
            raise PermissionDenied(f"A key of role {record.role.value!r} is for the wire; use one of analyst or admin.")
        return await self.sessions.open(key_id=record.id)

    async def sign_in_remotely(self, person: Person) -> str:
        """Return the token of a new session of whom the identity provider vouches for; raises AuthenticationFailed."""
        user = await admit(self.users, person)
        return await self.sessions.open(user_id=user.id)

    async def know_users(self) -> bool:
        """Whether people sign in here as users: there is one, or an identity provider that tells of them."""
        return self.single_sign_on is not None or await self.users.has_users()

    async def need_sign_in(self) -> bool:
        """Whether there is a user or a key, so that being on this machine is no longer enough."""
        return await self.know_users() or await self.keys.has_keys()

    async def disable(self, name: str) -> User:
        """Keep a user out from now on; raises NotFound. A second time changes nothing."""
        user = await self.users.named(name)
        if user.disabled_at is None:
            await self.users.change(user.id, disabled_at=datetime.now(UTC))
        await self.sessions.end_all(user.id)
        return await self.users.named(name)

    async def enable(self, name: str) -> User:
        """Let a user in again; raises NotFound."""
        user = await self.users.named(name)
        await self.users.change(user.id, disabled_at=None)
        return await self.users.named(name)

    async def set_role(self, name: str, role: Role) -> User:
        """Give a user another role, which counts at once; raises NotFound and BadRequest."""
        user = await self.users.named(name)
        await self.users.change(user.id, role=proper_role(role).value)
        return await self.users.named(name)

    async def set_password(self, name: str, password: str) -> User:
        """Give a user a new password and end all sessions; raises NotFound and BadRequest."""
        user = _with_password(await self.users.named(name))
        await self._replace_password(user, password)
        return user

    async def change_password(self, session: Session, token: str, current: str, new: str, address: str) -> None:
        """Change the password of whoever is signed in and end the other sessions of that user.

        Raises AuthenticationFailed for a wrong `current` password, BadRequest for a `new` one that will not do.
        """
        if session.user_id is None:
            raise BadRequest("A key has no password.")
        user = _with_password(await self.users.named(session.name))
        if await self._proven(user.name, current, address) is None:
            raise AuthenticationFailed("The current password is wrong.")
        await self._replace_password(user, new, but=token)

    async def _proven(self, name: str, password: str, address: str) -> User | None:
        """Return the user whose password it is."""
        self.throttle.attempt(name, address)
        user, kept = await self.users.find(name) or (None, None)
        if not await self.passwords.matches(kept, password) or user is None or kept is None:
            return None
        self.throttle.succeed(name, address)
        if self.passwords.is_outdated(kept):
            await self.users.change(user.id, password_hash=await self.passwords.rehash(password))
        return None if user.disabled_at else user

    async def _replace_password(self, user: User, password: str, *, but: str = "") -> None:
        await self.users.change(user.id, password_hash=await self.passwords.hash(password))
        await self.sessions.end_all(user.id, but=but)


def _with_password(user: User) -> User:
    if user.is_remote:
        raise BadRequest(f"{user.name!r} signs in at the identity provider and has no password here.", param="name")
    return user
