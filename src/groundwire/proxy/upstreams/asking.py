"""Asks the model that a request is for something of our own, by the way that the request took."""

from __future__ import annotations

import json
from dataclasses import replace

from groundwire.errors import CheckError, UpstreamError
from groundwire.protocols import Completion
from groundwire.proxy.exchange import Client, ClientLeft
from groundwire.proxy.jsontext import JsonObject, encode
from groundwire.proxy.protocols import Endpoint, WholeReply
from groundwire.proxy.upstreams.upstream import Call, Upstream

# What a request of our own takes from the client's: which model it is for, and on whose account.
_KEPT = ("model", "user", "safety_identifier", "service_tier", "reasoning_effort", "reasoning")
# Of the client's headers, what is about its body or about one request alone.
_REPLACED = frozenset((b"content-type", b"content-encoding", b"accept", b"idempotency-key"))
_JSON = [(b"content-type", b"application/json"), (b"accept", b"application/json")]
# The endpoints have two names for each count.
_PROMPT_TOKENS = ("prompt_tokens", "input_tokens")
_COMPLETION_TOKENS = ("completion_tokens", "output_tokens")


class RequestModel:
    """The model of one request: same upstream, same endpoint, same credentials."""

    def __init__(self, client: Client, upstream: Upstream, call: Call, endpoint: Endpoint) -> None:
        self._client = client
        self._upstream = upstream
        self._call = call
        self._endpoint = endpoint

    async def ask(self, instructions: str, material: str) -> Completion:
        """Return what the model writes, as long as the client waits.

        Raises UpstreamError, BadRequest and, when the client has left, CheckError.
        """
        asking = self._kept() | self._endpoint.asking(instructions, material)
        body = encode(asking).encode()
        headers = [(name, value) for name, value in self._call.headers if name not in _REPLACED]
        call = replace(self._call, body=body, headers=[*headers, *_JSON])
        try:
            return await self._client.waits_for(self._answered(call))
        except ClientLeft as error:
            raise CheckError("The client left.") from error

    def _kept(self) -> JsonObject:
        values: JsonObject = json.loads(self._call.body)
        return {name: values[name] for name in _KEPT if name in values}

    async def _answered(self, call: Call) -> Completion:
        async with await self._upstream.open(call) as reply:
            body = await reply.read()
        if not reply.is_ok:
            raise UpstreamError(f"The upstream {reply.upstream!r} answered with {reply.status}.")
        return _completion(self._endpoint.reply(body, reply.upstream, self._endpoint.request(call.body)))


def _completion(reply: WholeReply) -> Completion:
    text = "".join(answer.text for answer in reply.answers)
    return Completion(text, _count(reply, _PROMPT_TOKENS), _count(reply, _COMPLETION_TOKENS))


def _count(reply: WholeReply, names: tuple[str, ...]) -> int | None:
    return next((reply.usage[name] for name in names if name in reply.usage), None)
