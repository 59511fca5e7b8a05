import time

import httpx
import pytest

from fakes import Die, FakeUpstream, Scripted, Stall, running
from groundwire import remote as module
from groundwire.errors import CheckError, SettingsError
from groundwire.remote import RemoteService


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE_S", 0.01)


@pytest.fixture
def upstream():
    return FakeUpstream()


@pytest.fixture
def service(upstream):
    with running(upstream) as url:
        service = RemoteService(f"{url}/v1/", "/things", "some-model", "secret-key", section="judge")
        yield service
        service.close()


def test_it_posts_json_with_the_key_and_returns_the_body(service, upstream):
    upstream.will(Scripted([b"one", b"two"]))

    assert service.post({"n": 1}, 5.0) == b"onetwo"
    [request] = upstream.requests
    assert (request.method, request.path, request.json) == ("POST", "/v1/things", {"n": 1})
    assert request.headers["authorization"] == "Bearer secret-key"


@pytest.mark.parametrize("status", [429, 503])
def test_a_passing_failure_is_tried_again(service, upstream, status):
    upstream.will(Scripted([b"busy"], status), Scripted([b"ok"]))

    assert service.post({}, 5.0) == b"ok"


def test_a_reply_that_breaks_off_is_tried_again(service, upstream):
    upstream.will(Scripted([Die()]), Scripted([b"ok"]))

    assert service.post({}, 5.0) == b"ok"
    assert len(upstream.requests) == 2


def test_a_refusal_is_quoted_without_the_key(service, upstream):
    upstream.will(Scripted([b'{"error": {"message": "no such model for secret-key"}}'], 404))

    with pytest.raises(CheckError, match=r"answered 404: 'no such model for \*\*\*'"):
        service.post({}, 5.0)


def test_a_refused_key_points_to_its_setting(service, upstream):
    upstream.will(Scripted([b'{"error": {"message": "bad secret-key"}}'], 401))

    with pytest.raises(CheckError, match=r"answered 401; check `judge\.api_key`") as caught:
        service.post({}, 5.0)
    assert "secret-key" not in str(caught.value)


def test_silence_is_given_up_at_the_timeout(service, upstream):
    upstream.will(Scripted([Stall()]))

    with pytest.raises(CheckError, match=r"did not answer within `judge.timeout_s`, 0\.05 s"):
        service.post({}, 0.05)


def test_a_trickle_is_given_up_at_the_timeout():
    class Trickle(httpx.SyncByteStream):
        def __iter__(self):
            for _ in range(1_000):
                time.sleep(0.01)
                yield b"."

    service = RemoteService("http://127.0.0.1/v1", "/things", "some-model", None, section="judge")
    service._client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=Trickle())))

    with pytest.raises(CheckError, match="did not answer within"):
        service.post({}, 0.05)
    service.close()


def test_an_unusable_address_names_its_section():
    with pytest.raises(SettingsError, match=r"`judge\.base_url` 'nowhere' is no HTTP URL"):
        RemoteService("nowhere", "/things", "m", None, section="judge")


def test_the_host_is_known(service):
    assert service.host.startswith("127.0.0.1:")
