import pytest

from groundwire.errors import UnknownPolicy
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy


def test_a_policy_is_found_by_its_name():
    assert Policies({"default": Policy(), "strict": Policy("strict")}).find("strict").name == "strict"


def test_an_unknown_policy_is_told_with_the_known_ones():
    with pytest.raises(UnknownPolicy, match=r"No policy 'x'\. Known: default, strict\."):
        Policies({"strict": Policy("strict"), "default": Policy()}).find("x")


def test_all_policies_are_replaced_at_once():
    policies = Policies({"default": Policy(), "old": Policy("old")})

    policies.replace({"default": Policy(), "new": Policy("new")})

    assert policies.names == ["default", "new"]


def test_the_consoles_policy_stands_in_the_place_of_the_files():
    file, console = Policy(), Policy(citations=True)
    policies = Policies({"default": file})

    policies.override({"default": console, "new": Policy("new")})
    assert (policies.find("default"), policies.names) == (console, ["default", "new"])

    policies.override({})
    assert (policies.find("default"), policies.names) == (file, ["default"])


def test_a_new_file_leaves_what_the_console_has_in_force():
    console = Policy(citations=True)
    policies = Policies({"default": Policy(), "old": Policy("old")})
    policies.override({"default": console})

    policies.replace({"default": Policy(max_contradicted=9)})

    assert (policies.find("default"), policies.names) == (console, ["default"])
    assert policies.file["default"].max_contradicted == 9
