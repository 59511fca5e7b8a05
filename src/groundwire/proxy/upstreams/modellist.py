"""The models of several upstreams as one list, each where a request for it would go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from groundwire.errors import UpstreamError
from groundwire.proxy.endpoints.completion import parse_reply
from groundwire.proxy.exchange import Reply, error_body, json_reply
from groundwire.proxy.jsontext import JsonObject, is_object
from groundwire.proxy.upstreams.upstream import Call, Upstream, Upstreams, for_another

logger = logging.getLogger(__name__)

FAILED = b"x-grounding-failed-upstreams"
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class _Listing:
    """The models of one upstream, or why it named none; `status` is the one that a client gets for that."""

    upstream: Upstream
    models: Sequence[JsonObject] = ()
    error: UpstreamError | None = None
    status: int = UpstreamError.status


async def list_models(upstreams: Upstreams, call: Call) -> Reply:
    """Return what all upstreams list, asked at once; those that fail are left out and named in the header `FAILED`.

    The client's own key goes to the first upstream alone: who lists models does not mean to show it to all of them.
    When all fail, the reply is an error that says of each what went wrong and in which phase.
    """
    first, *others = upstreams
    calls = [_asked(first, call), *(_asked(other, for_another(call)) for other in others)]
    listings = await asyncio.gather(*calls)
    failed = [listing for listing in listings if listing.error]
    for listing in failed:
        logger.warning("%s Its models are not listed.", listing.error)
    if len(failed) == len(listings):
        return _refusal(failed)
    # Names may hold what no header can.
    names = ", ".join(quote(listing.upstream.name, safe="") for listing in failed)
    headers = [(FAILED, names.encode())] if failed else []
    return json_reply({"object": "list", "data": _reachable(upstreams, listings)}, headers=headers)


async def _asked(upstream: Upstream, call: Call) -> _Listing:
    try:
        async with await upstream.attempt(call) as reply:
            body = await reply.read()
        if reply.is_ok:
            return _Listing(upstream, _models(body, upstream.name))
    except UpstreamError as error:
        return _Listing(upstream, error=error, status=error.status)
    refusal = UpstreamError(f"The upstream {upstream.name!r} answered with {reply.status}.")
    return _Listing(upstream, error=refusal, status=reply.status if reply.status >= _FIRST_ERROR else refusal.status)


def _models(body: bytes, upstream: str) -> list[JsonObject]:
    """Some servers have no list, and others say null where it is empty."""
    models = parse_reply(body, upstream).get("data") or []
    if not isinstance(models, list) or not all(map(is_object, models)):
        raise UpstreamError(f"The upstream {upstream!r} sent models that are no list of objects.")
    return models


def _reachable(upstreams: Upstreams, listings: Iterable[_Listing]) -> list[JsonObject]:
    """A model that two upstreams have is listed as that of the one which is asked for it."""
    found: dict[str, JsonObject] = {}
    for listing in listings:
        for model in listing.models:
            name = model.get("id")
            if isinstance(name, str) and _asked_for(name, upstreams) is listing.upstream:
                found.setdefault(name, model)
    return list(found.values())


def _asked_for(model: str, upstreams: Upstreams) -> Upstream | None:
    return next((upstream for upstream in upstreams if upstream.serves(model)), None)


def _refusal(failed: Sequence[_Listing]) -> Reply:
    """The status is the one that all agree on, so that a client learns of a key that nobody takes."""
    errors = [listing.error for listing in failed if listing.error]
    kind = type(errors[0]) if len({type(error) for error in errors}) == 1 else UpstreamError
    error = kind(" ".join(error.message for error in errors))
    statuses = {listing.status for listing in failed}
    return json_reply(error_body(error), statuses.pop() if len(statuses) == 1 else error.status)
