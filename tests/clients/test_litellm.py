"""A real LiteLLM proxy that uses Groundwire as its guardrail, with the settings that the documentation gives."""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import openai
import pytest
import yaml

from client_contract import KNOWN, MESSAGE, REWRITTEN, request_for, tokens_of
from fakes import running
from groundwire.demo.upstream import MODEL, create_upstream
from groundwire.domain import Action

PROGRAM = Path(sys.prefix, ".litellm", "bin", "litellm")
GUIDE = Path(__file__).parents[2] / "docs" / "litellm.md"
START_S = 90

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="`make test-litellm` installs LiteLLM")


def settings(upstream_url, groundwire_url):
    """Return LiteLLM's settings: the guide's, with addresses of this run and without a key."""
    guide = yaml.safe_load(re.search("```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)[1])
    guardrail = guide["guardrails"][0]["litellm_params"]
    guardrail["api_base"] = groundwire_url
    del guardrail["api_key"]
    model = {"model": f"openai/{MODEL}", "api_base": f"{upstream_url}/v1", "api_key": "none"}
    return {"model_list": [{"model_name": MODEL, "litellm_params": model}], **guide}


@pytest.fixture(scope="module")
def client(demo_url, tmp_path_factory):
    folder, key = tmp_path_factory.mktemp("litellm"), f"sk-{secrets.token_hex(32)}"
    with running(create_upstream(pace_s=0)) as upstream_url, (folder / "log").open("wb") as log:
        (folder / "config.yaml").write_text(yaml.safe_dump(settings(upstream_url, demo_url)))
        port = free_port()
        command = [PROGRAM, "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
        # Nothing is to be fetched or reported.
        quiet = {"LITELLM_MASTER_KEY": key, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
        server = subprocess.Popen(command, cwd=folder, env=os.environ | quiet, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/health/liveliness", server)
            with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=key, max_retries=0) as client:
                yield client
        finally:
            server.terminate()
            server.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(url, server):
    for _ in range(START_S * 5):
        assert server.poll() is None, "LiteLLM did not start"
        try:
            if httpx.get(url, timeout=1).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("LiteLLM was not ready in time")


def whole(client, question):
    return client.chat.completions.create(**request_for(question))


def streamed(client, question):
    parts = list(client.chat.completions.create(**request_for(question, is_stream=True)))
    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    return text, parts[-1].usage.total_tokens


@pytest.mark.parametrize(
    ("action", "expected"),
    [(Action.ALLOW, KNOWN[Action.ALLOW].answer), (Action.FLAG, KNOWN[Action.FLAG].answer), (Action.REWRITE, REWRITTEN)],
    ids=str,
)
def test_answers_arrive_as_they_are_or_mended_whole_and_streamed(client, action, expected):
    known = KNOWN[action]

    reply = whole(client, known.question)

    assert (reply.choices[0].message.content, reply.usage.total_tokens) == (expected, tokens_of(known))
    assert streamed(client, known.question) == (expected, tokens_of(known))


@pytest.mark.parametrize("ask", [whole, streamed])
def test_a_block_is_an_error_with_the_message(client, ask):
    with pytest.raises(openai.BadRequestError) as error:
        ask(client, KNOWN[Action.BLOCK].question)

    assert error.value.body["message"] == MESSAGE


def test_the_event_knows_the_question(client, demo_url):
    known = KNOWN[Action.REWRITE]
    whole(client, known.question)

    [event] = httpx.get(f"{demo_url}/api/v1/events", params={"limit": 1}).json()["events"]

    assert (event["endpoint"], event["upstream"]) == ("/beta/litellm_basic_guardrail_api", "litellm")
    assert (event["question"], event["action"]) == (known.question, "rewrite")
