"""The built-in model server, seen by the real OpenAI client."""

import httpx
import openai
import pytest

from fakes import running
from groundwire.demo.upstream import create_upstream


@pytest.fixture(scope="module")
def url():
    with running(create_upstream(pace_s=0)) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(url):
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        yield client


def test_the_models(client):
    assert [model.id for model in client.models.list()] == ["demo"]
    assert client.models.retrieve("demo").id == "demo"


def test_an_unknown_model_is_an_error_in_openais_shape(client):
    with pytest.raises(openai.NotFoundError) as error:
        client.models.retrieve("other")

    assert (error.value.param, error.value.type) == ("model", "invalid_request_error")


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/chat/completions", "{", "1"),
        ("/chat/completions", "[]", "body"),
        ("/chat/completions", '{"model": "x"}', "messages"),
        ("/chat/completions", '{"model": "x", "messages": []}', "messages"),
        ("/responses", '{"model": "x"}', "input"),
        ("/responses", '{"input": "Hello"}', "model"),
        ("/completions", '{"model": "x"}', "prompt"),
        ("/completions", '{"model": "x", "prompt": "Hello", "n": 0}', "n"),
    ],
)
def test_a_bad_request_gets_an_error_in_openais_shape(url, path, body, param):
    reply = httpx.post(url + path, content=body, headers={"content-type": "application/json"})

    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert reply.json()["error"]["param"] == param
