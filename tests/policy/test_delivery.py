import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import judged
from groundwire.claims.splitting import split_answer
from groundwire.domain import Action, Claim, Failure, Verdict
from groundwire.policy.decision import Ruling, action_for
from groundwire.policy.delivery import Delivery
from groundwire.policy.mending import rule
from groundwire.policy.policy import FAILURE_ACTIONS, LABEL_ACTIONS, Label, Policy

MESSAGE = "Please ask us."
POLICY = Policy(blocked_message=MESSAGE, max_contradicted=100)


def delivered(answer, policy=POLICY):
    """Put a whole answer through; return the delivery and the pieces it let go."""
    delivery, pieces = Delivery(policy), []
    for segment in split_answer(answer):
        ruling = (
            rule([judged(segment.claim)], policy, lambda claims: [judged(claim) for claim in claims])[0]
            if segment.claim
            else None
        )
        pieces.append(delivery.feed(segment, ruling))
    pieces.append(delivery.close())
    return delivery, pieces


HEAD = "| Plan | Fee |\n|---|---|\n"
STUCK = "That is wrong and stuck."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The fee is 5. It is wrong. Pay at once.", "The fee is 5. It is right. Pay at once."),
        (f"The fee is 5. {STUCK} Pay at once.", "The fee is 5. Pay at once."),
        (f"The fee is 5. {STUCK}", "The fee is 5."),
        (f"The fee is 5. {STUCK}\n", "The fee is 5.\n"),
        (f"{STUCK} The fee is 5.", "The fee is 5."),
        (f"The fee is 5.\n\n{STUCK}\n\nPay at once.", "The fee is 5.\n\nPay at once."),
        (f"The fee is 5.\n\n{STUCK}\n\n{STUCK}\n\nPay at once.", "The fee is 5.\n\nPay at once."),
        (f"The fee is 5. {STUCK}\nPay at once.", "The fee is 5.\nPay at once."),
        (f"The fee is 5.\n{STUCK} Pay at once.", "The fee is 5.\nPay at once."),
        (f"- The fee is 5.\n- {STUCK}\n- Pay at once.\n", "- The fee is 5.\n- Pay at once.\n"),
        (f"- The fee is 5.\n- {STUCK}", "- The fee is 5."),
        (f"- {STUCK}\n- Pay at once.", "- Pay at once."),
        (f"- The fee is 5.\n  - {STUCK}\n  - Pay at once.", "- The fee is 5.\n  - Pay at once."),
        (f"- The fee is 5.\n- {STUCK} Pay at once.\n- Call 5.", "- The fee is 5.\n- Pay at once.\n- Call 5."),
        (f"- {STUCK} Pay at once.", "- Pay at once."),
        (f"- The fee is 5.\n- {STUCK} {STUCK}\n- Call 5.", "- The fee is 5.\n- Call 5."),
        (f"{HEAD}| A | 5 |\n| B | wrong and stuck |\n| C | 7 |\n", f"{HEAD}| A | 5 |\n| C | 7 |\n"),
        (f"{HEAD}| B | wrong |\n", f"{HEAD}| B | right |\n"),
    ],
    ids=[
        "corrected",
        "sentence removed",
        "last sentence removed",
        "last sentence of a line removed at the end",
        "first sentence removed",
        "paragraph removed",
        "two paragraphs removed",
        "end of a line removed",
        "start of a line removed",
        "list item removed",
        "last list item removed",
        "first list item removed",
        "nested list item removed",
        "first sentence of a list item removed",
        "first sentence of the first list item removed",
        "all sentences of a list item removed",
        "table row removed",
        "table cell corrected",
    ],
)  # fmt: skip
def test_a_rewrite_leaves_no_trace_of_what_it_took_out(answer, expected):
    delivery, pieces = delivered(answer)

    assert "".join(pieces) == delivery.released == delivery.answer == expected
    assert delivery.action is Action.REWRITE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (STUCK, MESSAGE),
        (f"Hello! {STUCK} {STUCK}", f"Hello!\n\n{MESSAGE}"),
        (f"# Fees\n\n- {STUCK}\n", f"# Fees\n\n{MESSAGE}"),
    ],
    ids=["nothing left", "a greeting left", "a heading left"],
)
def test_the_message_stands_in_when_every_claim_was_removed(answer, expected):
    delivery, pieces = delivered(answer)

    assert "".join(pieces) == delivery.answer == expected
    assert delivery.action is Action.REWRITE


BLOCKING = Policy(label_actions={**LABEL_ACTIONS, Label.CONTRADICTED: Action.BLOCK}, blocked_message=MESSAGE)


def test_a_block_keeps_what_was_released_and_ends_with_the_message():
    delivery, pieces = delivered("The fee is 5. It is wrong. Pay at once.", BLOCKING)

    assert pieces[:2] == ["The fee is 5.", f"\n\n{MESSAGE}"]
    assert not any(pieces[2:])
    assert delivery.answer == MESSAGE
    assert delivery.action is Action.BLOCK
    assert not delivery.is_outage


def test_a_block_before_anything_left_is_the_message_alone():
    delivery, _ = delivered("It is wrong. The fee is 5.", BLOCKING)

    assert delivery.released == delivery.answer == MESSAGE


def test_an_answer_that_is_wrong_all_over_is_blocked_at_the_last_straw():
    policy = Policy(blocked_message=MESSAGE, max_contradicted=2)

    delivery, _ = delivered("The fee is 5. It is wrong. That is wrong. Pay at once.", policy)

    assert delivery.released == f"The fee is 5. It is right.\n\n{MESSAGE}"
    assert delivery.action is Action.BLOCK


def test_a_block_for_a_failed_check_is_an_outage():
    policy = Policy(failure_actions={**FAILURE_ACTIONS, Failure.LANGUAGE: Action.BLOCK})

    assert not delivered("It is broken here.", policy)[0].is_outage


words = st.sampled_from(
    ["The fee is 5.", "Call us!", "It is wrong.", "It is perhaps 9.", STUCK, "- ", "* ", "1. ", "\n", "\n\n", " ", "  ",
     "**Note:** ", "Is it?", "# Fees\n", "| A | wrong |\n", "|---|---|\n", "```\nit is wrong\n```\n", "Hello! ", "é。",
     "> "]
)  # fmt: skip
answers = st.lists(words, max_size=14).map("".join)


@given(answers)
def test_an_answer_that_is_only_flagged_comes_out_unchanged(answer):
    flagging = Policy(label_actions=dict.fromkeys(Label, Action.FLAG), max_contradicted=100)

    assert delivered(answer, flagging)[0].answer == answer


@given(answers)
def test_no_byte_of_a_blocked_claim_leaves(answer):
    before = []
    for segment in split_answer(answer):
        if segment.claim and "wrong" in segment.claim.text:
            break
        before.append(segment.text)

    delivery, pieces = delivered(answer, BLOCKING)

    assert delivery.is_blocked is (len("".join(before)) < len(answer))
    if delivery.is_blocked:
        kept = "".join(before).rstrip()
        assert "".join(pieces) == (f"{kept}\n\n{MESSAGE}" if kept else MESSAGE)


@given(answers)
def test_removing_leaves_no_orphan_marker_and_no_taller_gap(answer):
    answer = answer.replace("wrong.", "wrong and stuck.")
    unchecked = "".join(segment.text for segment in split_answer(answer) if not segment.claim)

    delivery, _ = delivered(answer)

    assert delivery.answer.count("stuck") == unchecked.count("stuck")
    tallest = max((len(run) for run in _newlines(answer)), default=0)
    assert max((len(run) for run in _newlines(delivery.answer)), default=0) <= max(tallest, 2)


def _newlines(text):
    return "".join(character if character == "\n" else " " for character in text).split(" ")


@pytest.mark.parametrize(
    ("policy", "texts", "reach"),
    [
        (POLICY, ["It is wrong.", "It is right."], 2),
        (Policy(max_contradicted=2), ["It is wrong.", "It is right.", "That is wrong.", "It is right."], 2),
        (
            Policy(label_actions={**LABEL_ACTIONS, Label.CONTRADICTED: Action.BLOCK}),
            ["It is right.", "It is wrong."],
            1,
        ),
    ],
    ids=["nothing blocks", "too many", "a block"],
)
def test_a_delivery_reaches_as_far_as_the_first_block(policy, texts, reach):
    verdicts = [judged(Claim(text, 0, len(text))) for text in texts]
    rulings = [Ruling(verdict, action_for(verdict, policy)) for verdict in verdicts]

    assert Delivery(policy).reach(rulings) == reach


def test_after_a_block_nothing_is_reached():
    delivery, _ = delivered("The fee is 5.")
    delivery.block()

    assert delivery.reach([Ruling(judged(Claim("It is right.", 0, 12)), Action.ALLOW)]) == 0


def test_what_was_fed_before_counts():
    delivery, _ = delivered("It is wrong.", Policy(max_contradicted=2))

    assert delivery.reach([Ruling(judged(Claim("It is wrong.", 0, 12)), Action.REWRITE, "")]) == 0


def beside(action, failure=None):
    return Ruling(Verdict(Claim("The amount is 5", 0, 1), Label.UNSUPPORTED, 0.0, "no", failure=failure), action)


def test_what_comes_beside_the_text_has_its_say_in_the_action():
    delivery = Delivery(Policy())

    assert delivery.take_beside([beside(Action.ALLOW), beside(Action.FLAG)]) == ""
    assert (delivery.action, delivery.rulings) == (Action.FLAG, [])


def test_what_comes_beside_the_text_may_end_the_answer():
    delivery = Delivery(Policy(blocked_message="No."))

    assert delivery.take_beside([beside(Action.BLOCK), beside(Action.FLAG)]) == "No."
    assert (delivery.answer, delivery.is_outage) == ("No.", False)
    assert delivery.take_beside([beside(Action.BLOCK)]) == ""


@pytest.mark.parametrize(("others", "is_outage"), [([], True), ([beside(Action.BLOCK)], False)])
def test_a_block_is_an_outage_when_nothing_else_is_wrong(others, is_outage):
    delivery = Delivery(Policy())
    delivery.take_beside([beside(Action.BLOCK, Failure.ERROR), *others])

    assert delivery.is_outage is is_outage
