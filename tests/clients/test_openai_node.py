"""The `openai` package for Node."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from client_contract import KNOWN, REWRITTEN, ClientContract, Said, request_for, tokens_of
from groundwire.domain import Action
from responses_contract import ResponsesContract

SCRIPT = Path(__file__).with_name("openai_node.cjs")
PACKAGES = Path(sys.prefix, ".node", "node_modules")

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed"),
    pytest.mark.skipif(not (PACKAGES / "openai").is_dir(), reason="`make test-clients` installs the package for Node"),
]


class NodeClient:
    """Asks with a small script."""

    def __init__(self, url):
        self._url = url

    def whole(self, question):
        return self.asked("whole", request_for(question))

    def streamed(self, question):
        return self.asked("streamed", request_for(question, is_stream=True))

    def asked(self, how, body, headers=None):
        command = ["node", str(SCRIPT), self._url, how, json.dumps(body), json.dumps(headers or {})]
        environment = os.environ | {"NODE_PATH": str(PACKAGES)}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
        assert done.returncode == 0, done.stderr
        return Said(**json.loads(done.stdout))


@pytest.fixture
def client(demo_url):
    return NodeClient(demo_url)


class TestNodeClient(ClientContract):
    """The suite."""


def test_the_stream_helper_puts_the_answer_together(client):
    known = KNOWN[Action.REWRITE]

    said = client.asked("helped", request_for(known.question, is_stream=True))

    assert said == Said(REWRITTEN, "stop", tokens_of(known))


class NodeResponses(NodeClient):
    """Asks over the Responses API."""

    def whole(self, headers):
        return self.asked("response", {"model": "gpt-4o", "input": "What is the fee?"}, headers)

    def streamed(self, headers):
        return self.asked("responseStream", {"model": "gpt-4o", "input": "What is the fee?", "stream": True}, headers)


class TestNodeResponses(ResponsesContract):
    """The suite of the Responses API."""

    @pytest.fixture
    def client(self, wire):
        return NodeResponses(wire.url.removesuffix("/v1"))
