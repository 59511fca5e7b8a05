"""Plain `curl`."""

import json
import shutil
import subprocess

import pytest

from client_contract import KNOWN, ClientContract, Said, request_for
from groundwire.domain import Action

CURL = "curl --silent --show-error --fail --noproxy * --max-time 20 --header content-type:application/json".split()

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


class Curl:
    """Asks from the command line."""

    def __init__(self, url):
        self._url = url

    def whole(self, question):
        reply = json.loads(self.sent(request_for(question)))
        choice = reply["choices"][0]
        return Said(choice["message"]["content"], choice["finish_reason"], reply["usage"]["total_tokens"])

    def streamed(self, question):
        *events, last, rest = self.sent(request_for(question, is_stream=True), "--no-buffer").split("\n\n")
        assert (last, rest) == ("data: [DONE]", "")
        parts = [json.loads(event.removeprefix("data: ")) for event in events if not event.startswith(":")]
        choices = [part["choices"][0] for part in parts if part["choices"]]
        text = "".join(choice["delta"].get("content") or "" for choice in choices)
        return Said(text, choices[-1]["finish_reason"], parts[-1]["usage"]["total_tokens"])

    def sent(self, body, *options):
        command = [*CURL, "--data", json.dumps(body), *options, f"{self._url}/v1/chat/completions"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def client(demo_url):
    return Curl(demo_url)


class TestCurl(ClientContract):
    """The suite."""


def test_the_outcome_stands_in_the_headers(client):
    head, _, _ = client.sent(request_for(KNOWN[Action.REWRITE].question), "--include").partition("\r\n\r\n")

    lines = [line.lower() for line in head.splitlines()]
    assert "x-grounding-action: rewrite" in lines
    assert "x-grounding-label: contradicted" in lines
