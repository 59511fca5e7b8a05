import pytest

from fakes import FakeUpstream, Scripted, running
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author
from groundwire.settings import PolicySettings, load_settings
from groundwire.wiring import open_storage


@pytest.fixture
def upstream():
    fake = FakeUpstream()
    fake.will(Scripted([b'{"object":"list","data":[]}']))
    with running(fake) as url:
        fake.url = f"{url}/v1"
        yield fake


def lines(result):
    return {line[9:27].strip(): line.split()[0] for line in result.stdout.splitlines()}


def configure(folder, upstream_url, **upstream):
    entries = "".join(f", {name}: {value}" for name, value in upstream.items())
    text = f"server: {{port: 0}}\nupstreams: [{{base_url: '{upstream_url}'{entries}}}]\n"
    (folder / "groundwire.yaml").write_text(text)


def test_all_is_well(groundwire, folder, documents, upstream):
    configure(folder, upstream.url, api_key="secret-key")
    groundwire("ingest")

    result = groundwire("doctor")

    assert result.exit_code == 0, result.output
    assert set(lines(result).values()) == {"ok"}
    assert upstream.requests[0].headers["authorization"] == "Bearer secret-key"
    assert "secret-key" not in result.output


def test_what_is_wrong_is_marked_and_the_rest_is_looked_at_too(groundwire, folder, upstream):
    configure(folder, "http://127.0.0.1:9/v1")

    result = groundwire("doctor")

    found = lines(result)
    assert result.exit_code == 1
    assert {what for what, word in found.items() if word == "problem"} == {"documents", "upstream default"}
    assert "the folder 'knowledge_base' does not exist" in result.stdout


def test_documents_that_could_not_be_read_are_named(groundwire, folder, documents, upstream):
    configure(folder, upstream.url)
    (documents / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    groundwire("ingest")

    result = groundwire("doctor")

    assert result.exit_code == 1
    assert "1 could not be read:\n" in result.stdout
    assert "'broken.pdf'" in result.stdout


def test_it_is_said_where_each_policy_comes_from(groundwire, folder, documents, upstream):
    database = open_storage(load_settings())
    versions = PolicyStore(database)
    version = versions.propose("support", PolicySettings(), Author("Ada"), versions.history("support").state)
    versions.apply("support", version.number, "Ada", versions.history("support").state)
    database.engine.dispose()

    [line] = [line for line in groundwire("doctor").stdout.splitlines() if "policies" in line]

    assert "default from the settings file (version " in line
    assert line.endswith(f"support from the console (version {version.version})")


def test_an_upstream_that_refuses_the_key(groundwire, folder, documents, upstream):
    configure(folder, upstream.url, api_key="old")
    upstream.will(Scripted([b"{}"], 401))

    result = groundwire("doctor")

    assert "refuses the key (401)" in result.stdout


def test_an_azure_upstream_is_asked_in_its_own_way(groundwire, folder, documents, upstream):
    configure(folder, upstream.url.removesuffix("/v1"), kind="azure", api_version="v1", api_key="secret-key")
    upstream.will(Scripted([b"{}"]))

    groundwire("doctor")

    [request] = upstream.requests
    assert (request.path, request.query) == ("/openai/models", "api-version=v1")
    assert request.headers["api-key"] == "secret-key"


def test_an_open_address_without_keys(groundwire, folder, upstream, monkeypatch):
    configure(folder, upstream.url)
    monkeypatch.setenv("GROUNDWIRE_SERVER__HOST", "0.0.0.0")

    assert lines(groundwire("doctor"))["keys"] == "problem"


def test_wrong_settings_end_with_2(groundwire, folder):
    (folder / "groundwire.yaml").write_text("policies: {}")

    assert groundwire("doctor").exit_code == 2
