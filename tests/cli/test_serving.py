import contextlib
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from groundwire.cli.serving import listen
from groundwire.errors import SettingsError
from groundwire.settings import ServerSettings

GROUNDWIRE = [sys.executable, "-c", "from groundwire.cli.main import app; app()"]


@contextlib.contextmanager
def started(*arguments):
    """Run the command line as a process of its own; yield it and the URL it says it listens on."""
    process = subprocess.Popen(
        [*GROUNDWIRE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        line = next((line for line in process.stdout if line.startswith("  proxy")), "")
        yield process, line.split()[-1].removesuffix("/v1") if line else ""
    finally:
        process.kill()
        process.communicate()


def stopped(process, by):
    process.send_signal(by)
    said, wrong = process.communicate(timeout=20)
    return process.returncode, said, wrong


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_server_answers_and_stops_without_a_traceback(documents, command):
    with started(command, "--port", "0") as (process, url):
        ready = httpx.get(f"{url}/readyz")

        code, said, wrong = stopped(process, signal.SIGINT)

    assert ready.status_code == 200, ready.text
    assert (code, wrong) == (0, "")
    assert said.endswith("Stopped.\n")


def test_a_used_port_is_explained_before_anything_is_loaded(groundwire, folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = groundwire("serve", "--port", port)

    assert result.exit_code == 2
    assert f"Port {port} on 127.0.0.1 is in use" in result.stderr
    assert "--port" in result.stderr
    assert not list(folder.iterdir())


def test_without_keys_others_are_kept_out(groundwire):
    result = groundwire("serve", "--host", "0.0.0.0", "--port", "0")

    assert result.exit_code == 2
    assert "groundwire keys create --role admin" in result.stderr


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_an_address_that_is_not_ours(host):
    with pytest.raises(SettingsError, match=f"Can't listen on server.host '{host}'"):
        listen(ServerSettings(host=host, port=0))


def test_a_listener_takes_a_free_port():
    with contextlib.closing(listen(ServerSettings(port=0))) as listener:
        assert listener.getsockname()[1] > 0
