"""Routes and requests that are not checked: relayed byte for byte, and marked as such."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from urllib.parse import unquote

from groundwire.errors import PermissionDenied
from groundwire.proxy.exchange import Client, Headers
from groundwire.proxy.jsontext import is_object
from groundwire.proxy.upstreams.modellist import list_models
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamReply, Upstreams

UNGUARDED = (b"x-grounding-coverage", b"unguarded")


@dataclass(frozen=True, slots=True)
class Passthrough:
    """Relays what is not checked, unless the settings refuse it; listing models is always allowed."""

    upstreams: Upstreams
    is_refused: bool = False

    async def handle(self, client: Client, call: Call) -> None:
        """Answer a request with the upstream's reply, or with one list of the models of several upstreams.

        Raises PermissionDenied and UpstreamError.
        """
        is_listing = call.method == "GET" and (call.path == "/models" or call.path.startswith("/models/"))
        if self.is_refused and not is_listing:
            why = "answers on it are not checked, and `server.unguarded_routes` is 'refuse'"
            raise PermissionDenied(f"The route {'/v1' + call.path!r} is closed: {why}.")
        if is_listing and call.path == "/models" and len(self.upstreams) > 1:
            reply = await client.waits_for(list_models(self.upstreams, call))
            await client.answer(replace(reply, headers=[*reply.headers, UNGUARDED]))
            return
        await client.waits_for(self._relay(client, call))

    async def _relay(self, client: Client, call: Call) -> None:
        async with await self.upstream_of(call).open(call, is_compressed=True) as reply:
            await relay(client, reply, [UNGUARDED])

    def upstream_of(self, call: Call) -> Upstream:
        """Return the upstream for a call: that of its model, else the first; raises NotFound."""
        if len(self.upstreams) == 1:
            return self.upstreams.first
        if call.path.startswith("/models/"):
            return self.upstreams.serving(unquote(call.path.removeprefix("/models/")))
        try:
            values: object = json.loads(call.body)
        except ValueError:
            return self.upstreams.first
        model = values.get("model") if is_object(values) else None
        return self.upstreams.serving(model) if isinstance(model, str) else self.upstreams.first


async def relay(client: Client, reply: UpstreamReply, marks: Headers) -> None:
    """Send the upstream's reply on, unread; raises UpstreamError when it breaks off, before or after the start."""
    length = reply.length
    await client.start(reply.status, [*reply.headers(), *marks, *([(b"content-length", length)] if length else [])])
    left = int(length) if length else -1
    async for piece in reply.raw_pieces():
        left -= len(piece)
        # A body of known length ends with its last piece, which saves an empty one.
        await (client.end(piece) if left == 0 else client.write(piece))
    if left != 0:
        await client.end()
