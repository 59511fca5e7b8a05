import json
import time

import numpy as np
import pytest

from groundwire import remote as module
from groundwire.embedding.remote import RemoteEmbedder
from groundwire.errors import CheckError, SettingsError

TEXTS = ["Refunds take 14 days.", "Closed on Sundays."]


def reply_with(*vectors, indexes=None):
    rows = zip(indexes or range(len(vectors)), vectors, strict=True)
    return json.dumps({"data": [{"index": index, "embedding": vector} for index, vector in rows]}).encode()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE_S", 0.01)


def test_texts_go_out_with_model_and_key(remote, service):
    remote.embed_passages(TEXTS)

    [request] = service.requests
    assert request.path == "/v1/embeddings"
    assert request.body == {"model": "some-model", "input": TEXTS}
    assert request.headers["authorization"] == "Bearer secret-key"


def test_without_a_key_no_authorization_is_sent(url, service):
    embedder = RemoteEmbedder(url, "some-model")
    embedder.embed_passages(TEXTS)
    embedder.close()

    assert "authorization" not in service.requests[0].headers


@pytest.mark.parametrize("ending", ["", "/", "/embeddings", "/embeddings/"])
def test_the_base_url_may_end_in_several_ways(url, service, ending):
    embedder = RemoteEmbedder(url + ending, "some-model")
    embedder.embed_passages(TEXTS)
    embedder.close()

    assert service.requests[0].path == "/v1/embeddings"


def test_vectors_are_those_of_the_service_at_unit_length(remote, onnx):
    np.testing.assert_allclose(remote.embed_passages(TEXTS), onnx.embed_passages(TEXTS), atol=1e-5)


def test_many_texts_go_out_in_bounded_batches(remote, service):
    remote.embed_passages([f"Rule {number}." for number in range(70)])

    assert [len(request.body["input"]) for request in service.requests] == [32, 32, 6]


def test_blank_texts_are_not_sent(remote, service):
    vectors = remote.embed_passages(["", TEXTS[0], " \n"])

    assert [request.body["input"] for request in service.requests] == [[TEXTS[0]]]
    assert vectors[0].tolist() == vectors[2].tolist() == [1.0] + [0.0] * (remote.dimension - 1)


def test_the_dimension_is_asked_for_once(remote, service):
    assert (remote.dimension, remote.dimension) == (384, 384)
    assert len(service.requests) == 1


def test_nothing_is_sent_before_it_is_needed(remote, service):
    assert remote.name.startswith("some-model@127.0.0.1:")
    assert service.requests == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(remote, service, reply, status):
    service.script = [reply(status), reply(status)]

    assert remote.embed_passages(TEXTS).shape == (2, 384)
    assert len(service.requests) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_attempts_are_bounded(remote, service, reply, status):
    service.script = [reply(status)] * 9

    with pytest.raises(CheckError, match=rf"/v1/embeddings'.*answered {status}"):
        remote.embed_passages(TEXTS)
    assert len(service.requests) == 3


def test_retry_after_is_waited_for(remote, service, reply):
    service.script = [reply(429, headers={"retry-after": "1"})]

    started = time.monotonic()
    remote.embed_passages(TEXTS)

    assert time.monotonic() - started >= 1.0


def test_a_retry_after_beyond_the_timeout_fails_at_once(remote, service, reply):
    service.script = [reply(429, headers={"retry-after": "3600"})]

    with pytest.raises(CheckError, match="answered 429"):
        remote.embed_passages(TEXTS)
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [301, 400, 404, 413, 422])
def test_a_lasting_refusal_is_not_repeated_and_is_quoted(remote, service, reply, status):
    service.script = [reply(status, b'{"error": {"message": "input too long"}}', {"location": "http://127.0.0.1:9/"})]

    with pytest.raises(CheckError, match=rf"answered {status}: 'input too long'"):
        remote.embed_passages(TEXTS)
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_not_repeated_in_the_error(remote, service, reply, status):
    service.script = [reply(status, b'{"error": {"message": "bad key secret-key"}}')]

    with pytest.raises(CheckError, match=rf"answered {status}; check `embedding.api_key`") as caught:
        remote.embed_passages(TEXTS)
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no list of embeddings"),
        (b"<html>busy</html>", "no list of embeddings"),
        (b'{"data": {}}', "'data'"),
        (b'{"data": [{"index": 0}, {"index": 1}]}', "'data.0.embedding'"),
        (b'{"data": [{"index": 0, "embedding": "AAAA"}]}', "'data.0.embedding'"),
        (reply_with([1.0, 0.0]), "sent 1 vectors"),
        (reply_with([1.0], [1.0], [1.0]), "sent 3 vectors"),
        (reply_with([1.0], [1.0], indexes=[0, 0]), "wrong indexes"),
        (reply_with([1.0, 0.0], [1.0]), r"different lengths: \[1, 2\]"),
        (reply_with([], []), "no direction"),
        (reply_with([1.0, 0.0], [0.0, 0.0]), "no direction"),
        (reply_with([1.0, 0.0], [float("nan"), 0.0]), "no direction"),
    ],
    ids=[
        "empty", "html", "no list", "no vector", "base64", "too few", "too many", "index twice", "ragged", "no numbers",
        "zero", "not a number",
    ],
)  # fmt: skip
def test_a_wrong_reply_is_a_check_error_that_says_why(remote, service, reply, body, why):
    service.script = [reply(200, body)]

    with pytest.raises(CheckError, match=why):
        remote.embed_passages(TEXTS)


def test_a_change_of_dimension_is_refused(remote, service, reply):
    remote.embed_passages(TEXTS)
    service.script = [reply(200, reply_with([1.0, 0.0], [0.0, 1.0]))]

    with pytest.raises(CheckError, match="vectors of 2 numbers, and of 384 before"):
        remote.embed_queries(TEXTS)


def test_a_silent_service_is_given_up_at_the_timeout(url, service, reply):
    service.script = [reply(200, delay_s=5.0)]
    embedder = RemoteEmbedder(url, "some-model", timeout_s=0.1)

    started = time.monotonic()
    with pytest.raises(CheckError, match=r"did not answer within `embedding.timeout_s`, 0\.1 s"):
        embedder.embed_passages(TEXTS)

    assert time.monotonic() - started < 2.0
    embedder.close()


def test_an_unreachable_service_is_a_check_error(closed_port):
    embedder = RemoteEmbedder(f"http://127.0.0.1:{closed_port}/v1", "some-model")

    with pytest.raises(CheckError, match="can't be reached"):
        embedder.embed_passages(TEXTS)
    embedder.close()


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "localhost:8000",
        "ftp://host/v1",
        "http://",
        "http://host:port",
        "http://me:pw@host/v1",
        "https://host/v1?key=pw",
    ],
)
def test_an_unusable_address_is_refused_at_once(base_url):
    with pytest.raises(SettingsError, match=r"embedding\.base_url") as caught:
        RemoteEmbedder(base_url, "some-model")
    assert "pw" not in str(caught.value)
