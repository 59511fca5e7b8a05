import json
import threading

import httpx
import pytest
import respx

from fakes import Die, FakeUpstream, Scripted, Stall, completion, running
from groundwire import remote
from groundwire.errors import CheckError, SettingsError
from groundwire.language_model import RemoteLanguageModel
from groundwire.protocols import Completion, Prompt

URL = "https://models.example/v1"
PROMPT = Prompt("Label these.", '{"claims": []}', {"type": "object"}, 500)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(remote, "_FIRST_PAUSE_S", 0.01)


@pytest.fixture
def model():
    model = RemoteLanguageModel(URL, "big-model", "secret-key", {"temperature": 0})
    yield model
    model.close()


@pytest.fixture
def service():
    """A model behind a real socket."""
    upstream = FakeUpstream()
    with running(upstream) as url:
        upstream.model = RemoteLanguageModel(f"{url}/v1", "big-model", "secret-key")
        yield upstream
        upstream.model.close()


@respx.mock
def test_the_request_asks_for_structured_output(model):
    route = respx.post(f"{URL}/chat/completions").respond(200, content=completion("{}"))

    model.complete(PROMPT, 5.0)

    [call] = route.calls
    assert call.request.headers["authorization"] == "Bearer secret-key"
    assert json.loads(call.request.content) == {
        "model": "big-model",
        "messages": [
            {"role": "system", "content": "Label these."},
            {"role": "user", "content": '{"claims": []}'},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": {"type": "object"}},
        },
        "max_completion_tokens": 500,
        "temperature": 0,
    }


@respx.mock
def test_text_and_tokens_come_back(model):
    respx.post(f"{URL}/chat/completions").respond(200, content=completion('{"a": 1}'))

    assert model.complete(PROMPT, 5.0) == Completion('{"a": 1}', 11, 7)
    assert model.name == "big-model"


@respx.mock
@pytest.mark.parametrize("usage", [{"usage": None}, {"usage": {}}, {"usage": {"total_tokens": 3}}])
def test_tokens_that_are_not_counted_are_unknown(model, usage):
    respx.post(f"{URL}/chat/completions").respond(200, content=completion("{}", **usage))

    assert model.complete(PROMPT, 5.0) == Completion("{}", None, None)


@respx.mock
@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, completion({"role": "assistant", "content": None, "refusal": "I won't."}), "refused to answer"),
        (200, completion({"role": "assistant", "content": None}), "wrote nothing"),
        (200, completion(""), "wrote nothing"),
        (200, completion(), "wrote nothing"),
        (200, b"<html>busy</html>", "no completion in OpenAI's shape"),
        (200, b'{"choices": [{}]}', "no completion in OpenAI's shape"),
        (200, b"", "no completion in OpenAI's shape"),
        (400, b'{"error": {"message": "unknown field secret-key"}}', r"answered 400: 'unknown field \*\*\*'"),
        (401, b'{"error": {"message": "bad secret-key"}}', "answered 401; check `judge.api_key`"),
        (404, b"{}", "answered 404"),
        (429, b'{"error": {"message": "slow down"}}', "answered 429: 'slow down'"),
        (500, b"", "answered 500"),
    ],
    ids=[
        "refusal", "null", "empty", "no choice", "html", "no message", "no body", "bad request", "bad key",
        "no model", "too many", "broken",
    ],
)  # fmt: skip
def test_whatever_goes_wrong_is_a_check_error_without_the_key(model, status, body, why):
    respx.post(f"{URL}/chat/completions").respond(status, content=body)

    with pytest.raises(CheckError, match=why) as caught:
        model.complete(PROMPT, 5.0)
    assert "secret-key" not in str(caught.value)


@respx.mock
@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadError(""), httpx.ConnectTimeout("late")])
def test_a_network_that_fails_is_a_check_error(model, error):
    respx.post(f"{URL}/chat/completions").mock(side_effect=error)

    with pytest.raises(CheckError, match="judge service"):
        model.complete(PROMPT, 5.0)


def test_a_real_server_is_asked_again_after_a_passing_failure(service):
    service.will(Scripted([b"busy"], 503), Scripted([Die()]), Scripted([completion("{}")]))

    assert service.model.complete(PROMPT, 5.0).text == "{}"
    assert len(service.requests) == 3


def test_a_real_server_that_says_nothing_is_given_up(service):
    service.will(Scripted([Stall()]))

    with pytest.raises(CheckError, match=r"did not answer within `judge.timeout_s`, 0\.1 s"):
        service.model.complete(PROMPT, 0.1)


def test_not_even_a_client_that_hangs_can_outlast_the_timeout(model, monkeypatch):
    hanging = threading.Event()
    monkeypatch.setattr(model._service, "post", lambda *_: hanging.wait(10))

    with pytest.raises(CheckError, match="did not answer within"):
        model.complete(PROMPT, 0.05)
    hanging.set()


def test_an_unusable_address_is_refused_at_once():
    with pytest.raises(SettingsError, match=r"judge\.base_url"):
        RemoteLanguageModel("https://me:pw@host/v1", "m")
