import json

import pytest

from groundwire.errors import BadRequest
from groundwire.proxy.upstreams.dialects import AzureDialect, OpenAIDialect

AZURE = AzureDialect("2024-10-21", {"gpt-4o": "our gpt"})


def body(model):
    return json.dumps({"model": model, "messages": []}).encode()


def test_a_compatible_server_has_the_routes_where_they_are():
    dialect = OpenAIDialect()

    assert dialect.target("/chat/completions", "", b"{}") == "/chat/completions"
    assert dialect.target("/files/a%2Fb", "q=1", b"") == "/files/a%2Fb?q=1"
    assert dialect.key_header("k") == (b"authorization", b"Bearer k")


@pytest.mark.parametrize(
    ("path", "query", "model", "target"),
    [
        ("/chat/completions", "", "gpt-35", "/openai/deployments/gpt-35/chat/completions?api-version=2024-10-21"),
        ("/chat/completions", "", "gpt-4o", "/openai/deployments/our%20gpt/chat/completions?api-version=2024-10-21"),
        ("/embeddings", "x=1", "a/b", "/openai/deployments/a%2Fb/embeddings?x=1&api-version=2024-10-21"),
        ("/completions", "api-version=new", "m", "/openai/deployments/m/completions?api-version=new"),
        ("/models", "", None, "/openai/models?api-version=2024-10-21"),
        ("/responses", "", "m", "/openai/responses?api-version=2024-10-21"),
    ],
)
def test_azure_has_deployments_in_the_path(path, query, model, target):
    assert AZURE.target(path, query, body(model)) == target


@pytest.mark.parametrize("sent", [b"", b"[]", b"{}", b'{"model": 5}', b'{"model": ""}', b"--form", b"\xff"], ids=repr)
def test_a_request_for_azure_without_a_model_is_refused(sent):
    with pytest.raises(BadRequest, match="'/v1/embeddings' must name its model") as error:
        AZURE.target("/embeddings", "", sent)

    assert error.value.param == "model"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ((b"authorization", b"Bearer key"), (b"api-key", b"key")),
        ((b"authorization", b"bearer key"), (b"api-key", b"key")),
        ((b"authorization", b"Bearer eyJhbGciOi.x.y"), (b"authorization", b"Bearer eyJhbGciOi.x.y")),
        ((b"authorization", b"Basic abc"), (b"authorization", b"Basic abc")),
        ((b"api-key", b"key"), (b"api-key", b"key")),
        ((b"x-other", b"Bearer key"), (b"x-other", b"Bearer key")),
    ],
    ids=["key", "lower case", "Entra token", "another scheme", "Azure's own", "another header"],
)
def test_azure_gets_a_clients_key_where_it_looks_for_it(sent, expected):
    assert AZURE.translated([sent]) == [expected]


def test_azure_gets_our_key_where_it_looks_for_it():
    assert AZURE.key_header("k") == (b"api-key", b"k")
