"""Roles, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a route asks of its caller."""

    WIRE = "wire"
    CHECK = "check"
    READ = "read"
    REVIEW = "review"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What a key is for: the app uses the wire, the analyst reads and reviews, the admin may do everything."""

    APP = "app"
    ANALYST = "analyst"
    ADMIN = "admin"

    def may(self, permission: Permission) -> bool:
        """Whether this role has the permission."""
        return permission in _PERMISSIONS[self]


_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.APP: frozenset((Permission.WIRE, Permission.CHECK)),
    Role.ANALYST: frozenset((Permission.READ, Permission.REVIEW)),
    Role.ADMIN: frozenset(Permission),
}
