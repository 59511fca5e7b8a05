"""What `groundwire replay` is asked to try, and on which answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from groundwire.domain import Event
from groundwire.errors import SettingsError
from groundwire.events.filters import EventFilter
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.replay.wanted import AS_IT_WAS, PolicyOf, RevisionChoice, always, read_revision
from groundwire.settings import load_settings
from groundwire.settings.policytext import InvalidPolicy, parse_policy

_AGO = re.compile(r"(\d{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_USUAL = "default"


@dataclass(frozen=True, slots=True)
class Trial:
    """Which answers are run again and under what; `given` are the policies of a file, `name` one in force."""

    chosen: EventFilter
    revision: RevisionChoice = AS_IT_WAS
    given: dict[str, Policy] | None = None
    name: str | None = None

    def policy_of(self, policies: Policies) -> PolicyOf | None:
        """Return what gives an answer its policy, None for the one it was checked under; raises UnknownPolicy."""
        if self.given is not None:
            given = self.given
            return lambda event: _of(given, event)
        return always(policies.find(self.name)) if self.name else None


def read_trial(*, since: str, policy: str | None, name: str | None, revision: str | None) -> Trial:
    """Return what the options ask for; raises SettingsError and BadRequest."""
    choice = read_revision(revision) if revision else AS_IT_WAS
    path = Path(policy) if policy else None
    if path is None or not (path.suffix or path.exists()):
        return Trial(EventFilter(policies=(name,) if name else (), since=moment(since)), choice, name=policy)
    given = _policies(path, name)
    return Trial(EventFilter(policies=tuple(given), since=moment(since)), choice, given=given)


def moment(text: str) -> datetime:
    """Return the time that `7d`, `12h`, `30m`, a date or a time stands for; raises SettingsError."""
    if found := _AGO.fullmatch(text.strip()):
        return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--since {text!r} is neither like 7d, 12h or 30m nor a date like 2025-03-14.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _of(given: dict[str, Policy], event: Event) -> Policy | None:
    return given.get(event.policy)


def _policies(path: Path, name: str | None) -> dict[str, Policy]:
    """Return the policies of a file by their names: of a whole settings file all, or the one that is named."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"Can't read the policy file {str(path)!r}: {why}.") from error
    if not _is_whole(text):
        return {name or _USUAL: _one(path, text, name or _USUAL)}
    found = {each: policy_from(each, settings) for each, settings in load_settings(path).policies.items()}
    if name is None:
        return found
    if name not in found:
        raise SettingsError(f"{str(path)!r} has no policy {name!r}. It has: {', '.join(sorted(found))}.")
    return {name: found[name]}


def _one(path: Path, text: str, name: str) -> Policy:
    try:
        return policy_from(name, parse_policy(text))
    except InvalidPolicy as error:
        raise SettingsError(f"{str(path)!r}: {error.message}") from error


def _is_whole(text: str) -> bool:
    """Whether a text is a settings file, which has its policies under a key."""
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return False
    return isinstance(values, dict) and "policies" in values
