"""The parts of `groundwire demo`: settings that need nothing, the model server beside the proxy, the printed tour."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn

from groundwire.console.playground import Example
from groundwire.demo.answers import ANSWERS
from groundwire.demo.upstream import MODEL, create_upstream
from groundwire.settings import Settings, load_settings

_PACKAGED = Path(__file__).parent / "knowledge_base"
_IN_CHECKOUT = Path(__file__).parents[3] / "knowledge_base"


def demo_settings(upstream_url: str, overrides: Mapping[tuple[str, ...], object]) -> Settings:
    """Return settings for the sample documents and the model server at `upstream_url`, whatever a settings file says.

    Variables count for the rest; the data go into the folder `demo` of the data folder.
    """
    # An empty file stands in for the user's own, whose policies and documents the tour knows nothing of.
    plain = load_settings(Path(os.devnull))
    return load_settings(
        Path(os.devnull),
        overrides={
            ("upstreams",): [{"name": MODEL, "base_url": upstream_url}],
            ("knowledge_base", "path"): sample_documents(),
            ("data_dir",): plain.data_dir / "demo",
            **overrides,
        },
    )


def sample_documents() -> Path:
    """Return the folder of the sample company's documents: inside the package, or at the top of a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _IN_CHECKOUT


@contextmanager
def upstream_listener() -> Iterator[tuple[socket.socket, str]]:
    """Take a free loopback port for the model server; yield its socket and the base URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@asynccontextmanager
async def served_upstream(listener: socket.socket) -> AsyncIterator[None]:
    """Serve the model server on the running loop."""
    config = uvicorn.Config(create_upstream(), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = _Beside(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _Beside(uvicorn.Server):
    """A server that leaves signals to the one it runs beside."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def examples() -> list[Example]:
    """Return the questions with the model's answers, for the playground."""
    return [Example(known.question, known.answer) for known in ANSWERS]


def tour(url: str, data_dir: Path) -> str:
    """Return what to try: one question for each action, with curl and with the OpenAI SDK; and how to go on."""
    questions = [known.question for known in ANSWERS]
    actions = ", ".join(known.action.value for known in ANSWERS)
    asked = " \\\n    ".join(f'"{question}"' for question in questions)
    curl = _CURL.format(url=url, model=MODEL, questions=asked)
    python = _PYTHON.format(url=url, model=MODEL, questions=json.dumps(questions, indent=4))
    return f"""
The model behind it makes mistakes on purpose. Four questions show what becomes of them ({actions}).

With curl:

{curl}

With the OpenAI SDK (pip install openai):

{python}

The same questions can be asked with client.responses.create and client.completions.create, and as streams.

Keys and users of the demo: GROUNDWIRE_DATA_DIR={shlex.quote(str(data_dir))} groundwire users add NAME --role admin
"""


_CURL = """for question in {questions}; do
  curl -s {url}/v1/chat/completions -H "content-type: application/json" \\
    -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "'"$question"'"}}]}}'; echo
done"""

_PYTHON = """from openai import OpenAI

client = OpenAI(base_url="{url}/v1", api_key="none")
questions = {questions}
for question in questions:
    messages = [{{"role": "user", "content": question}}]
    reply = client.chat.completions.create(model="{model}", messages=messages)
    print(reply.grounding["action"], "|", reply.choices[0].message.content)
    for claim in reply.grounding["claims"]:
        print("    ", claim["label"], "|", claim["text"], "|", claim["reason"])"""
