"""The rules that the code is built by."""

import ast
from pathlib import Path

import pytest

import groundwire
from groundwire.domain import Action, Failure, Label
from groundwire.policy.policy import FAILURE_ACTIONS, LABEL_ACTIONS, Policy, policy_from
from groundwire.settings import PolicySettings

ROOT = Path(groundwire.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)

# Each layer may import from the ones below it and from its own.
LAYERS = [
    {"cli"},
    {"demo"},
    {"wiring"},
    {"app", "settings_table", "model_servers"},
    {"console"},
    {"api", "evaluation"},
    {"review", "replay"},
    {"proxy", "metrics"},
    {"policy", "guardrail"},
    {"claims", "documents", "values", "embedding", "language_model", "verification", "knowledge"}
    | {"events", "keys", "accounts", "storage"},
    {"protocols", "settings", "remote", "models"},
    {"domain", "errors", ""},
    {"choices"},
]
# Neighbours that lean on each other, each for a reason.
PAIRS = {
    ("accounts", "storage"): "what is stored needs its tables",
    ("accounts", "keys"): "users and keys have the same roles, and both sign in",
    ("events", "storage"): "what is stored needs its tables",
    ("keys", "storage"): "what is stored needs its tables",
    ("knowledge", "storage"): "what is stored needs its tables",
    ("knowledge", "documents"): "documents are cut into passages when they come in",
    ("knowledge", "verification"): "lexical search and matching fold words alike",
    ("verification", "documents"): "evidence is read statement by statement",
    ("verification", "values"): "verdicts rest on compared values",
    ("keys", "proxy"): "the key gate tells the wire who calls",
}
SETTINGS_READERS = {"cli", "app", "wiring", "demo", "settings", "settings_table"}


def place_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py").replace("__init__", "")


def imports_of(path):
    """Yield each import of our own: the package, and the name taken from it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "groundwire":
            inside = node.module.split(".")[1:]
            yield from ((inside[0] if inside else "", alias.name) for alias in node.names)


def layer_of(package):
    [layer] = [place for place, names in enumerate(LAYERS) if package in names]
    return layer


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    own = place_of(path)

    for package, name in imports_of(path):
        if package == own or (own, package) in PAIRS:
            continue
        assert layer_of(package) > layer_of(own), f"{own} imports {name} of {package}"


def test_every_exception_is_needed():
    used = {(place_of(path), package) for path in FILES for package, _ in imports_of(path)}

    assert sorted(pair for pair in PAIRS if pair not in used) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_edge_sees_the_settings(path):
    if place_of(path) in SETTINGS_READERS:
        return

    assert not [
        name for package, name in imports_of(path) if package == "settings" and name in {"Settings", "load_settings"}
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read_at_once(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_are_short(path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert [one.name for one in functions if one.end_lineno - one.lineno >= 50] == []


def test_every_module_has_a_docstring():
    bare = [path for path in FILES if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))]

    assert [str(path.relative_to(ROOT)) for path in bare] == []


@pytest.mark.parametrize(
    "policy", [Policy(), policy_from("default", PolicySettings())], ids=["plain", "from the settings"]
)
def test_every_policy_has_an_action_for_each_label_and_failure(policy):
    assert set(policy.label_actions) == set(Label)
    assert set(policy.failure_actions) == set(Failure)
    assert {*policy.label_actions.values(), *policy.failure_actions.values()} <= set(Action)


def test_the_plain_policy_is_the_one_of_the_default_settings():
    settings = PolicySettings()

    assert {label: settings.actions.of(label) for label in Label} == LABEL_ACTIONS
    assert {failure: settings.on_failure.of(failure) for failure in Failure} == FAILURE_ACTIONS
    assert settings.messages.blocked == Policy().blocked_message


def test_a_supported_claim_alone_is_allowed_by_default():
    assert [label for label, action in LABEL_ACTIONS.items() if action is Action.ALLOW] == [Label.SUPPORTED]
    assert Action.ALLOW not in FAILURE_ACTIONS.values()
