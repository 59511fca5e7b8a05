import pytest

from groundwire.domain import Skipped, ToolCall
from groundwire.errors import UpstreamError
from groundwire.policy.tools import ToolRule, ToolRules
from groundwire.proxy.endpoints.chatcalls import StreamedCalls, calls_of, other_calls

RULES = ToolRules({"pay": ToolRule()})


def delta(number=0, **function):
    return {"tool_calls": [{"index": number, "function": function}]}


@pytest.mark.parametrize(
    ("message", "calls"),
    [
        (
            {"tool_calls": [{"function": {"name": "pay", "arguments": '{"a": 1}'}}, {"type": "custom", "custom": {}}]},
            [ToolCall("tool_calls[0].function.arguments", "pay", '{"a": 1}')],
        ),
        ({"function_call": {"name": "pay", "arguments": ""}}, [ToolCall("function_call.arguments", "pay", "")]),
        (
            {"tool_calls": [{"index": 3, "function": {"name": "pay", "arguments": {"a": 1}}}]},
            [ToolCall("tool_calls[3].function.arguments", "pay", '{"a":1}')],
        ),
        ({"tool_calls": None}, []),
        ({"tool_calls": [3, {"function": None}]}, []),
    ],
    ids=["one", "of old", "as an object", "none", "odd"],
)
def test_the_calls_of_functions_are_read(message, calls):
    assert list(calls_of(message)) == calls


def test_other_calls_are_told():
    calls = [{"function": {}}, {"type": "custom", "custom": {"input": "x"}}, {"index": 2, "custom": {"input": "y"}}]

    assert [entry.what for entry in other_calls({"tool_calls": calls})] == ["tool_calls[1]", "tool_calls[2]"]


def test_only_what_is_checked_is_held():
    calls = StreamedCalls(RULES, "main")
    both = {"tool_calls": [*delta(0, name="pay")["tool_calls"], *delta(1, name="look")["tool_calls"]]}

    assert calls.take({"role": "assistant", **both}) == {"role": "assistant", **delta(1, name="look")}
    assert calls.take(delta(0, arguments="{}")) == {}
    assert calls.take(delta(1, arguments="{}")) == delta(1, arguments="{}")
    assert list(calls.unheld(both)) == [Skipped("tool_calls[1].function.arguments", "not checked")]
    assert list(calls.complete()) == [ToolCall("tool_calls[0].function.arguments", "pay", "{}")]
    assert list(calls.held()) == [delta(0, name="pay"), delta(0, arguments="{}")]


def test_a_name_that_is_sent_again_is_the_same_name():
    calls = StreamedCalls(RULES, "main")

    assert [calls.take(delta(name="pay", arguments=piece)) for piece in "{}"] == [{}, {}]
    assert [call.name for call in calls.complete()] == ["pay"]


def test_arguments_without_a_name_wait_for_it():
    calls = StreamedCalls(RULES, "main")

    assert calls.take(delta(arguments="{")) == {}
    assert calls.take(delta(name="pay", arguments="}")) == {}
    assert list(calls.complete()) == [ToolCall("tool_calls[0].function.arguments", "pay", "{}")]


def test_without_rules_nothing_waits():
    assert StreamedCalls(ToolRules(), "main").take(delta(arguments="{")) == delta(arguments="{")


def test_a_name_may_not_come_after_arguments_have_left():
    calls = StreamedCalls(RULES, "main")
    calls.take(delta(name="p", arguments="{"))

    with pytest.raises(UpstreamError, match="The upstream 'main' sent the name 'pay'"):
        calls.take(delta(name="ay"))
