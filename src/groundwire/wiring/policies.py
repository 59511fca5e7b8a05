"""The configured policies."""

from __future__ import annotations

from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.settings import Settings


def build_policies(settings: Settings) -> Policies:
    """Return the configured policies."""
    return Policies(policies_from(settings))


def policies_from(settings: Settings) -> dict[str, Policy]:
    """Return each configured policy by its name."""
    return {name: policy_from(name, policy) for name, policy in settings.policies.items()}
