"""Who an identity provider says that somebody is, and which role that gives here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groundwire.accounts.users import MAX_NAME_CHARS, User, UserStore, proper_name
from groundwire.errors import AuthenticationFailed, BadRequest, Conflict, PermissionDenied
from groundwire.keys.roles import Role

_LONGEST_SUBJECT = 512
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom an identity provider vouches for: `subject` is `issuer|sub` and never changes, the name may."""

    subject: str
    name: str
    role: Role
    has_given_role: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come in, and as what: the first that fits of admin values, analyst values and the default role.

    `role_claim` may lead into objects by dots. With `allowed_domains` a verified address in one of them is needed.
    """

    role_claim: str = ""
    admin_values: frozenset[str] = frozenset()
    analyst_values: frozenset[str] = frozenset()
    default_role: Role | None = Role.ANALYST
    allowed_domains: frozenset[str] = frozenset()

    def person(self, issuer: str, claims: Mapping[str, object]) -> Person:
        """Return the person that checked claims tell of; raises PermissionDenied for whom is not let in."""
        subject = f"{issuer}|{claims['sub']}"
        if len(subject) > _LONGEST_SUBJECT or not subject.isprintable():
            raise AuthenticationFailed("The identity provider's name for you can't be kept.")
        email = _verified_email(claims)
        domain = email.rpartition("@")[2].casefold()
        if self.allowed_domains and domain not in self.allowed_domains:
            raise PermissionDenied(
                "Only verified addresses of certain domains may sign in here; yours is none of them."
            )
        role = self._role(claims)
        if role is None:
            raise PermissionDenied("You have no role here. Ask whoever looks after the identity provider for one.")
        return Person(subject, _name(claims, email), role, has_given_role=self.role_claim != "")

    def _role(self, claims: Mapping[str, object]) -> Role | None:
        values = set(_values(claims, self.role_claim)) if self.role_claim else set()
        if values & self.admin_values:
            return Role.ADMIN
        if values & self.analyst_values:
            return Role.ANALYST
        return self.default_role


async def admit(users: UserStore, person: Person) -> User:
    """Return the user of a person, made at the first time; raises AuthenticationFailed for a disabled one.

    Where the provider gives roles, the user's follows.
    """
    user = await users.find_subject(person.subject) or await _created(users, person)
    if user.disabled_at:
        raise AuthenticationFailed("This user was disabled.")
    if person.has_given_role and user.role is not person.role:
        await users.change(user.id, role=person.role.value)
    return user


async def _created(users: UserStore, person: Person) -> User:
    """A name may be taken by somebody else, who must not be mistaken for this person."""
    for number in range(1, _ATTEMPTS):
        name = person.name if number == 1 else f"{person.name} ({number})"
        try:
            return await users.create(name, person.role, subject=person.subject)
        except Conflict:
            # The person may have come twice at once.
            if user := await users.find_subject(person.subject):
                return user
    return await users.create(f"{person.name} ({secrets.token_hex(4)})", person.role, subject=person.subject)


def _verified_email(claims: Mapping[str, object]) -> str:
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") in (True, "true") else ""


def _name(claims: Mapping[str, object], email: str) -> str:
    """The first name that can be shown; people choose some of them themselves, so that it never tells who they are."""
    for name in (email, claims.get("preferred_username"), claims.get("name"), claims["sub"]):
        try:
            return proper_name(str(name or "")[: MAX_NAME_CHARS - 20])
        except BadRequest:
            continue
    return "user"


def _values(claims: Mapping[str, object], path: str) -> Iterable[str]:
    found: object = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    several = found if isinstance(found, list) else [found]
    return (value for value in several if isinstance(value, str))
