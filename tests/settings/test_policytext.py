import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.domain import Action, Label, Mode
from groundwire.settings import PolicySettings
from groundwire.settings.policytext import InvalidPolicy, parse_policy, read_policy, written


def test_a_policy_is_written_as_in_the_settings_file():
    found = parse_policy("mode: shadow\nthresholds: {support: 0.7}\nactions:\n  contradicted: block\n")

    assert (found.mode, found.thresholds.support) == (Mode.SHADOW, 0.7)
    assert found.actions.of(Label.CONTRADICTED) is Action.BLOCK


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "{}"])
def test_what_is_left_out_has_its_default(text):
    assert parse_policy(text) == PolicySettings()


@settings(deadline=None)
@given(
    st.builds(
        PolicySettings,
        mode=st.sampled_from(Mode),
        thresholds=st.fixed_dictionaries({"support": st.floats(0, 1), "contradiction": st.floats(0, 1)}),
        budget_ms=st.floats(0.001, 1e9),
        messages=st.fixed_dictionaries({"blocked": st.text(st.characters(codec="utf-8"), min_size=1)}),
        tools=st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.just({"otherwise": "block"})),
    )
)
def test_a_written_policy_is_read_as_the_same(policy):
    assert parse_policy(written(policy)) == policy


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("thresholds: {support: 1.5}", "thresholds.support", r"less than or equal to 1 \(got 1.5\)"),
        ("thresholds: {suport: 1}", "thresholds.suport", "unknown name; known are contradiction, support"),
        ("modus: shadow", "modus", "unknown name; known are actions, block_if"),
        ("mode: maybe", "mode", "'enforce', 'shadow' or 'off'"),
        ("budget_ms: .inf", "budget_ms", "finite number"),
        ("messages: {blocked: ''}", "messages.blocked", "at least 1 character"),
        ("evidence: [web]", "evidence.0", "'knowledge_base'.*got 'web'"),
        ("1: 2", "1", "strings"),
        ("[1, 2]", "", "must hold `key: value` lines"),
        ("mode: [", "", "not valid YAML.*line 1, column 8"),
        ("mode: !!python/object:os.system x", "", "not valid YAML"),
        ("mode: shadow\nmode: off", "", "'mode' stands there twice.*line 2"),
        ("x: &a [1]\ny: *a", "", "references"),
        ("[" * 5_000, "", "not valid YAML"),
        ("a: \x00", "", "not valid YAML"),
        ("a: \ud800", "", "not valid YAML"),
        ("? {a: b}\n: c", "", "not valid YAML"),
        ("# " + "x" * 100_000, "", "longer than 100000 characters"),
    ],
)
def test_what_is_wrong_is_named(text, key, says):
    with pytest.raises(InvalidPolicy, match=f"(?s)nothing was changed:.*{says}") as raised:
        parse_policy(text)

    [problem] = raised.value.problems
    assert problem.key == key
    assert raised.value.param == (key or "settings")


def test_everything_that_is_wrong_is_named_at_once():
    with pytest.raises(InvalidPolicy) as raised:
        read_policy({"mode": "maybe", "thresholds": {"support": -1}, "colour": "red"})

    assert {problem.key for problem in raised.value.problems} == {"mode", "thresholds.support", "colour"}


def test_numbers_are_written_as_people_do():
    text = written(PolicySettings(budget_ms=1500.5, thresholds={"support": 1.0}))

    assert "budget_ms: 1500.5" in text
    assert "regeneration_budget_ms: 5000\n" in text
    assert "support: 1\n" in text
