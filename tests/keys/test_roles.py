import pytest

from groundwire.keys.roles import Permission, Role

MAY = {
    Role.APP: {Permission.WIRE, Permission.CHECK},
    Role.ANALYST: {Permission.READ, Permission.REVIEW},
    Role.ADMIN: set(Permission),
}


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_it_is_for_and_nothing_else(role):
    assert {permission for permission in Permission if role.may(permission)} == MAY[role]
