import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from fakes import judged
from groundwire.domain import Claim, Question, Regeneration
from groundwire.errors import CheckError, UpstreamError
from groundwire.policy.rewording import INSTRUCTIONS
from groundwire.protocols import Completion
from groundwire.proxy.checks.regeneration import Effort, Regenerator
from reworded import written

WRONG = "The fee is wrong."


def verify(claims):
    return [judged(claim) for claim in claims]


def verdicts(*texts):
    return verify([Claim(text, 0, len(text)) for text in texts])


class Model:
    """Rewords by its words; a reply that is an error is raised, one that is a text is sent as it is."""

    def __init__(self, words=None, replies=()):
        self.words = words or {}
        self.replies = list(replies)
        self.asked = []

    async def __call__(self, instructions, material):
        assert instructions == INSTRUCTIONS
        self.asked.append(json.loads(material))
        reply = self.replies.pop(0) if self.replies else written(self.asked[-1], self.words)
        if isinstance(reply, Exception):
            raise reply
        return Completion(reply, 100, 20)


@pytest.fixture
def regenerator():
    with ThreadPoolExecutor(1) as threads:
        yield lambda ask, attempts=1, seconds=5.0, verify=verify: Regenerator(
            ask, Question(), verify, threads, Effort(attempts, seconds)
        )


async def test_claims_are_reworded_in_one_request(regenerator):
    model = Model({WRONG: "The fee is right.", "It is wrong and stuck.": "It is 5."})
    one = regenerator(model)

    assert await one.reword(verdicts(WRONG, "It is wrong and stuck.")) == ["The fee is right.", "It is 5."]
    assert len(model.asked) == 1
    assert one.spent == Regeneration(1, 100, 20)
    assert one.seconds > 0


async def test_a_claim_without_evidence_is_not_asked_about(regenerator):
    model = Model({WRONG: "The fee is right."})

    assert await regenerator(model).reword(verdicts("It is perhaps 5.", WRONG)) == [None, "The fee is right."]
    assert [entry["text"] for entry in model.asked[0]["claims"]] == [WRONG]


async def test_with_nothing_to_ask_about_nobody_is_asked(regenerator):
    model = Model()
    one = regenerator(model)

    assert await one.reword(verdicts("It is perhaps 5.")) == [None]
    assert (model.asked, one.spent, one.seconds) == ([], Regeneration(), 0.0)


@pytest.mark.parametrize(("attempts", "text"), [(1, None), (2, None), (3, "The fee is right.")])
async def test_what_does_not_hold_is_asked_about_again_with_the_reason(regenerator, attempts, text):
    model = Model({WRONG: ["The fee is wrong again.", "The fee is perhaps 5.", "The fee is right."]})
    one = regenerator(model, attempts)

    assert await one.reword(verdicts(WRONG)) == [text]
    assert len(model.asked) == attempts
    assert one.spent == Regeneration(attempts, attempts * 100, attempts * 20)
    rejected = [entry["text"] for entry in model.asked[-1]["claims"][0].get("rejected", ())]
    assert rejected == ["The fee is wrong again.", "The fee is perhaps 5."][: attempts - 1]


async def test_only_what_is_left_is_asked_about_again(regenerator):
    model = Model({WRONG: "The fee is right.", "It is wrong.": ["It is wrong again.", "It is right."]})

    assert await regenerator(model, 5).reword(verdicts(WRONG, "It is wrong.")) == ["The fee is right.", "It is right."]
    assert [[entry["text"] for entry in asked["claims"]] for asked in model.asked] == [
        [WRONG, "It is wrong."],
        ["It is wrong."],
    ]


async def test_a_reply_that_can_not_be_read_is_an_attempt(regenerator):
    model = Model({WRONG: "The fee is right."}, ["I'd rather not."])

    assert await regenerator(model, 2).reword(verdicts(WRONG)) == ["The fee is right."]


@pytest.mark.parametrize(
    "error", [UpstreamError("down"), CheckError("The client left."), RuntimeError("bug")], ids=repr
)
async def test_a_model_that_fails_is_not_asked_again(regenerator, error, caplog):
    model = Model({WRONG: "The fee is right."}, [error])
    one = regenerator(model, 3)

    assert await one.reword(verdicts(WRONG)) == [None]
    assert one.spent == Regeneration(1, 0, 0)
    assert "1 claims could not be regenerated" in caplog.text


async def test_a_check_that_breaks_lets_nothing_through(regenerator):
    def broken(claims):
        raise CheckError("down")

    one = regenerator(Model({WRONG: "The fee is right."}), verify=broken)

    assert await one.reword(verdicts(WRONG)) == [None]


async def test_past_its_time_the_model_is_given_up(regenerator, caplog):
    has_ended = asyncio.Event()

    async def slow(instructions, material):
        try:
            await asyncio.sleep(5)
        finally:
            has_ended.set()

    one = regenerator(slow, seconds=0.02)

    assert await one.reword(verdicts(WRONG)) == [None]
    assert has_ended.is_set()
    assert "No time was left to regenerate 1 claims" in caplog.text


async def test_one_answer_has_one_budget(regenerator):
    async def slow(instructions, material):
        asked.append(material)
        await asyncio.sleep(5)

    asked = []
    one = regenerator(slow, seconds=0.02)
    await one.reword(verdicts(WRONG))

    assert await one.reword(verdicts(WRONG)) == [None]
    assert len(asked) == 1


async def test_a_check_that_takes_too_long_lets_nothing_through(regenerator):
    gate = threading.Event()

    def slow(claims):
        gate.wait(5)
        return verify(claims)

    texts = await regenerator(Model({WRONG: "The fee is right."}), seconds=0.05, verify=slow).reword(verdicts(WRONG))
    gate.set()

    assert texts == [None]


async def test_many_claims_are_asked_about_in_several_requests(regenerator):
    texts = [f"Fee {number} is wrong." for number in range(20)]
    model = Model({text: text.replace("wrong", "right") for text in texts})
    one = regenerator(model)

    assert await one.reword(verdicts(*texts)) == [text.replace("wrong", "right") for text in texts]
    assert [len(asked["claims"]) for asked in model.asked] == [16, 4]
    assert one.spent.count == 2


async def test_tokens_that_nobody_counted_are_none(regenerator):
    model = Model({WRONG: "The fee is right."})

    async def silent(instructions, material):
        return replace(await model(instructions, material), prompt_tokens=None, completion_tokens=None)

    one = regenerator(silent)
    await one.reword(verdicts(WRONG))

    assert one.spent == Regeneration(1, 0, 0)
