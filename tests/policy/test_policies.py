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
