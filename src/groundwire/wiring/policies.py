"""The policies: as the settings say, and as they are in force."""

from __future__ import annotations

from groundwire.policy.following import take_up
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.policy.store import PolicyStore
from groundwire.settings import Settings
from groundwire.storage.database import Database


def build_policies(settings: Settings) -> Policies:
    """Return the configured policies."""
    return Policies(policies_from(settings))


def policies_in_force(settings: Settings, database: Database) -> Policies:
    """Return the configured policies, with those that were applied in the console in their place."""
    policies = build_policies(settings)
    take_up(PolicyStore(database), policies)
    return policies


def open_policies(settings: Settings, database: Database) -> tuple[PolicyStore, Policies]:
    """Return where the versions are kept, to which those of the settings belong from now on, and what is in force."""
    store = PolicyStore(database)
    store.note_file(settings.policies)
    return store, policies_in_force(settings, database)


def policies_from(settings: Settings) -> dict[str, Policy]:
    """Return each configured policy by its name."""
    return {name: policy_from(name, policy) for name, policy in settings.policies.items()}
