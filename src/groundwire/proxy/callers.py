"""Who calls the wire: decided by a gate, which is open while no keys are configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

# Where a Groundwire key may stand beside the authorization header, which then stays free for a key of the upstream.
KEY_HEADER = "x-grounding-key"


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a client: `key_id` names its key, and never is the key itself.

    `owns_authorization` is true when the authorization header is meant for the upstream and not for us.
    """

    key_id: str | None = None
    may_set_mode: bool = True
    owns_authorization: bool = True


class Gate(Protocol):
    """Lets requests in."""

    async def admit(self, headers: Mapping[str, str]) -> Caller:
        """Return the caller, from the request's headers (names in lower case).

        Raises AuthenticationFailed and PermissionDenied.
        """
        ...


class OpenGate:
    """Lets everyone in."""

    async def admit(self, headers: Mapping[str, str]) -> Caller:
        """Return a caller who may do everything and whose key is the upstream's."""
        return Caller()
