"""How two versions of a policy differ, line by line."""

from __future__ import annotations

import difflib

from groundwire.policy.versions import PolicyVersion
from groundwire.settings.policytext import written


def difference(before: PolicyVersion | None, after: PolicyVersion) -> list[str]:
    """Return the lines of a unified diff from one version to another, empty where they say the same.

    Without a version before, everything is new.
    """
    return list(difflib.unified_diff(_lines(before), _lines(after), _name(before), _name(after), n=1, lineterm=""))


def _lines(version: PolicyVersion | None) -> list[str]:
    if version is None:
        return []
    text = written(version.settings) if version.settings else "# This version can't be read by this Groundwire.\n"
    return text.splitlines()


def _name(version: PolicyVersion | None) -> str:
    return f"version {version.number} ({version.version})" if version else "nothing"
