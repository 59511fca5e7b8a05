"""Keeps the policies in force in step with what admins apply, in this process and in others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.policy.store import PolicyStore

logger = logging.getLogger(__name__)


def take_up(store: PolicyStore, policies: Policies) -> Sequence[str]:
    """Put the applied versions in force, all at once; return the names of the policies that changed."""
    before = policies.console
    found: dict[str, Policy] = {}
    for name, version in store.applied().items():
        if version.settings is not None:
            found[name] = policy_from(name, version.settings)
        elif name not in policies.console:
            # What can't be read was applied by another Groundwire; what is in force here stays.
            logger.error("Version %d of policy %r can't be read; the file's is in force", version.number, name)
        else:
            found[name] = policies.console[name]
    changed = sorted(name for name in {*before, *found} if before.get(name) != found.get(name))
    if changed:
        policies.override(found)
    return changed


async def follow_policies(store: PolicyStore, policies: Policies, *, interval_s: float = 1.0) -> None:
    """Take up what other processes apply, until cancelled."""
    while True:
        await asyncio.sleep(interval_s)
        try:
            for name in await store.database.run(take_up, store, policies):
                logger.info("Now in force: %s", described(policies, name))
        except Exception:
            logger.exception("Could not look for new policies; the present ones stay in force")


def described(policies: Policies, name: str) -> str:
    """Return in a few words which policy of that name is in force, and where it comes from."""
    if found := policies.console.get(name):
        return f"{name} from the console (version {found.version})"
    if found := policies.file.get(name):
        return f"{name} from the settings file (version {found.version})"
    return f"no policy {name}"
