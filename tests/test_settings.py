import pytest

from groundwire.domain import Action, Failure, Label, Mode, Source
from groundwire.errors import SettingsError
from groundwire.settings import SHORT_VARIABLES, PolicySettings, Settings, load_settings


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """Returns a function that loads the settings of a file with this text, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def load(text="", environment=None, overrides=None):
        path = tmp_path / "settings.yaml"
        path.write_text(text)
        return load_settings(path, environment or {}, overrides)

    return load


def test_everything_has_a_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    settings = load_settings(environment={})

    assert settings == Settings()
    assert settings.effective_database_url == "sqlite:///.groundwire/groundwire.db"


def test_the_file_in_the_documentation_states_the_defaults(configured):
    settings = configured(
        """
server: {host: 127.0.0.1, port: 8080}
data_dir: .groundwire
upstreams:
  - {name: default, base_url: https://api.openai.com/v1, models: ["*"]}
knowledge_base: {path: knowledge_base, collection: default, watch: true}
policies:
  default:
    mode: enforce
    actions: {supported: allow, unsupported: flag, contradicted: rewrite, unverified: flag}
    block_if: {contradicted_claims: 3}
    thresholds: {support: 0.5, contradiction: 0.5}
    rewrite: {strategies: [correct, remove], otherwise: block, max_regenerations: 1}
    evidence: [knowledge_base, request_documents, tool_results, system, conversation]
    on_failure: {timeout: flag, error: block, empty_knowledge_base: flag, over_length: flag, language: flag,
                 event_store: block}
    budget_ms: 2000
    citations: false
    messages: {blocked: "I can't confirm that from our documents. Please contact support."}
"""
    )

    assert settings == Settings()


def test_a_variable_wins_over_the_file_and_an_override_over_both(configured):
    text = "server: {port: 1000, log_level: debug}"

    assert configured(text).server.port == 1000
    assert configured(text, {"GROUNDWIRE_SERVER__PORT": "2000"}).server.port == 2000
    settings = configured(text, {"GROUNDWIRE_PORT": "2000"}, {("server", "port"): 3000})
    assert (settings.server.port, settings.server.log_level) == (3000, "debug")


SHORT = {
    "GROUNDWIRE_UPSTREAM_URL": (
        "http://models.example/v1/",
        lambda one: one.upstreams[0].base_url,
        "http://models.example/v1",
    ),
    "GROUNDWIRE_UPSTREAM_API_KEY": ("sk-1", lambda one: one.upstreams[0].api_key.get_secret_value(), "sk-1"),
    "GROUNDWIRE_PORT": ("0", lambda one: one.server.port, 0),
    "GROUNDWIRE_DATA_DIR": ("data", lambda one: str(one.data_dir), "data"),
    "GROUNDWIRE_DATABASE_URL": ("sqlite:///a.db", lambda one: one.effective_database_url, "sqlite:///a.db"),
    "GROUNDWIRE_KNOWLEDGE_BASE": ("docs", lambda one: str(one.knowledge_base.path), "docs"),
}


def test_every_short_variable_is_tried():
    assert SHORT.keys() == SHORT_VARIABLES.keys()


@pytest.mark.parametrize(
    ("name", "value", "read", "expected"), [(name, *row) for name, row in SHORT.items()], ids=SHORT
)
def test_a_short_variable_sets_its_setting(configured, name, value, read, expected):
    assert read(configured("", {name: value})) == expected


def test_a_short_variable_leaves_the_rest_of_the_upstream(configured):
    text = "upstreams: [{name: a, base_url: http://a.example/v1}, {name: b, base_url: http://b.example/v1}]"

    settings = configured(text, {"GROUNDWIRE_UPSTREAM_API_KEY": "sk-1"})

    assert [(one.name, one.base_url, bool(one.api_key)) for one in settings.upstreams] == [
        ("a", "http://a.example/v1", True),
        ("b", "http://b.example/v1", False),
    ]


def test_variables_reach_into_policies_and_lists(configured):
    settings = configured(
        "policies: {default: {evidence: [system]}}",
        {
            "GROUNDWIRE_POLICIES__DEFAULT__MODE": "shadow",
            "GROUNDWIRE_POLICIES__STRICT__ON_FAILURE__TIMEOUT": "block",
            "GROUNDWIRE_POLICIES__DEFAULT__EVIDENCE__1": "conversation",
            "GROUNDWIRE_UPSTREAMS": '[{"name": "a", "models": ["gpt-*"]}]',
        },
    )

    assert settings.policies["default"].mode is Mode.SHADOW
    assert settings.policies["default"].evidence == (Source.SYSTEM, Source.CONVERSATION)
    assert settings.policies["strict"].on_failure.of(Failure.TIMEOUT) is Action.BLOCK
    assert settings.upstreams[0].models == ("gpt-*",)


def test_a_variable_names_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.yaml").write_text("server: {port: 1000}")
    (tmp_path / "groundwire.yaml").write_text("server: {port: 2000}")

    assert load_settings(environment={"GROUNDWIRE_CONFIG": "other.yaml"}).server.port == 1000
    assert load_settings(environment={}).server.port == 2000


def test_variables_of_others_do_not_matter(configured):
    assert configured("", {"PATH": "/bin", "GROUND": "1"}) == Settings()


WRONG_FILES = {
    "unknown section": ("sever: {}", r"sever: unknown name; known are data_dir, .*server"),
    "unknown name": ("server: {prot: 1}", r"server\.prot: unknown name; known are .*port"),
    "unknown name in a policy": (
        "policies: {default: {actions: {suported: flag}}}",
        r"default\.actions\.suported: unknown name; known are contradicted, supported, unsupported, unverified",
    ),
    "unknown name in a list": ("upstreams: [{url: x}]", r"upstreams\.0\.url: unknown name; known are .*base_url"),
    "not one of the values": (
        "policies: {default: {mode: on}}",
        r"default\.mode: .*'enforce', 'shadow' or 'off'",
    ),
    "action of a failure": (
        "policies: {default: {on_failure: {timeout: rewrite}}}",
        r"on_failure\.timeout: .*(allow|Action\.ALLOW).*\(got 'rewrite'\)",
    ),
    "out of range": ("server: {port: 70000}", r"server\.port: .*65535 \(got 70000\)"),
    "not a number": ("policies: {default: {budget_ms: soon}}", r"budget_ms: .*number.*\(got 'soon'\)"),
    "probability": ("policies: {default: {thresholds: {support: 2}}}", r"thresholds\.support: .*1 \(got 2\)"),
    "no default policy": ("policies: {strict: {}}", r"policies: a policy named 'default' is required.*strict"),
    "no upstream": ("upstreams: []", r"upstreams: .*at least 1"),
    "same name twice": ("upstreams: [{}, {}]", r"upstreams: every upstream needs a `name` of its own"),
    "fallback that is not there": (
        "upstreams: [{name: a, fallback: c}, {name: b}]",
        r"upstreams: the fallback 'c' of 'a' is no upstream; known are a, b",
    ),
    "fallbacks in a circle": (
        "upstreams: [{name: a, fallback: b}, {name: b, fallback: c}, {name: c, fallback: b}]",
        r"upstreams: the fallbacks run in a circle: a → b → c → b",
    ),
    "its own fallback": ("upstreams: [{name: a, fallback: a}]", r"upstreams: the fallbacks run in a circle: a → a"),
    "unknown kind": ("upstreams: [{kind: vllm}]", r"upstreams\.0\.kind: .*'openai' or 'azure' \(got 'vllm'\)"),
    "Azure without a version": (
        "upstreams: [{kind: azure, base_url: 'https://a.example'}]",
        r"upstreams\.0: kind 'azure' needs `api_version`, like",
    ),
    "Azure's compatible address": (
        "upstreams: [{kind: azure, api_version: v, base_url: 'https://a.example/openai/v1'}]",
        r"upstreams\.0: kind 'azure' adds /openai.* use kind 'openai'",
    ),
    "a version without Azure": (
        "upstreams: [{api_version: v}]",
        r"upstreams\.0: `api_version` and `deployments` are for kind 'azure' alone",
    ),
    "a header that can't be set": ("upstreams: [{headers: {Host: x}}]", r"upstreams\.0\.headers: 'Host' is no header"),
    "a header on two lines": (
        'upstreams: [{headers: {x-a: "b\\nc"}}]',
        r"upstreams\.0\.headers: the value of 'x-a' must be plain ASCII text on one line",
    ),
    "a proxy that is none": ("upstreams: [{proxy: 'socks5://p:1'}]", r"upstreams\.0\.proxy: must be a URL like http"),
    "a proxy without a port": ("upstreams: [{proxy: 'http://p'}]", r"upstreams\.0\.proxy: must be a URL like http"),
    "no URL": ("upstreams: [{base_url: api.example}]", r"upstreams\.0\.base_url: .*http://.*\(got 'api\.example'\)"),
    "URL without a host": ("upstreams: [{base_url: 'https://'}]", r"upstreams\.0\.base_url: .*host"),
    "collection name": ("knowledge_base: {collection: 'My Docs'}", r"knowledge_base\.collection: .*pattern"),
    "embedding without model": ("embedding: {provider: openai}", r"embedding: provider 'openai' needs `model`"),
    "empty section": ("server:", r"server: .*\(got None\)"),
    "list at the top": ("- a", r"must hold `key: value` lines"),
    "broken YAML": ("server: {port: 1", r"is not valid YAML"),
}


@pytest.mark.parametrize(("text", "message"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_is_explained(configured, text, message):
    with pytest.raises(SettingsError, match=message):
        configured(text)


WRONG_VARIABLES = {
    "unknown section": ("GROUNDWIRE_SEVER__PORT", "1", r"Unknown variable 'GROUNDWIRE_SEVER__PORT'.*server"),
    "unknown name": ("GROUNDWIRE_SERVER__PROT", "1", r"server\.prot: unknown name"),
    "below a value": ("GROUNDWIRE_DATA_DIR__X__Y", "1", r"data_dir"),
    "place beyond the list": ("GROUNDWIRE_UPSTREAMS__7__NAME", "a", r"'upstreams\.7\.name' can't be set.*list of 0"),
    "name in a list": ("GROUNDWIRE_UPSTREAMS__X__NAME", "a", r"upstreams"),
    "JSON that is none": ("GROUNDWIRE_UPSTREAMS", "[{", r"upstreams: .*\(got '\[\{'\)"),
}


@pytest.mark.parametrize(("name", "value", "message"), WRONG_VARIABLES.values(), ids=WRONG_VARIABLES)
def test_a_wrong_variable_is_explained(configured, name, value, message):
    with pytest.raises(SettingsError, match=message):
        configured("", {name: value})


def test_a_name_where_the_file_has_a_list_is_explained(configured):
    with pytest.raises(SettingsError, match=r"'upstreams\.x\.name' can't be set: 'x' must be a place in a list of 1"):
        configured("upstreams: [{}]", {"GROUNDWIRE_UPSTREAMS__X__NAME": "a"})


def test_all_mistakes_are_listed_at_once(configured):
    with pytest.raises(SettingsError) as caught:
        configured("server: {port: -1, prot: 1}\ndata_dirs: x")

    assert len(caught.value.message.splitlines()) == 4


@pytest.mark.parametrize(
    "text",
    [
        "upstreams: [{api_key: [sk-secret]}]",
        "embedding: {provider: openai, model: m, api_key: sk-secret}",
        "embedding: {provider: openai, api_key: {x: sk-secret}}",
        "upstreams: [{proxy: 'http://user:sk-secret@proxy.example'}]",
        "upstreams: [{proxy: [sk-secret]}]",
        'upstreams: [{headers: {x-auth: "sk-secret\\n"}}]',
        "upstreams: [{headers: sk-secret}]",
    ],
)
def test_no_message_repeats_a_key(configured, text):
    with pytest.raises(SettingsError) as caught:
        configured(text)

    assert "sk-secret" not in caught.value.message


def test_a_key_is_not_shown(configured):
    assert "sk-secret" not in repr(configured("upstreams: [{api_key: sk-secret}]"))


JUDGE = "judge: {enabled: true, base_url: http://127.0.0.1:9/v1, model: big, api_key: sk-secret, timeout_s: 1.5"


def test_a_judge_is_off_by_default_and_may_be_configured(configured):
    judge = configured(JUDGE + ", parameters: {reasoning_effort: low}}").judge

    assert not Settings().judge.enabled
    assert (judge.enabled, judge.model, judge.parameters) == (True, "big", {"reasoning_effort": "low"})
    assert "sk-secret" not in repr(judge)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("judge: {enabled: true, api_key: sk-secret}", "judge: an enabled judge needs `base_url` and `model`"),
        ("judge: {min_support: 0.9}", r"judge: `min_support` \(0\.9\) is above `max_support` \(0\.8\)"),
        ("judge: {min_support: 2}", r"judge\.min_support: .*less than or equal to 1 \(got 2\)"),
        ("judge: {timeout_s: 0}", r"judge\.timeout_s: .*greater than 0"),
        ("judge: {max_tokens: 10}", r"judge\.max_tokens: .*500"),
        ("judge: {parameters: {stream: true, model: other}}", r"judge\.parameters: can't set model, stream"),
        ("judge: {provider: openai}", r"judge\.provider: unknown name; known are api_key, base_url, enabled"),
    ],
    ids=["incomplete", "no range", "no probability", "no time", "no tokens", "fixed fields", "unknown"],
)
def test_a_wrong_judge_is_explained(configured, text, message):
    with pytest.raises(SettingsError, match=message) as caught:
        configured(text)
    assert "sk-secret" not in caught.value.message


OIDC = "issuer: https://login.example, client_id: groundwire, client_secret: sk-secret"


def test_single_sign_on_is_off_by_default_and_may_be_configured(configured):
    oidc = configured(f"sign_in: {{oidc: {{{OIDC}, role_claim: groups, admin_values: [boss]}}}}").sign_in.oidc

    assert Settings().sign_in.oidc is None
    assert (oidc.issuer, oidc.admin_values, oidc.default_role) == ("https://login.example", ("boss",), "analyst")
    assert "sk-secret" not in repr(oidc)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{OIDC}, issuer: http://login.example", r"oidc\.issuer: must start with https://, except on this machine"),
        (f"{OIDC}, issuer: login", r"oidc\.issuer: must be a URL"),
        (f"{OIDC}, scope: email", r"oidc\.scope: must contain `openid`"),
        (f"{OIDC}, default_role: app", r"oidc\.default_role: .*'analyst', 'admin' or 'none'"),
        ("issuer: https://login.example, client_secret: [sk-secret]", r"oidc\.client_id: Field required"),
        ("issuer: https://login.example, client_id: a, client_secret: [sk-secret]", r"oidc\.client_secret: "),
        (f"{OIDC}, secret: sk-secret", r"oidc\.secret: unknown name; known are admin_values"),
    ],
    ids=["plain", "no URL", "no ID token", "app", "no client", "no secret", "unknown"],
)
def test_a_wrong_single_sign_on_is_explained(configured, text, message):
    with pytest.raises(SettingsError, match=message) as caught:
        configured(f"sign_in: {{oidc: {{{text}}}}}")
    assert "sk-secret" not in caught.value.message


@pytest.mark.parametrize("hours", ["0", "-1", "1000000"])
def test_a_session_has_an_end(configured, hours):
    with pytest.raises(SettingsError, match=r"sign_in\.idle_hours"):
        configured(f"sign_in: {{idle_hours: {hours}}}")


@pytest.mark.parametrize(
    ("written", "origin"),
    [("https://Guard.example/", "https://guard.example"), ("http://10.0.0.1:81", "http://10.0.0.1:81")],
)
def test_the_public_url_is_where_browsers_come(configured, written, origin):
    assert configured(f"server: {{public_url: '{written}'}}").server.public_url == origin


@pytest.mark.parametrize("written", ["guard.example", "ftp://guard.example", "https://", "https://guard.example/a"])
def test_a_public_url_that_is_none_is_explained(configured, written):
    with pytest.raises(SettingsError, match=r"server\.public_url: must be a URL .* without a path"):
        configured(f"server: {{public_url: '{written}'}}")


@pytest.mark.parametrize("written", ["off", "'off'", '"off"'])
def test_off_needs_no_quotes(configured, written):
    assert configured(f"policies: {{default: {{mode: {written}}}}}").policies["default"].mode is Mode.OFF


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"Can't read the settings file '.*missing\.yaml': No such file"):
        load_settings(tmp_path / "missing.yaml", {})


def test_a_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match=r"binary\.yaml"):
        load_settings(tmp_path / "binary.yaml", {})


def test_every_label_and_failure_has_an_action():
    policy = PolicySettings()

    assert [policy.actions.of(label) for label in Label]
    assert [policy.on_failure.of(failure) for failure in Failure]
