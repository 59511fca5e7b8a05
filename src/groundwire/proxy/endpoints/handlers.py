"""The endpoints whose answers are checked; one row makes another."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire.policy.policies import Policies
from groundwire.proxy.answering import AnswerService
from groundwire.proxy.endpoints.chat import ChatCompletions
from groundwire.proxy.endpoints.completions import Completions
from groundwire.proxy.endpoints.responses import Responses
from groundwire.proxy.guarded import GuardedRoute, ReplyStyle
from groundwire.proxy.protocols import Endpoint
from groundwire.proxy.routes import PREFIX, Handler
from groundwire.proxy.upstreams.upstream import Upstreams

ENDPOINTS: tuple[Endpoint, ...] = (ChatCompletions(), Completions(), Responses())


def handlers(
    upstreams: Upstreams, answers: AnswerService, policies: Policies, style: ReplyStyle | None = None
) -> Mapping[str, Handler]:
    """Return what answers a POST on each guarded path below `/v1`."""
    return {
        endpoint.path.removeprefix(PREFIX): GuardedRoute(endpoint, upstreams, answers, policies, style).handle
        for endpoint in ENDPOINTS
    }
