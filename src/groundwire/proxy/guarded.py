"""One guarded request, from the client to the response: read this file to follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from groundwire.domain import Mode, Outcome, Question, Skipped, Turn
from groundwire.errors import GuardUnavailable, UpstreamError
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy
from groundwire.proxy import jsontext
from groundwire.proxy.answering import AnswerService, CheckContext, CheckedAnswer, RequestChecks
from groundwire.proxy.callers import Caller
from groundwire.proxy.conversations import Conversations
from groundwire.proxy.endpoints.completion import CONTENT_FILTER
from groundwire.proxy.exchange import Client, Reply, json_reply
from groundwire.proxy.grounding import grounding_headers, grounding_of, unchecked_grounding, worst_of
from groundwire.proxy.options import Options, read_options
from groundwire.proxy.passthrough import UNGUARDED, relay
from groundwire.proxy.protocols import Answer, Endpoint, WholeReply
from groundwire.proxy.streaming import KEEP_ALIVE_S, CheckedStream, StreamTerms
from groundwire.proxy.upstreams.asking import RequestModel
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamReply, Upstreams
from groundwire.proxy.wire import AnswerRequest

_NOT_A_STREAM = frozenset(("application/json", "text/html"))
_DECODED = (b"content-encoding",)
_NOT_KNOWN = Skipped("previous_response_id", "its turns are not known here, so the answer was read without them")
_MODE_OFF = (b"x-grounding-mode", b"off")


@dataclass(frozen=True, slots=True)
class ReplyStyle:
    """How responses look: with the `grounding` object or without, and what status a block has."""

    includes_grounding: bool = True
    block_status: int = 200
    keep_alive_s: float = KEEP_ALIVE_S


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that is known of a request before it goes to the upstream."""

    request: AnswerRequest
    options: Options
    policy: Policy
    upstream: Upstream
    caller: Caller

    @property
    def mode(self) -> Mode:
        """The mode that the request asks for, else the policy's."""
        return self.options.mode or self.policy.mode


class GuardedRoute:
    """Answers the requests of one endpoint with the upstream's answers, checked."""

    def __init__(
        self,
        endpoint: Endpoint,
        upstreams: Upstreams,
        answers: AnswerService,
        policies: Policies,
        style: ReplyStyle | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._upstreams = upstreams
        self._answers = answers
        self._policies = policies
        self._style = style or ReplyStyle()
        self._conversations = Conversations()

    async def handle(self, client: Client, caller: Caller, call: Call) -> None:
        """Answer one request; raises what `errors.py` lists, and ClientLeft."""
        order = self._order(client, caller, call)
        call = replace(call, body=order.request.body)
        if order.mode is Mode.OFF:
            await client.waits_for(self._pass_on(client, order, call))
            return
        model = RequestModel(client, order.upstream, call, self._endpoint)
        checks = self._answers.open(self._context(order), model.ask)
        async with await client.waits_for(order.upstream.open(call)) as reply:
            checks.answered_by(reply.upstream)
            if not reply.is_ok:
                await relay(client, reply, [])
            elif order.request.is_stream:
                await self._stream(client, reply, checks, order)
            else:
                await self._complete(client, reply, checks, order)

    async def _complete(self, client: Client, reply: UpstreamReply, checks: RequestChecks, order: Order) -> None:
        completion = self._endpoint.reply(await client.waits_for(reply.read()), reply.upstream, order.request)
        checked = [await _checked(answer, checks) for answer in completion.answers]
        outcome = Outcome.CLIENT_LEFT if client.has_left else Outcome.COMPLETED
        checked = await checks.record(checked, outcome=outcome, usage=completion.usage)
        self._remember(checks.context, completion.id, checked)
        await client.answer(self._reply(reply, completion, checked))

    async def _stream(self, client: Client, reply: UpstreamReply, checks: RequestChecks, order: Order) -> None:
        if reply.content_type in _NOT_A_STREAM:
            raise UpstreamError(f"The upstream {reply.upstream!r} sent {reply.content_type!r} where a stream was due.")
        request, style = order.request, self._style
        terms = StreamTerms(request.choices, request.wants_usage, style.includes_grounding, style.keep_alive_s)
        frames = partial(self._endpoint.frames, reply.upstream, request)
        await CheckedStream(client, reply, checks, terms, frames, partial(self._remember, checks.context)).run()

    def _remember(self, context: CheckContext, reply_id: str, checked: Sequence[CheckedAnswer]) -> None:
        """Keep what was said, for a request that goes on from this reply; instructions do not carry over."""
        if reply_id:
            asked = [turn for turn in context.question.turns if turn.role != "system"]
            said = [Turn("assistant", answer.delivered) for answer in checked if answer.delivered]
            self._conversations.remember((context.key_id, reply_id), [*asked, *said])

    def _before(self, order: Order) -> tuple[tuple[Turn, ...], tuple[Skipped, ...]]:
        """Return the turns before those of the request, and what is to be said of turns that are not known."""
        follows = order.request.follows
        turns = self._conversations.recall((order.caller.key_id, follows)) if follows else ()
        return turns, () if turns or not follows else (_NOT_KNOWN,)

    async def _pass_on(self, client: Client, order: Order, call: Call) -> None:
        """Mode off: nothing is checked, and the response says so."""
        marks = [_MODE_OFF, UNGUARDED]
        async with await order.upstream.open(call) as reply:
            if order.request.is_stream or not reply.is_ok or not self._style.includes_grounding:
                await relay(client, reply, marks)
                return
            body = jsontext.extended(await reply.read(), "grounding", unchecked_grounding(order.policy).to_wire())
            await client.answer(Reply(reply.status, body, [*reply.headers(drop=_DECODED), *marks]))

    def _reply(self, reply: UpstreamReply, completion: WholeReply, checked: Sequence[CheckedAnswer]) -> Reply:
        worst = worst_of(checked)
        if any(answer.is_outage for answer in checked):
            raise GuardUnavailable("The check is down, and the policy lets no unchecked answer pass.")
        if worst.is_blocked and self._style.block_status != 200:
            return _blocked_reply(worst, self._style)
        body = completion.with_answers(checked, includes_grounding=self._style.includes_grounding)
        return Reply(reply.status, body, [*reply.headers(drop=_DECODED), *grounding_headers(worst)])

    def _order(self, client: Client, caller: Caller, call: Call) -> Order:
        request = self._endpoint.request(call.body)
        options = read_options(request.grounding, client.headers, may_set_mode=caller.may_set_mode)
        policy = self._policies.find(options.policy)
        request = replace(request, rules=policy.tools)
        return Order(request, options, policy, self._upstreams.serving(request.model), caller)

    def _context(self, order: Order) -> CheckContext:
        request, options = order.request, order.options
        before, unknown = self._before(order)
        return CheckContext(
            policy=order.policy,
            mode=order.mode,
            question=Question((*before, *request.turns), options.source_documents()),
            endpoint=self._endpoint.path,
            collections=self._answers.collections_of(order.policy, options.collections),
            model=request.model,
            upstream=order.upstream.name,
            metadata=options.metadata,
            key_id=order.caller.key_id,
            is_stream=request.is_stream,
            is_structured=request.is_structured,
            schema=request.schema,
            tools=request.tools,
            skipped=(*unknown, *request.skipped),
        )


async def _checked(answer: Answer, checks: RequestChecks) -> CheckedAnswer:
    checked = await checks.check(answer.text, answer.index, tuple(answer.unchecked()), tuple(answer.calls()))
    return checked.with_skipped(answer.dropped() if checked.is_changed else [])


def _blocked_reply(answer: CheckedAnswer, style: ReplyStyle) -> Reply:
    """A block as an error, for clients that want one; SDKs are told not to try again."""
    message = answer.context.policy.blocked_message
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": CONTENT_FILTER}
    grounding = {"grounding": grounding_of(answer).to_wire()} if style.includes_grounding else {}
    headers = [(b"x-should-retry", b"false"), *grounding_headers(answer)]
    return json_reply({"error": error, **grounding}, style.block_status, headers)
