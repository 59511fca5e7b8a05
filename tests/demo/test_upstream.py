"""The built-in model server, seen by the real OpenAI client."""

import httpx
import openai
import pytest


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
def test_a_bad_request_gets_an_error_in_openais_shape(model_url, path, body, param):
    reply = httpx.post(model_url + path, content=body, headers={"content-type": "application/json"})

    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert reply.json()["error"]["param"] == param
