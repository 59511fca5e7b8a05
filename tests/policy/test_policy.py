import pytest
from pydantic import ValidationError

from groundwire.domain import Action, Failure, Label, Mode, Source
from groundwire.policy.policy import Policy, policy_from, policy_version
from groundwire.policy.tools import ToolRule
from groundwire.settings import PolicySettings

DEFAULTS = policy_from("default", PolicySettings())


def test_the_defaults_of_a_policy_are_those_of_the_settings():
    assert Policy(version=DEFAULTS.version) == DEFAULTS


def test_every_setting_reaches_the_policy():
    settings = PolicySettings.model_validate(
        {
            "mode": "shadow",
            "actions": {"unsupported": "block"},
            "block_if": {"contradicted_claims": 1},
            "thresholds": {"support": 0.7, "contradiction": 0.6},
            "rewrite": {
                "strategies": ["regenerate", "remove"],
                "otherwise": "flag",
                "max_regenerations": 4,
                "regeneration_budget_ms": 900,
            },
            "evidence": ["knowledge_base"],
            "collections": ["faq"],
            "on_failure": {"timeout": "block"},
            "budget_ms": 500,
            "max_answer_chars": 1000,
            "max_held_chars": 200,
            "max_held_ms": 1500,
            "messages": {"blocked": "No."},
        }
    )

    policy = policy_from("strict", settings)

    assert (policy.name, policy.mode, policy.max_contradicted) == ("strict", Mode.SHADOW, 1)
    assert policy.label_actions[Label.UNSUPPORTED] is Action.BLOCK
    assert (policy.strictness.min_support, policy.strictness.min_contradiction) == (0.7, 0.6)
    assert (policy.strategies, policy.otherwise) == (("regenerate", "remove"), Action.FLAG)
    assert (policy.max_regenerations, policy.limits.regeneration_s) == (4, 0.9)
    assert (policy.sources, policy.collections) == ({Source.KNOWLEDGE_BASE}, ("faq",))
    assert policy.failure_actions[Failure.TIMEOUT] is Action.BLOCK
    assert (policy.limits.budget_s, policy.limits.max_answer_chars, policy.limits.max_held_chars) == (0.5, 1000, 200)
    assert policy.limits.held_s == 1.5
    assert policy.blocked_message == "No."


def test_the_version_changes_with_a_setting_and_only_then():
    changed = PolicySettings.model_validate({"messages": {"blocked": "No."}})

    assert policy_version(PolicySettings()) == policy_version(PolicySettings())
    assert policy_version(PolicySettings()) != policy_version(changed)


def test_tools_become_rules():
    policy = policy_from("p", PolicySettings.model_validate({"tools": {"pay": None, "book_*": {"otherwise": "block"}}}))

    assert policy.tools.find("pay") == ToolRule(("*",), Action.FLAG)
    assert policy.tools.find("book_hotel") == ToolRule(("*",), Action.BLOCK)


@pytest.mark.parametrize("tools", [["pay"], {"pay": {"otherwise": "rewrite"}}, {"pay": {"arguments": []}}, {"pay": 1}])
def test_what_is_no_rule_is_an_error(tools):
    with pytest.raises(ValidationError):
        PolicySettings.model_validate({"tools": tools})


@pytest.mark.parametrize(
    ("strategies", "most", "regenerates"),
    [(("correct", "regenerate"), 1, True), (("regenerate",), 0, False), (("correct", "remove"), 3, False)],
)
def test_a_policy_regenerates_where_it_may(strategies, most, regenerates):
    assert Policy(strategies=strategies, max_regenerations=most).regenerates == regenerates


def test_a_policy_can_do_without_a_model():
    policy = Policy(strategies=("correct", "regenerate", "remove"))

    assert policy.without_regeneration() == Policy(strategies=("correct", "remove"))
