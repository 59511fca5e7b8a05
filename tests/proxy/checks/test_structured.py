import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, ScriptedVerifier
from groundwire.domain import Action, Label, Question, Structure
from groundwire.guardrail import Guardrail, Scope
from groundwire.policy.policy import LABEL_ACTIONS, Limits, Policy
from groundwire.protocols import Completion
from groundwire.proxy.checks.structured import StructuredInspection
from reworded import written

MESSAGE = "No."
WRONG = '{"fee": "It is wrong.", "days": "14 days"}'


@pytest.fixture
def verifier():
    return ScriptedVerifier()


@pytest.fixture
def inspect(verifier):
    judge = Guardrail(FakeKnowledgeBase(), FakeRetriever(), verifier).open(Question(), Scope(("default",)))
    with ThreadPoolExecutor(1) as threads:
        yield lambda schema=None, ask=None, **policy: StructuredInspection(
            judge, Policy(blocked_message=MESSAGE, **policy), threads, schema, ask
        )


async def put(inspection, *pieces):
    """Return what leaves after each piece, and at the end."""
    released = []
    for piece in pieces:
        inspection.feed(piece)
        released.append(await inspection.settle())
    inspection.close()
    return [*released, await inspection.settle()]


async def test_nothing_leaves_before_the_end(inspect):
    assert await put(inspect(), WRONG[:12], WRONG[12:]) == ["", "", WRONG.replace("wrong", "right")]


async def test_the_claims_are_reported_with_their_corrections(inspect):
    inspection = inspect()

    await put(inspection, WRONG)

    report = inspection.report()
    assert [(one.label, one.claim.text) for one in report.verdicts] == [
        (Label.CONTRADICTED, "It is wrong."),
        (Label.SUPPORTED, "14 days"),
    ]
    assert inspection.delivery.action is Action.REWRITE
    assert report.skipped == ()


@pytest.mark.parametrize(
    ("policy", "delivered"),
    [
        ({"label_actions": {**LABEL_ACTIONS, Label.CONTRADICTED: Action.BLOCK}}, MESSAGE),
        ({"max_contradicted": 1}, MESSAGE),
        ({"strategies": ("remove",)}, MESSAGE),
        ({"strategies": ("remove",), "otherwise": Action.FLAG}, WRONG),
    ],
    ids=["block", "too many", "can't be removed", "flagged instead"],
)
async def test_a_value_is_corrected_or_the_whole_is_decided(inspect, policy, delivered):
    assert (await put(inspect(**policy), WRONG))[-1] == delivered


async def test_a_correction_that_breaks_the_shape_is_a_block(inspect):
    inspection = inspect({"properties": {"fee": {"const": "It is wrong."}}})

    assert (await put(inspection, WRONG))[-1] == MESSAGE
    assert (inspection.delivery.action, inspection.delivery.is_blocked) == (Action.BLOCK, True)


async def test_without_a_correction_the_shape_is_the_models_affair(inspect):
    assert (await put(inspect({"type": "string"}), '{"fee": "5"}'))[-1] == '{"fee": "5"}'


@pytest.mark.parametrize(
    ("action", "expected"),
    [(Action.FLAG, '{"a": wrong'), (Action.BLOCK, MESSAGE), (Action.REWRITE, MESSAGE)],
    ids=lambda value: value.value if isinstance(value, Action) else "",
)
async def test_what_is_no_json_gets_the_action_for_unverified(inspect, verifier, action, expected):
    inspection = inspect(label_actions={**LABEL_ACTIONS, Label.UNVERIFIED: action})

    assert (await put(inspection, '{"a"', ": wrong"))[-1] == expected
    assert [(one.label, one.claim.text) for one in inspection.report().verdicts] == [(Label.UNVERIFIED, '{"a": wrong')]
    assert verifier.batches == []


async def test_what_is_too_long_is_over_length(inspect, verifier):
    inspection = inspect(limits=Limits(max_answer_chars=20))

    assert (await put(inspection, WRONG))[-1] == WRONG
    assert inspection.report().verdicts[0].failure == "over_length"
    assert verifier.batches == []


async def test_what_nests_without_end_is_no_json(inspect):
    text = "[" * 20_000

    assert (await put(inspect(), text))[-1] == text


async def test_a_check_that_breaks_is_an_outage(inspect, verifier):
    verifier.error = RuntimeError("out of memory")
    inspection = inspect()

    assert (await put(inspection, WRONG))[-1] == MESSAGE
    assert inspection.delivery.is_outage


async def test_no_output_is_no_claim(inspect):
    inspection = inspect()

    assert await put(inspection, "") == ["", ""]
    assert inspection.report().verdicts == ()


@pytest.mark.parametrize("schema", [None, {"type": "object"}])
async def test_the_report_says_what_the_answer_had_to_look_like(inspect, schema):
    inspection = inspect(schema)

    await put(inspection, WRONG)

    assert inspection.report().structure == Structure(schema and '{"type": "object"}')
    assert inspection.report().mended == ("It is right.", None)


def rewording(words):
    async def ask(instructions, material):
        return Completion(written(json.loads(material), words))

    return ask


STUCK = '{"fee": "It is wrong and stuck.", "days": "14 days"}'


@pytest.mark.parametrize(
    ("text", "schema", "delivered"),
    [
        ("It is 5 euros.", None, '{"fee": "It is 5 euros.", "days": "14 days"}'),
        ('It is "5" euros.', None, '{"fee": "It is \\"5\\" euros.", "days": "14 days"}'),
        ("It is 5 euros.", {"properties": {"fee": {"maxLength": 5}}}, MESSAGE),
        ("It is wrong again.", None, MESSAGE),
    ],
    ids=["reworded", "escaped", "breaks the shape", "does not hold"],
)
async def test_a_value_is_reworded_within_its_shape(inspect, text, schema, delivered):
    ask = rewording({"It is wrong and stuck.": text})
    inspection = inspect(schema, ask, strategies=("correct", "regenerate", "remove"))

    assert (await put(inspection, STUCK[:9], STUCK[9:]))[-1] == delivered
