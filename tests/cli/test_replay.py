import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundwire.domain import Question, Turn
from groundwire.proxy.answering import CheckContext
from groundwire.settings import load_settings
from groundwire.wiring import build_policies, open_library, opened_events, unrecorded_answers

ASKED = {
    "How long can goods be returned?": "Goods can be returned within 14 days.",
    "What is the monthly fee?": "The monthly fee is $9.",
}


@pytest.fixture
def stored(folder, documents):
    """An event for each answer, checked against the documents; the right one first."""
    settings = load_settings()
    library = open_library(settings)
    library.sync()
    answers, policy = unrecorded_answers(library), build_policies(settings).find("default")
    policy = replace(policy, limits=replace(policy.limits, budget_s=60.0))

    class Kept:
        async def append(self, events):
            async with opened_events(settings) as store:
                await store.append(events)
            self.ids = [event.id for event in events]

    kept, ids = Kept(), []
    answers._events = kept
    for question, answer in ASKED.items():
        asked = Question((Turn("user", question),))
        context = CheckContext(policy, policy.mode, asked, "/v1/chat/completions", ("default",))
        asyncio.run(answers.check(answer, context))
        ids += kept.ids
    library.database.engine.dispose()
    return ids


def write(folder, text, name="new.yaml"):
    (folder / name).write_text(text)
    return name


def test_under_their_own_policy_nothing_flips(groundwire, stored):
    result = groundwire("replay")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-2:] == [
        "2 of 2 answers replayed, 0 of them verified anew",
        "0 answers flip, 0 of 2 verdicts",
    ]


def test_under_another_policy_the_flips_are_listed(groundwire, stored, folder):
    result = groundwire("replay", "--since", "1d", "--policy", write(folder, "actions: {contradicted: block}"))

    assert f"{stored[1]}  " in result.stdout
    assert "rewrite → block" in result.stdout
    assert "delivered before: The monthly fee is $5." in result.stdout
    assert "delivered now:    I can't confirm that from our documents." in result.stdout
    assert stored[0] not in result.stdout
    assert "1 answers flip, 0 of 2 verdicts" in result.stdout


def test_a_verdict_that_flips_is_listed_with_the_reason(groundwire, stored, folder):
    result = groundwire("replay", "--policy", write(folder, "thresholds: {support: 1.0}"))

    assert "supported → " in result.stdout
    assert "is below thresholds.support 1" in result.stdout


def test_json_has_everything(groundwire, stored, folder):
    policy = write(folder, "actions: {contradicted: block}")
    found = json.loads(groundwire("replay", "--policy", policy, "--json").stdout)

    assert [flip["event_id"] for flip in found["flips"]] == [stored[1]]
    assert found["summary"]["flipped"] == 1


def test_a_whole_settings_file_gives_each_answer_the_policy_of_its_name(groundwire, stored, folder):
    whole = write(folder, "policies: {default: {actions: {contradicted: block}}, other: {}}")

    assert "1 answers flip" in groundwire("replay", "--policy", whole).stdout
    assert "0 of 0 answers" in groundwire("replay", "--policy", whole, "--name", "other").stdout


def test_a_policy_in_force_is_found_by_its_name(groundwire, stored, folder):
    write(folder, "policies: {default: {}, strict: {actions: {contradicted: block}}}", "groundwire.yaml")

    assert "rewrite → block" in groundwire("replay", "--policy", "strict").stdout


def test_newer_documents_are_read(groundwire, stored, documents):
    (documents / "fees.md").write_text("# Fees\n\nThe monthly fee is $9.\n")
    groundwire("ingest")

    result = groundwire("replay", "--revision", "newest")

    assert "contradicted → supported: The monthly fee is $9." in result.stdout
    assert "documents: default@1 → default@2" in result.stdout


def test_a_revision_that_is_gone_is_listed(groundwire, stored):
    result = groundwire("replay", "--revision", "default@7")

    assert result.exit_code == 0
    assert f"{stored[0]}" in result.stdout
    assert "not replayed: Collection 'default' has no revision 7." in result.stdout
    assert "2 could not be replayed: 2 revision_gone" in result.stdout


def test_one_answer_is_replayed(groundwire, stored):
    assert "1 of 1 answers replayed" in groundwire("replay", "--event", stored[0]).stdout


@pytest.mark.parametrize("since", ["2025-01-01", "2025-01-01T10:00:00", "30m", "12h", "99999d"])
def test_the_time_is_read_in_several_ways(groundwire, stored, since):
    assert "2 of 2 answers" in groundwire("replay", "--since", since).stdout


def test_only_answers_from_then_on_are_taken(groundwire, stored):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()

    assert "0 of 0 answers" in groundwire("replay", "--since", tomorrow).stdout


def test_a_limit_says_what_it_left_out(groundwire, stored):
    result = groundwire("replay", "--limit", "1")

    assert "1 of 2 answers replayed" in result.stdout
    assert "1 older ones were left out" in result.stdout


def test_another_verifier_judges_anew(groundwire, stored, folder):
    from groundwire.models import VERIFIER

    other = folder / "verifier"
    other.mkdir()
    for part in VERIFIER.iterdir():
        (other / part.name).symlink_to(part)
    config = json.loads((VERIFIER / "config.json").read_text())
    (other / "config.json").unlink()
    (other / "config.json").write_text(json.dumps(config | {"name": "other-network"}))

    result = groundwire("replay", "--model", other)

    assert "2 of 2 answers replayed, 2 of them verified anew" in result.stdout


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--since", "yesterday"], 2, "--since 'yesterday' is neither like 7d"),
        (["--policy", "missing.yaml"], 2, "Can't read the policy file 'missing.yaml': No such file or directory."),
        (["--policy", "nobody"], 1, "No policy 'nobody'. Known: default."),
        (["--revision", "old"], 1, "'old' is no revision; name one like 'default@12'."),
        (["--event", "evt_nobody"], 1, "No event 'evt_nobody'."),
        (["--model", "nowhere"], 2, "'nowhere' is no verifier model folder"),
        (["--limit", "0"], 2, "should be greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said(groundwire, folder, documents, options, code, says):
    result = groundwire("replay", *options)

    assert result.exit_code == code
    assert says in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mode: maybe", "mode: Input should be 'enforce', 'shadow' or 'off' (got 'maybe')"),
        ("mode: [", "not valid YAML"),
        ("policies: {default: {mode: maybe}}", "policies.default.mode"),
    ],
)
def test_a_policy_that_does_not_parse_is_explained(groundwire, folder, documents, text, says):
    result = groundwire("replay", "--policy", write(folder, text))

    assert result.exit_code == 2
    assert says in result.stderr


def test_a_name_that_a_file_does_not_have_is_told(groundwire, folder, documents):
    whole = write(folder, "policies: {default: {}}")
    result = groundwire("replay", "--policy", whole, "--name", "strict")

    assert (result.exit_code, result.stderr) == (2, "'new.yaml' has no policy 'strict'. It has: default.\n")
