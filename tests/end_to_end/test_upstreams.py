"""Several model servers of different kinds behind one proxy, with the real OpenAI client before it."""

import json

import httpx
import openai
import pytest

from fakes import USAGE, Die, FakeUpstream, Scripted, Stall, chunk, chunks, completion, event, running, usage_chunk
from groundwire.settings import Settings
from groundwire.wiring import assemble

MESSAGES = [{"role": "user", "content": "What is the monthly fee?"}]
SAFE = {"hate": {"filtered": False, "severity": "safe"}, "self_harm": {"filtered": False, "severity": "safe"}}
ASKED = [{"prompt_index": 0, "content_filter_results": SAFE}]
PLACE = "/openai/deployments/big/chat/completions"


@pytest.fixture(scope="module")
def fakes():
    azure, local = FakeUpstream(), FakeUpstream()
    with running(azure) as azure_url, running(local) as local_url:
        azure.url, local.url = azure_url, f"{local_url}/v1"
        yield azure, local


@pytest.fixture
def azure(fakes):
    fakes[0].reset()
    return fakes[0]


@pytest.fixture
def local(fakes):
    fakes[1].reset()
    return fakes[1]


@pytest.fixture(scope="module")
def proxy_url(fakes, tmp_path_factory):
    """A proxy whose Azure upstream has a fallback that knows other models too."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "fees.md").write_text("# Fees\n\nThe monthly fee is $5.\n")
    azure = {"name": "azure", "kind": "azure", "base_url": fakes[0].url, "api_key": "azure-key", "api_version": "v1"}
    azure |= {"models": ["gpt-*"], "deployments": {"gpt-4o": "big"}, "fallback": "local", "answer_timeout_s": 0.3}
    local = {"name": "local", "base_url": fakes[1].url, "api_key": "local-key", "answer_timeout_s": 0.3}
    values = {"data_dir": tmp_path_factory.mktemp("data"), "knowledge_base": {"path": folder}}
    assembly = assemble(Settings.model_validate({**values, "upstreams": [azure, local]}))
    assembly.documents.sync()
    with running(assembly.app) as url:
        yield url


@pytest.fixture
def client(proxy_url):
    with openai.OpenAI(base_url=f"{proxy_url}/v1", api_key="none", max_retries=0) as client:
        yield client


def ask(client, **options):
    return client.chat.completions.create(model="gpt-4o", messages=MESSAGES, **options)


def upstream_of(proxy_url, reply):
    return httpx.get(f"{proxy_url}/api/v1/events/{reply.grounding['event_id']}").json()["upstream"]


def filtered(answer):
    """Return a completion as Azure writes it."""
    reply = json.loads(completion(answer, prompt_filter_results=ASKED))
    reply["choices"][0]["content_filter_results"] = SAFE
    return json.dumps(reply).encode()


def test_azures_answers_are_checked_and_keep_what_its_filter_says(client, azure, proxy_url):
    azure.will(Scripted([filtered("The monthly fee is $9.")]))

    reply = ask(client)

    [request] = azure.requests
    assert (request.path, request.query, request.headers["api-key"]) == (PLACE, "api-version=v1", "azure-key")
    assert "authorization" not in request.headers
    assert reply.choices[0].message.content == "The monthly fee is $5."
    assert reply.prompt_filter_results == ASKED
    assert reply.choices[0].content_filter_results == SAFE
    assert reply.usage.total_tokens == USAGE["total_tokens"]
    assert upstream_of(proxy_url, reply) == "azure"


def test_azures_streams_keep_what_its_filter_says(client, azure):
    opening = {**chunk(), "choices": [], "prompt_filter_results": ASKED}
    said = chunks("The monthly fee", " is $9.")
    for part in said[1:-1]:
        part["choices"][0]["content_filter_results"] = SAFE
    azure.will_stream(opening, *said[:-1], usage_chunk(), "[DONE]")

    parts = list(ask(client, stream=True, stream_options={"include_usage": True}))

    choices = [part.choices[0] for part in parts if part.choices]
    assert "".join(choice.delta.content or "" for choice in choices) == "The monthly fee is $5."
    assert [part.prompt_filter_results for part in parts if hasattr(part, "prompt_filter_results")] == [ASKED]
    assert SAFE in [getattr(choice, "content_filter_results", None) for choice in choices]
    assert parts[-1].usage.total_tokens == USAGE["total_tokens"]


def test_a_block_by_azures_own_filter_passes_as_it_is(client, azure):
    body = b'{"error":{"code":"content_filter","message":"no","status":400,"innererror":{"code":"X"}}}'
    azure.will(Scripted([body], 400))

    with pytest.raises(openai.BadRequestError) as error:
        ask(client)

    assert error.value.response.content == body


def test_an_answer_that_azures_filter_cut_keeps_its_reason(client, azure):
    azure.will_stream(*chunks("The monthly fee is $5.", finish="content_filter"))

    parts = list(ask(client, stream=True))

    assert [part.choices[0].finish_reason for part in parts if part.choices][-1] == "content_filter"


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_fallback_answers_and_its_answer_is_checked(client, azure, local, proxy_url, is_stream):
    azure.will(Scripted([b"{}"], 503))
    said = "The monthly fee is $9."
    local.will(Scripted([b"".join(map(event, chunks(said)))], headers={"content-type": "text/event-stream"}))
    if not is_stream:
        local.will_say(said)

    reply = ask(client, stream=is_stream)

    parts = list(reply) if is_stream else [reply]
    texts = [part.choices[0].delta.content or "" for part in parts] if is_stream else [reply.choices[0].message.content]
    assert "".join(texts) == "The monthly fee is $5."
    assert local.requests[0].headers["authorization"] == "Bearer local-key"
    assert "api-key" not in local.requests[0].headers
    assert upstream_of(proxy_url, next(part for part in parts if hasattr(part, "grounding"))) == "local"


def test_no_fallback_steps_in_once_text_was_sent(client, azure, local):
    azure.will_stream(*chunks("The monthly fee is $5. It")[:2], Die())
    local.will_say("The monthly fee is $5.")

    with pytest.raises(openai.APIError, match="'azure' closed"):
        list(ask(client, stream=True))

    assert local.requests == []


def test_a_failure_says_which_upstreams_and_which_phase(client, azure, local):
    stalls = [Stall(), Stall()]
    azure.will(Scripted([stalls[0]]))
    local.will(Scripted([stalls[1]]))

    with pytest.raises(openai.APIStatusError, match=r"'azure' went silent .* 'local' went silent while") as error:
        ask(client)

    assert error.value.status_code == 504


def test_a_model_of_another_server_goes_there_alone(client, azure, local):
    local.will_say("Hello!")

    client.chat.completions.create(model="llama-3", messages=MESSAGES)

    assert (len(azure.requests), len(local.requests)) == (0, 1)


def listing(*names):
    """Return a list of models as an upstream sends it."""
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}).encode()


def test_the_models_of_all_servers_are_one_list(client, azure, local):
    azure.will(Scripted([listing("gpt-4o", "dall-e-3")]))
    local.will(Scripted([listing("llama-3", "gpt-4o")]))

    reply = client.models.with_raw_response.list()

    assert [model.id for model in reply.parse()] == ["gpt-4o", "llama-3"]
    assert reply.headers["x-grounding-coverage"] == "unguarded"
    assert "x-grounding-failed-upstreams" not in reply.headers
    assert (azure.requests[0].path, azure.requests[0].headers["api-key"]) == ("/openai/models", "azure-key")
    assert local.requests[0].headers["authorization"] == "Bearer local-key"


def test_the_models_are_listed_without_a_server_that_fails(client, azure, local):
    azure.will(Scripted([b"{}"], 404))
    local.will(Scripted([listing("llama-3")]))

    reply = client.models.with_raw_response.list()

    assert [model.id for model in reply.parse()] == ["llama-3"]
    assert reply.headers["x-grounding-failed-upstreams"] == "azure"


def test_without_any_models_the_error_names_every_server(client, azure, local):
    stall = Stall()
    azure.will(Scripted([b"{}"], 404))
    local.will(Scripted([stall]))

    with pytest.raises(openai.InternalServerError, match=r"'azure' answered with 404\. .* 'local' went silent while"):
        client.models.list()


def test_one_model_is_looked_up_where_a_request_for_it_goes(client, azure, local):
    local.will(Scripted([b'{"id": "meta/llama-3", "object": "model"}']))

    assert client.models.retrieve("meta/llama-3").id == "meta/llama-3"
    assert azure.requests == []
