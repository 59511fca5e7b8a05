import pytest

from groundwire.console.navigation import MENU, is_within, menu_of
from groundwire.keys.roles import Role

OVERVIEW, EVENTS = MENU[0], MENU[2]


@pytest.mark.parametrize(
    ("path", "entry", "expected"),
    [
        ("/console/", OVERVIEW, True),
        ("/console/events", OVERVIEW, False),
        ("/console/events", EVENTS, True),
        ("/console/events/evt_1", EVENTS, True),
        ("/console/eventsource", EVENTS, False),
    ],
)
def test_a_page_belongs_to_one_entry(path, entry, expected):
    assert is_within(path, entry) is expected


def test_only_what_a_role_may_open_is_in_its_menu():
    assert menu_of(Role.ADMIN) == list(MENU)
    assert "Keys" not in [entry.title for entry in menu_of(Role.ANALYST)]
    assert menu_of(Role.APP) == []
