"""The settings of the model servers become objects here: a new kind of server is a row of `DIALECTS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from groundwire.api.measuring import MeasuredUpstream
from groundwire.metrics import Metrics
from groundwire.proxy.upstreams.dialects import AzureDialect, Dialect, OpenAIDialect
from groundwire.proxy.upstreams.upstream import UpstreamAddress, Upstreams
from groundwire.settings import UpstreamSettings

DIALECTS: Mapping[str, Callable[[UpstreamSettings], Dialect]] = {
    "openai": lambda _: OpenAIDialect(),
    "azure": lambda settings: AzureDialect(settings.api_version or "", settings.deployments),
}


def build_upstreams(settings: Sequence[UpstreamSettings], metrics: Metrics) -> Upstreams:
    """Return the model servers, each with its fallback."""
    fallbacks = {each.name: each.fallback for each in settings if each.fallback}
    return Upstreams([MeasuredUpstream(address_of(each), metrics) for each in settings], fallbacks)


def address_of(settings: UpstreamSettings) -> UpstreamAddress:
    """Return where a model server is and how it is spoken to."""
    return UpstreamAddress(
        name=settings.name,
        base_url=settings.base_url,
        dialect=DIALECTS[settings.kind](settings),
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        models=settings.models,
        headers=settings.headers,
        connect_timeout_s=settings.connect_timeout_s,
        answer_timeout_s=settings.answer_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        proxy=settings.proxy.get_secret_value() if settings.proxy else None,
        max_connections=settings.max_connections,
    )
