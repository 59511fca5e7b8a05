"""The menu, and which entry of it a page belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.keys.roles import Permission, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: its icon is a macro of `icons.html`, and who lacks the permission does not see it."""

    title: str
    path: str
    icon: str
    permission: Permission


MENU: Sequence[Entry] = (
    Entry("Overview", "/console/", "overview", Permission.READ),
    Entry("Review", "/console/review", "review", Permission.REVIEW),
    Entry("Events", "/console/events", "events", Permission.READ),
    Entry("Knowledge", "/console/knowledge", "knowledge", Permission.READ),
    Entry("Policies", "/console/policies", "policies", Permission.READ),
    Entry("Playground", "/console/playground", "playground", Permission.ADMINISTER),
    Entry("Connect", "/console/connect", "connect", Permission.READ),
    Entry("Keys", "/console/keys", "keys", Permission.ADMINISTER),
)


def menu_of(role: Role) -> list[Entry]:
    """Return the entries that this role may open."""
    return [entry for entry in MENU if role.may(entry.permission)]


def is_within(path: str, entry: Entry) -> bool:
    """Whether the page at this path belongs to the entry."""
    if entry.path.endswith("/"):
        return path == entry.path
    return path == entry.path or path.startswith(f"{entry.path}/")
