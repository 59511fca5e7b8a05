"""Who is let in: with keys, whoever presents one; without any, whoever is on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundwire.errors import AuthenticationFailed, PermissionDenied
from groundwire.keys.local import require_local
from groundwire.keys.roles import Permission, Role
from groundwire.keys.store import KEY_PREFIX, KeyStore
from groundwire.proxy.callers import KEY_HEADER, Caller

# What whoever is on this machine is called while nobody needs to sign in.
LOCAL_NAME = "local"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls: a user by name, a key by name and `key_id`, or whoever is on this machine while that is enough."""

    role: Role
    key_id: str | None = None
    name: str = LOCAL_NAME


@dataclass(frozen=True, slots=True)
class Presented:
    """The key that came with a request, and whether it came in the authorization header."""

    key: str = ""
    is_in_authorization: bool = False


def presented_key(headers: Mapping[str, str]) -> Presented:
    """Return the key of a request, from `x-grounding-key` or else `authorization: Bearer …` (names in lower case)."""
    if own := headers.get(KEY_HEADER, "").strip():
        return Presented(own)
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return Presented(token.strip(), is_in_authorization=True)
    return Presented()


async def identify(
    keys: KeyStore, headers: Mapping[str, str], permission: Permission, *, has_users: bool = False
) -> Identity:
    """Return who calls; raises AuthenticationFailed without a known key, PermissionDenied where its role may not.

    Without keys whoever is on this machine is let in, unless `has_users` says that people sign in here.
    """
    presented = presented_key(headers)
    # A Groundwire key that nobody knows is a mistake even without keys: it must not travel on to the upstream.
    is_open = not has_users and not await keys.has_keys()
    if is_open and not presented.key.startswith(KEY_PREFIX):
        require_local(headers)
        return Identity(Role.ADMIN)
    if not presented.key:
        raise AuthenticationFailed("A key is required: send it as `Authorization: Bearer gw_…`.")
    record = await keys.authenticate(presented.key)
    if record is None:
        raise AuthenticationFailed("This key is not known, or it was revoked.")
    require_permission(record.role, permission, "A key")
    return Identity(record.role, record.id, record.name)


def require_permission(role: Role, permission: Permission, who: str) -> None:
    """Raise PermissionDenied where the role of `who` ("A key", "A user") does not have the permission."""
    if not role.may(permission):
        able = " or ".join(each.value for each in Role if each.may(permission))
        raise PermissionDenied(
            f"{who} of role {role.value!r} has no permission to {_DEEDS[permission]}; that takes the role {able}."
        )


_DEEDS: Mapping[Permission, str] = {
    Permission.WIRE: "use the wire",
    Permission.CHECK: "run checks",
    Permission.READ: "read events and numbers",
    Permission.REVIEW: "review answers",
    Permission.ADMINISTER: "administer",
}


class KeyGate:
    """The gate of the wire.

    The authorization header goes on to the upstream unless it held the Groundwire key.
    """

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    async def admit(self, headers: Mapping[str, str]) -> Caller:
        """Return the caller; raises AuthenticationFailed and PermissionDenied."""
        identity = await identify(self._keys, headers, Permission.WIRE)
        if identity.key_id is None:
            return Caller()
        return Caller(
            key_id=identity.key_id,
            may_set_mode=identity.role.may(Permission.ADMINISTER),
            owns_authorization=not presented_key(headers).is_in_authorization,
        )
