from groundwire import __version__
from groundwire.metrics import Metrics
from groundwire.model_servers import DIALECTS, address_of, build_upstreams
from groundwire.proxy.upstreams.dialects import AzureDialect, OpenAIDialect
from groundwire.settings import UpstreamSettings
from groundwire.settings_table import settings_table


def test_every_setting_reaches_the_address():
    settings = UpstreamSettings(
        name="west",
        kind="azure",
        base_url="https://west.example",
        api_key="key",
        models=("gpt-*",),
        api_version="2024-10-21",
        deployments={"gpt-4o": "big"},
        headers={"x-team": "shop"},
        connect_timeout_s=1,
        answer_timeout_s=2,
        read_timeout_s=3,
        max_connections=4,
        proxy="http://user:word@proxy.example:3128",
    )

    address = address_of(settings)

    assert (address.name, address.base_url, address.api_key) == ("west", "https://west.example", "key")
    assert address.dialect == AzureDialect("2024-10-21", {"gpt-4o": "big"})
    assert (address.models, address.headers) == (("gpt-*",), {"x-team": "shop"})
    assert (address.connect_timeout_s, address.answer_timeout_s, address.read_timeout_s) == (1, 2, 3)
    assert (address.max_connections, address.proxy) == (4, "http://user:word@proxy.example:3128")
    assert "word" not in repr(address) + repr(settings)


def test_a_compatible_server_is_the_default():
    address = address_of(UpstreamSettings())

    assert isinstance(address.dialect, OpenAIDialect)
    assert (address.api_key, address.proxy, address.answer_timeout_s) == (None, None, None)


def test_every_kind_can_be_configured():
    assert all(f"`{kind}`" in settings_table() for kind in DIALECTS)


async def test_an_upstream_knows_its_fallback():
    settings = [UpstreamSettings(name="a", fallback="b", models=("gpt-*",)), UpstreamSettings(name="b")]

    first, second = build_upstreams(settings, Metrics(__version__))

    assert first.fallback is second
    assert second.fallback is None
