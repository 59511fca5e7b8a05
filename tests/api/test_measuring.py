import pytest

from fakes import FakeUpstream, MemoryEventStore, Scripted, Stall, running
from groundwire.api.measuring import MeasuredApp, MeasuredEvents, MeasuredUpstream
from groundwire.domain import Label
from groundwire.errors import EventStoreError, UpstreamError, UpstreamTimeout
from groundwire.metrics import Metrics
from groundwire.proxy.upstreams.upstream import Call, UpstreamAddress
from stored import sample


@pytest.fixture
def metrics():
    return Metrics("1.0")


async def test_requests_are_counted_by_route_and_not_by_path(client, services):
    for path in ("/api/v1/events/evt_1", "/api/v1/events/evt_2", "/v1/models", "/v1/x", "/v1/y", "/odd", "/odder"):
        await client.get(path)
    value = services.metrics.registry.get_sample_value
    counted = {
        (route, status): value("groundwire_requests_total", {"endpoint": route, "status": status})
        for route, status in (
            ("/api/v1/events/{event_id}", "404"),
            ("/v1/models", "200"),
            ("/v1/*", "200"),
            ("other", "404"),
        )
    }
    assert list(counted.values()) == [2, 1, 2, 2]


async def test_a_client_that_left_is_counted_as_such(metrics):
    async def silent(scope, receive, send):
        return

    await MeasuredApp(silent, metrics)({"type": "http", "path": "/v1/models"}, None, None)
    labels = {"endpoint": "/v1/models", "status": "499"}
    assert metrics.registry.get_sample_value("groundwire_requests_total", labels) == 1


async def test_answers_are_stored_and_counted(metrics):
    store = MemoryEventStore()
    await MeasuredEvents(store, metrics).append([sample(Label.SUPPORTED)])
    assert len(store.events) == 1
    labels = {"action": "allow", "label": "supported", "policy": "default", "mode": "enforce"}
    assert metrics.registry.get_sample_value("groundwire_answers_total", labels) == 1


async def test_answers_whose_events_are_lost_count_with_the_failure(metrics):
    store = MemoryEventStore()
    store.is_down = True
    with pytest.raises(EventStoreError):
        await MeasuredEvents(store, metrics).append([sample(Label.SUPPORTED)])
    assert metrics.registry.get_sample_value("groundwire_failures_total", {"kind": "event_store"}) == 1
    assert metrics.registry.get_sample_value("groundwire_claims_total", {"label": "supported"}) == 1


async def call(metrics, url):
    upstream = MeasuredUpstream(UpstreamAddress("fake", url, connect_timeout_s=0.5, read_timeout_s=0.1), metrics)
    try:
        async with await upstream.open(Call("GET", "/models", [])) as reply:
            await reply.read()
    finally:
        await upstream.close()


async def test_upstream_calls_are_counted_by_status(metrics):
    fake = FakeUpstream()
    fake.will(Scripted([b"{}"], status=429))
    with running(fake) as url:
        await call(metrics, url)
        stall = Stall()
        fake.will(Scripted([stall, b"{}"]))
        with pytest.raises(UpstreamTimeout):
            await call(metrics, url)
        stall.release()
    with pytest.raises(UpstreamError):
        await call(metrics, url)
    counted = {
        status: metrics.registry.get_sample_value(
            "groundwire_upstream_requests_total", {"upstream": "fake", "status": status}
        )
        for status in ("429", "timeout", "unreachable")
    }
    assert counted == {"429": 1, "timeout": 1, "unreachable": 1}
