import contextlib
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from groundwire.cli.serving import listen, reload_policies
from groundwire.errors import SettingsError
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author
from groundwire.settings import PolicySettings, ServerSettings, Settings, load_settings
from groundwire.wiring import open_storage
from people import PASSWORD

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


def test_a_page_that_watches_does_not_keep_a_server_from_stopping(documents):
    with started("demo", "--port", "0") as (process, url):
        with httpx.stream("GET", f"{url}/api/v1/events/live", timeout=30) as watching:
            pieces = watching.iter_text()
            next(pieces)
            process.send_signal(signal.SIGINT)
            # A stream that is cut off instead of ended would raise.
            list(pieces)
        said, wrong = process.communicate(timeout=20)

    assert (process.returncode, wrong) == (0, "")
    assert said.endswith("Stopped.\n")


def knows(url, policy):
    reply = httpx.post(f"{url}/api/v1/check", json={"answer": "Hello!", "policy": policy}, timeout=20)
    return reply.status_code == 200


def test_a_hangup_reads_the_policies_anew(documents, folder):
    file = folder / "groundwire.yaml"
    with started("serve", "--port", "0") as (process, url):
        before = knows(url, "calm")
        file.write_text("policies: {default: {}, calm: {mode: shadow}}")
        process.send_signal(signal.SIGHUP)
        after = any(knows(url, "calm") for _ in range(500))
        file.write_text("policies: {default: {mod: shadow}}")
        process.send_signal(signal.SIGHUP)

        wrong = iter(process.stderr.readline, "")
        complaint = next(line for line in wrong if "The policies stay as they are." in line)
        still = knows(url, "calm")

    assert [before, after, still] == [False, True, True]
    assert "ERROR" in complaint


@pytest.fixture
def versions(folder):
    database = open_storage(load_settings())
    yield PolicyStore(database)
    database.engine.dispose()


def test_policies_are_replaced_at_once_or_not_at_all(versions):
    policies = Policies({"default": Policy()})

    reload_policies(versions, policies, lambda: Settings.model_validate({"policies": {"default": {}, "calm": {}}}))
    assert policies.names == ["calm", "default"]
    assert sorted(versions.histories()) == ["calm", "default"]

    reload_policies(versions, policies, lambda: load_settings(overrides={("policies",): {}}))
    assert policies.names == ["calm", "default"]


def test_what_the_console_has_in_force_survives_a_reload(versions, caplog):
    caplog.set_level("INFO")
    policies = Policies({"default": Policy()})
    policies.override({"default": Policy(version="abc", citations=True)})

    reload_policies(versions, policies, load_settings)

    assert policies.find("default").citations
    assert "Policies in force: default from the console (version abc)" in caplog.text


def test_the_server_says_which_policies_come_from_the_console(documents, versions):
    seen = versions.history("default").state
    version = versions.propose("default", PolicySettings(citations=True), Author("Ada"), seen)
    versions.apply("default", version.number, "Ada", versions.history("default").state)

    with started("serve", "--port", "0") as (process, _url):
        said = next(line for line in iter(process.stdout.readline, "") if "policy" in line)

    assert said.strip() == f"policy     default from the console (version {version.version})"


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


def test_with_keys_but_no_users_the_server_says_what_to_do(documents, groundwire):
    groundwire("keys", "create", "--role", "admin")

    with started("serve", "--port", "0") as (process, _url):
        line = next(line for line in process.stdout if line.startswith("  console"))

    assert "no users yet: make one with `groundwire users add NAME --role admin`" in line


@pytest.mark.parametrize(
    ("trusted", "cookie"), [('["127.0.0.1"]', "__Host-groundwire_session"), ("[]", "groundwire_session")]
)
def test_only_a_trusted_proxy_is_believed_that_the_browser_came_by_https(
    documents, groundwire, monkeypatch, trusted, cookie
):
    groundwire("users", "add", "Ada", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    monkeypatch.setenv("GROUNDWIRE_SERVER__TRUSTED_PROXIES", trusted)

    with started("serve", "--port", "0") as (_process, url):
        fields = {"name": "Ada", "password": PASSWORD}
        entered = httpx.post(f"{url}/console/sign-in", data=fields, headers={"x-forwarded-proto": "https"})

    assert list(entered.cookies) == [cookie]
