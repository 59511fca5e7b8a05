"""The tool calls of a chat message: read from a whole one, or put together from a stream's deltas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from groundwire.domain import Skipped, ToolCall
from groundwire.errors import UpstreamError
from groundwire.policy.tools import ToolRules
from groundwire.proxy.checks.toolcalls import NOT_CHECKED
from groundwire.proxy.jsontext import JsonObject, encode, is_object

TOOL_CALLS, FUNCTION_CALL = "tool_calls", "function_call"
FIELDS = (TOOL_CALLS, FUNCTION_CALL)
# The single call of messages before there were several.
LEGACY = -1


def calls_of(message: JsonObject) -> Iterator[ToolCall]:
    """Yield the calls of functions in a message."""
    for number, call in numbered_calls(message):
        function = call if number == LEGACY else call.get("function")
        if is_object(function):
            yield ToolCall(_target(number), _text(function.get("name")), _text(function.get("arguments")))


def other_calls(message: JsonObject) -> Iterator[Skipped]:
    """Yield the coverage entries of the calls of what is no function, and has no arguments."""
    for number, call in numbered_calls(message):
        if call.get("custom") or call.get("type", "function") != "function":
            yield Skipped(f"{TOOL_CALLS}[{number}]", "not checked, because it is no function's")


def numbered_calls(message: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    """Yield the calls in a message or delta, each with its number, which is LEGACY for the single call of old."""
    calls, single = message.get(TOOL_CALLS), message.get(FUNCTION_CALL)
    for place, call in enumerate(calls if isinstance(calls, list) else ()):
        if is_object(call):
            number = call.get("index", place)
            yield number if isinstance(number, int) else place, call
    if is_object(single):
        yield LEGACY, single


def _target(number: int) -> str:
    return f"{FUNCTION_CALL}.arguments" if number == LEGACY else f"{TOOL_CALLS}[{number}].function.arguments"


def _text(value: object) -> str:
    """Some servers send the arguments as an object."""
    return value if isinstance(value, str) else encode(value) if value else ""


@dataclass(slots=True)
class _Streamed:
    """One call: what of it has come, and the deltas that are held until it has its verdicts."""

    name: str = ""
    arguments: str = ""
    is_held: bool = False
    is_function: bool = False
    deltas: list[JsonObject] = field(default_factory=list)


class StreamedCalls:
    """The calls of one choice of a stream; those whose arguments are checked are held back as a whole."""

    def __init__(self, rules: ToolRules, upstream: str) -> None:
        self._upstream = upstream
        self._rules = rules
        self._calls: dict[int, _Streamed] = {}

    def take(self, delta: JsonObject) -> JsonObject:
        """Take a delta; return what of it may pass on at once.

        Raises UpstreamError for a name that is told after arguments of the call have left.
        """
        if not any(delta.get(name) for name in FIELDS):
            return delta
        passing = [number for number, call in numbered_calls(delta) if not self._hold(number, call)]
        calls, single = delta.get(TOOL_CALLS), delta.get(FUNCTION_CALL)
        rest = {name: value for name, value in delta.items() if name not in FIELDS}
        if isinstance(calls, list):
            kept = [call for number, call in numbered_calls({TOOL_CALLS: calls}) if number in passing]
            rest |= {TOOL_CALLS: kept} if kept else {}
        if single and LEGACY in passing:
            rest[FUNCTION_CALL] = single
        return rest

    def unheld(self, delta: JsonObject) -> Iterator[Skipped]:
        """Yield the coverage entries of the calls in a delta, taken before, that are not held back."""
        for number, _ in numbered_calls(delta):
            if self._calls[number].is_function and not self._calls[number].is_held:
                yield Skipped(_target(number), NOT_CHECKED)

    def complete(self) -> Iterator[ToolCall]:
        """Yield the calls that are held back, now that they are complete."""
        for number, call in sorted(self._calls.items()):
            if call.is_held:
                yield ToolCall(_target(number), call.name, call.arguments)

    def held(self) -> Iterator[JsonObject]:
        """Yield the deltas that were held back, call by call."""
        for number, call in sorted(self._calls.items()):
            for delta in call.deltas:
                yield {FUNCTION_CALL: delta} if number == LEGACY else {TOOL_CALLS: [{"index": number, **delta}]}

    def _hold(self, number: int, delta: JsonObject) -> bool:
        """Note a delta of a call; return whether it is held back."""
        call = self._calls.setdefault(number, _Streamed())
        function = delta if number == LEGACY else delta.get("function")
        piece: Mapping[str, object] = function if is_object(function) else {}
        call.is_function = call.is_function or is_object(function)
        name, is_late = _text(piece.get("name")), bool(call.arguments) and not call.is_held
        call.name = call.name if name == call.name else call.name + name
        call.arguments += _text(piece.get("arguments"))
        is_checked = bool(name) and (self._rules.names(call.name) or self._rules.names(name))
        if is_checked and is_late:
            who = f"The upstream {self._upstream!r}"
            raise UpstreamError(f"{who} sent the name {call.name!r} of a tool after arguments of its call.")
        # Arguments without a name yet may turn out to be those of a tool that is checked.
        is_nameless = bool(self._rules) and not call.name and bool(call.arguments)
        call.is_held = call.is_held or is_checked or is_nameless
        if call.is_held:
            call.deltas.append(delta)
        return call.is_held
