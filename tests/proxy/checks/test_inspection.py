import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from fakes import ScriptedVerifier, judged
from groundwire.claims.splitting import AnswerSplitter, split_answer
from groundwire.domain import Action, Failure, Label, Question, Regeneration
from groundwire.errors import CheckError, UpstreamError
from groundwire.policy.policy import FAILURE_ACTIONS, Limits, Policy
from groundwire.protocols import Completion
from groundwire.proxy.checks.inspection import Inspection
from groundwire.proxy.checks.judges import BrokenJudge
from reworded import written


class Judge:
    """Judges as the scripted verifier does."""

    revision = "docs@7"
    can_reconsider = False

    def __init__(self):
        self.question = Question()
        self.verifier = ScriptedVerifier()

    def verify(self, claims):
        return self.verifier.verify(claims, [[]] * len(claims), self.question, None)

    def reconsider(self, verdicts, within_s):
        raise AssertionError("It can't.")


class SecondLook(Judge):
    """Looks again: `perhaps` turns out to be supported, `fine` contradicted."""

    can_reconsider = True

    def __init__(self):
        super().__init__()
        self.looks = []
        self.hook = lambda within_s: None

    def reconsider(self, verdicts, within_s):
        self.looks.append([verdict.claim.text for verdict in verdicts])
        self.hook(within_s)
        found = []
        for verdict in verdicts:
            labels = {"perhaps": Label.SUPPORTED, "fine": Label.CONTRADICTED}
            label = next((label for word, label in labels.items() if word in verdict.claim.text), None)
            found.append(replace(verdict, label=label, reason="second") if label else verdict)
        return found


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(1) as threads:
        yield threads


@pytest.fixture
def judge():
    return Judge()


async def put(inspection, *texts):
    released = []
    for text in texts:
        inspection.feed(text)
        released.append(await inspection.settle())
    inspection.close()
    released.append(await inspection.settle())
    return released


async def test_text_is_released_when_its_claim_is_decided(judge, threads):
    inspection = Inspection(judge, Policy(), threads)

    released = await put(inspection, "The fee is 5. It", " is wrong. Pay", " at once.")

    assert released == ["The fee is 5.", " It is right.", "", " Pay at once."]
    report = inspection.report()
    assert (report.answer, report.revision) == ("The fee is 5. It is wrong. Pay at once.", "docs@7")
    assert [verdict.claim for verdict in report.verdicts] == [
        segment.claim for segment in split_answer(report.answer) if segment.claim
    ]


async def test_what_holds_no_claim_needs_no_thread(judge):
    inspection = Inspection(judge, Policy(), threads=None)

    assert "".join(await put(inspection, "Hello! ", "Is it?")) == "Hello! Is it?"
    assert inspection.report().label is Label.SUPPORTED


@pytest.mark.parametrize("kind", [CheckError("down"), RuntimeError("bug"), OSError("disk")], ids=repr)
async def test_whatever_breaks_in_the_check_is_a_failed_check(judge, threads, kind):
    judge.verifier.error = kind
    inspection = Inspection(judge, Policy(), threads)

    await put(inspection, "The fee is 5.")

    assert inspection.report().verdicts[0].failure is Failure.ERROR
    assert inspection.delivery.action is Action.BLOCK
    assert inspection.delivery.is_outage


async def test_a_missing_verdict_is_a_failed_check(judge, threads):
    judge.verify = lambda claims: []
    inspection = Inspection(judge, Policy(), threads)

    await put(inspection, "The fee is 5.")

    assert inspection.report().verdicts[0].failure is Failure.ERROR


async def test_a_check_that_could_not_be_opened_fails(threads):
    inspection = Inspection(BrokenJudge(Question()), Policy(), threads)

    await put(inspection, "The fee is 5.")

    assert inspection.delivery.is_outage


async def test_a_check_beyond_its_budget_is_a_timeout(judge):
    judge.verifier.gate = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        inspection = Inspection(judge, Policy(limits=Limits(budget_s=0.01)), threads)

        released = await put(inspection, "The fee is 5.")
        judge.verifier.gate.set()

    assert "".join(released) == "The fee is 5."
    assert inspection.report().verdicts[0].failure is Failure.TIMEOUT


async def test_a_claim_without_end_is_over_long_and_is_not_judged(judge, threads):
    inspection = Inspection(judge, Policy(limits=Limits(max_held_chars=100)), threads)

    released = await put(inspection, *["word " * 10] * 5)

    assert "".join(released) == "word " * 50
    assert inspection.report().verdicts[0].failure is Failure.OVER_LENGTH
    assert judge.verifier.batches == [["word " * 9 + "word"]]


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@pytest.mark.parametrize("action", [Action.FLAG, Action.BLOCK])
async def test_past_the_length_limit_one_verdict_stands_for_the_rest(judge, threads, chunk, action):
    policy = Policy(
        failure_actions={**FAILURE_ACTIONS, Failure.OVER_LENGTH: action},
        limits=Limits(max_answer_chars=30),
        blocked_message="No.",
    )
    inspection = Inspection(judge, policy, threads)
    answer = "The fee is 5. Pay at once. Call us on Monday. Or on Tuesday.\n"

    released = await put(inspection, *[answer[start : start + chunk] for start in range(0, len(answer), chunk)])

    assert "".join(released) == (answer if action is Action.FLAG else "The fee is 5. Pay at once.\n\nNo.")
    assert [verdict.failure for verdict in inspection.report().verdicts] == [None, None, Failure.OVER_LENGTH]
    assert inspection.report().skipped[0].what == "characters 27 to the end"
    assert not inspection.delivery.is_outage


async def test_a_claim_that_was_not_read_to_its_end_is_in_the_coverage(judge, threads):
    read = judge.verify
    judge.verify = lambda claims: [replace(one, is_cut="long" in one.claim.text) for one in read(claims)]
    inspection = Inspection(judge, Policy(), threads)

    await put(inspection, "The fee is low. It", " is long.\n```\nx = 1\n```\n")

    skipped = inspection.report().skipped
    assert [entry.what for entry in skipped] == ["```", "a part of the claim at characters 16 to 27"]
    assert "longer than is read at once" in skipped[1].why


def labels(inspection):
    return [(ruling.verdict.label, ruling.action) for ruling in inspection.delivery.rulings]


async def test_a_second_look_decides_what_is_open(threads):
    judge = SecondLook()
    inspection = Inspection(judge, Policy(), threads)

    released = await put(inspection, "It is wrong. It perhaps rises. All is fine. It ends.")

    assert "".join(released) == "It is right. It perhaps rises. It ends."
    assert labels(inspection) == [
        (Label.CONTRADICTED, Action.REWRITE),
        (Label.SUPPORTED, Action.ALLOW),
        (Label.CONTRADICTED, Action.REWRITE),
        (Label.SUPPORTED, Action.ALLOW),
    ]
    assert judge.looks[0] == ["It is wrong.", "It perhaps rises.", "All is fine."]
    assert set(inspection.report().timing_ms) == {"check", "second_opinion"}


async def test_a_long_answer_gets_one_second_look(threads):
    judge = SecondLook()
    inspection = Inspection(judge, Policy(), threads)
    inspection.feed("It perhaps rises. " * 40)
    inspection.close()

    await inspection.settle()

    assert [len(look) for look in judge.looks] == [40]


async def test_a_second_look_gets_what_is_left_of_the_time(threads):
    judge, given = SecondLook(), []
    judge.hook = given.append

    await put(Inspection(judge, Policy(limits=Limits(budget_s=5.0)), threads), "It perhaps rises.")

    assert 0.0 < given[0] < 4.96


async def test_a_second_look_that_outlasts_the_time_leaves_the_first_verdicts(threads):
    judge, gate = SecondLook(), threading.Event()
    judge.hook = lambda _: gate.wait(5)
    inspection = Inspection(judge, Policy(limits=Limits(budget_s=0.5)), threads)

    released = await put(inspection, "It is wrong. It perhaps rises.\n")
    gate.set()

    assert "".join(released) == "It is right. It perhaps rises.\n"
    assert labels(inspection) == [(Label.CONTRADICTED, Action.REWRITE), (Label.UNSUPPORTED, Action.FLAG)]


async def test_a_second_look_that_breaks_leaves_the_first_verdicts(threads, caplog):
    judge = SecondLook()

    def broken(_):
        raise RuntimeError("It fell over.")

    judge.hook = broken
    inspection = Inspection(judge, Policy(), threads)

    await put(inspection, "It perhaps rises.")

    assert labels(inspection) == [(Label.UNSUPPORTED, Action.FLAG)]
    assert "The second opinion failed" in caplog.text


async def test_a_skip_is_noted_once(judge, threads):
    inspection = Inspection(judge, Policy(), threads)

    inspection.skip("refusal", "x")
    inspection.skip("refusal", "x")

    assert len(inspection.report().skipped) == 1


async def test_feeding_while_verdicts_are_awaited_loses_nothing(judge):
    judge.verifier.gate = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        inspection = Inspection(judge, Policy(), threads)
        inspection.feed("The fee is 5. Pay")
        settling = asyncio.create_task(inspection.settle())
        await asyncio.sleep(0)
        inspection.feed(" at once.")
        inspection.close()
        judge.verifier.gate.set()

        assert await settling == "The fee is 5."
        assert await inspection.settle() == " Pay at once."


def test_the_scripted_verdicts_are_on_the_claims_they_were_asked_for():
    claim = split_answer("It is wrong.")[0].claim

    assert judged(replace(claim, start=5, end=17)).corrected_text == "It is right."


async def test_what_was_judged_in_time_keeps_its_verdict_when_the_rest_is_too_late(judge):
    answer = "".join(f"Item {number} costs {number} dollars. " for number in range(40))
    calls = []

    class Slowing(Judge):
        def verify(self, claims):
            calls.append(len(claims))
            if len(calls) > 1:
                late.wait(5)
            return super().verify(claims)

    late = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        inspection = Inspection(Slowing(), Policy(limits=Limits(budget_s=0.2)), threads)
        released = await put(inspection, answer)
        late.set()

    failures = [verdict.failure for verdict in inspection.report().verdicts]
    assert 0 < calls[0] < 40
    assert "".join(released) == answer
    assert failures == [None] * calls[0] + [Failure.TIMEOUT] * (40 - calls[0])


async def test_past_the_length_limit_nothing_is_split_any_more(judge, threads, monkeypatch):
    inspection = Inspection(judge, Policy(limits=Limits(max_answer_chars=30)), threads)
    fed = []
    feed = AnswerSplitter.feed
    monkeypatch.setattr(AnswerSplitter, "feed", lambda self, text: fed.append(text) or feed(self, text))
    answer = "The fee is 5. Pay at once.\n" * 10_000

    released = await put(inspection, answer)

    assert "".join(released) == answer
    assert sum(map(len, fed)) < 10_000


async def test_the_report_says_what_stands_in_the_place_of_each_claim(judge, threads):
    inspection = Inspection(judge, Policy(), threads)

    await put(inspection, "It is fine. It is wrong. It is wrong and stuck.")

    assert inspection.report().mended == (None, "It is right.", "")


class Model:
    """Rewords claims by its words."""

    def __init__(self, words=None, error=None):
        self.words = words or {}
        self.error = error
        self.asked = []

    async def __call__(self, instructions, material):
        entries = json.loads(material)["claims"]
        self.asked.append([entry["text"] for entry in entries])
        if self.error:
            raise self.error
        return Completion(written({"claims": entries}, self.words), 100, 20)


REWORDING = Policy(strategies=("correct", "regenerate", "remove"))
STUCK = "It is wrong and stuck."


async def test_what_can_not_be_corrected_is_reworded(judge, threads):
    model = Model({STUCK: "It is 5 euros."})
    inspection = Inspection(judge, REWORDING, threads, model)

    released = await put(inspection, f"That is wrong. {STUCK} It ends.")

    assert "".join(released) == "That is right. It is 5 euros. It ends."
    assert model.asked == [[STUCK]]
    report = inspection.report()
    assert report.regeneration == Regeneration(1, 100, 20)
    assert set(report.timing_ms) == {"check", "regeneration"}


@pytest.mark.parametrize(
    ("model", "delivered"),
    [
        (Model({STUCK: "It is wrong again."}), "It starts. It ends."),
        (Model({STUCK: "It is perhaps 5."}), "It starts. It ends."),
        (Model(error=UpstreamError("down")), "It starts. It ends."),
        (None, "It starts. It ends."),
    ],
    ids=["contradicted", "unsupported", "down", "no model"],
)
async def test_what_is_not_reworded_is_left_to_the_next_strategy(judge, threads, model, delivered):
    inspection = Inspection(judge, REWORDING, threads, model)

    assert "".join(await put(inspection, f"It starts. {STUCK} It ends.")) == delivered


async def test_without_a_next_strategy_the_policy_decides(judge, threads):
    policy = Policy(strategies=("regenerate",), blocked_message="No.")

    assert "".join(await put(Inspection(judge, policy, threads, Model()), "It is wrong.")) == "No."


@pytest.mark.parametrize("policy", [Policy(), replace(REWORDING, max_regenerations=0)], ids=["default", "none allowed"])
async def test_a_policy_that_does_not_regenerate_asks_nobody(judge, threads, policy):
    model = Model()
    inspection = Inspection(judge, policy, threads, model)

    assert "".join(await put(inspection, f"It starts. {STUCK}")) == "It starts."
    assert (model.asked, inspection.report().regeneration) == ([], None)
    assert set(inspection.report().timing_ms) == {"check"}


async def test_the_models_time_is_not_the_checks(judge, threads):
    async def slow(instructions, material):
        await asyncio.sleep(0.5)
        return Completion(written(json.loads(material), {STUCK: "It is 5 euros."}))

    policy = replace(REWORDING, limits=Limits(budget_s=0.4))
    inspection = Inspection(judge, policy, threads, slow)

    assert "".join(await put(inspection, STUCK)) == "It is 5 euros."
    timing = inspection.report().timing_ms
    assert timing["check"] < timing["regeneration"]


@pytest.mark.parametrize(
    ("is_stream", "checked", "left_out"), [(True, 1, ["characters 13 to the end"]), (False, 3, [])]
)
async def test_text_that_comes_after_a_block_is_named_as_not_checked(judge, threads, is_stream, checked, left_out):
    policy = Policy(label_actions={**Policy().label_actions, Label.CONTRADICTED: Action.BLOCK})
    inspection = Inspection(judge, policy, threads)

    inspection.feed("It is wrong. Pay")
    if is_stream:
        await inspection.settle()
    inspection.feed(" at once. And so on.")
    inspection.close()
    await inspection.settle()

    report = inspection.report()
    assert (len(report.verdicts), [entry.what for entry in report.skipped]) == (checked, left_out)


@pytest.mark.parametrize(
    ("is_stream", "asked", "delivered"),
    [(True, [["It is wrong and stuck 1."]], "It is 1.\n\nNo."), (False, [], "No.")],
    ids=["a stream keeps what comes before", "a whole reply is the message alone"],
)
async def test_what_a_block_keeps_from_the_client_is_not_reworded(judge, threads, is_stream, asked, delivered):
    stuck = [f"It is wrong and stuck {number}." for number in (1, 2, 3)]
    model = Model({text: f"It is {number}." for number, text in enumerate(stuck, 1)})
    policy = replace(REWORDING, max_contradicted=2, blocked_message="No.")
    inspection = Inspection(judge, policy, threads, model, is_stream=is_stream)

    await put(inspection, " ".join(stuck))

    assert model.asked == asked
    assert (inspection.delivery.released if is_stream else inspection.delivery.answer) == delivered


async def test_a_check_that_breaks_after_the_model_leaves_what_needs_none(judge, threads):
    class Breaking(Model):
        async def __call__(self, instructions, material):
            judge.verifier.error = RuntimeError("It fell over.")
            raise UpstreamError("down")

    policy = Policy(strategies=("regenerate", "correct", "remove"))

    assert "".join(await put(Inspection(judge, policy, threads, Breaking()), "It starts. That is wrong.")) == (
        "It starts."
    )


async def test_new_words_are_looked_at_twice_where_answers_are(threads):
    judge = SecondLook()
    model = Model({STUCK: "All is fine."})
    inspection = Inspection(judge, REWORDING, threads, model)

    assert "".join(await put(inspection, f"It starts. {STUCK}")) == "It starts."
    assert ["All is fine."] in judge.looks


async def test_what_a_second_look_finds_is_reworded_too(threads):
    model = Model({"All is fine.": "It is 5 euros."})
    contradicted = Inspection(SecondLook(), REWORDING, threads, model)
    # A verdict that was changed by hand has no evidence, and so nothing to say.
    assert "".join(await put(contradicted, "It starts. All is fine.")) == "It starts."
    assert model.asked == []


def test_a_claim_that_does_not_come_to_its_end_is_a_timeout(threads):
    judge = Judge()
    inspection = Inspection(judge, Policy(), threads)
    inspection.feed("The fee is 5. It is wro")
    assert (asyncio.run(inspection.settle()), inspection.held_from) == ("The fee is 5.", 14)

    inspection.expire()

    assert (asyncio.run(inspection.settle()), inspection.held_from) == (" It is wro", None)
    [_, verdict] = inspection.report().verdicts
    assert (verdict.label, verdict.failure, verdict.reason) == (
        Label.UNVERIFIED,
        Failure.TIMEOUT,
        "its end did not come in time",
    )
    assert judge.verifier.batches == [["The fee is 5."]]


def test_nothing_is_held_past_the_length_limit_or_after_the_end(threads):
    for text, limit in [("The fee is 5. " * 10 + "And", 60), ("The fee is", 1000)]:
        inspection = Inspection(Judge(), Policy(limits=Limits(max_answer_chars=limit)), threads)
        inspection.feed(text)
        if limit == 1000:
            inspection.close()

        assert inspection.held_from is None
        inspection.expire()
        asyncio.run(inspection.settle())
        assert inspection.delivery.released == text.rstrip()
