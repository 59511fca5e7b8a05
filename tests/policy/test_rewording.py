import json

import pytest

from fakes import judged
from groundwire.domain import Claim, Evidence, Label, Question, Turn, Verdict
from groundwire.errors import CheckError
from groundwire.policy.rewording import Draft, accept, request

EVIDENCE = Evidence("handbook", 3, "Handbook", "The fee is 5 euros.", 0, 19, headings=("Fees", "Cards"))


def draft(text="The fee is wrong.", context="", start=10):
    claim = Claim(text, start, start + len(text), context)
    return Draft(Verdict(claim, Label.CONTRADICTED, 0.1, "document says 5, answer says 9", (EVIDENCE,)))


def verify(claims):
    return [judged(claim) for claim in claims]


def accepted(text, original="The fee is wrong.", **options):
    """Return what becomes of one draft."""
    one = draft(original, **options)
    accept([one], [text], Question(), verify)
    return one


def test_the_model_is_told_the_question_the_claim_the_reason_and_the_evidence():
    question = Question((Turn("user", "First?"), Turn("assistant", "Yes."), Turn("user", "What is the fee?")))
    one = draft(context="# Cards")
    one.rejected.append(("The fee is 7.", "document says 5, answer says 7"))

    material = json.loads(request([one], question).material)

    assert material["question"] == "What is the fee?"
    [entry] = material["claims"]
    assert entry.pop("id")
    assert entry == {
        "text": "The fee is wrong.",
        "context": "# Cards",
        "why": "document says 5, answer says 9",
        "evidence": [{"document": "Handbook > Fees > Cards", "quote": "The fee is 5 euros."}],
        "rejected": [{"text": "The fee is 7.", "why": "document says 5, answer says 7"}],
    }


def test_claims_have_names_that_nobody_knows_beforehand():
    names = [list(request([draft()], Question()).drafts) for _ in range(3)]

    assert len({name for one in names for name in one}) == 3


def test_half_a_character_is_no_text_to_send():
    request([draft("The fee is \ud83d.")], Question()).material.encode("utf-8")


def replied(texts, wrap="{}", drafts=None):
    asked = request(drafts or [draft(), draft()], Question())
    reply = {"claims": [{"id": list(asked.drafts)[place], "text": text} for place, text in texts]}
    return asked.read(wrap.replace("{}", json.dumps(reply)))


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        ([(0, "One."), (1, "Two.")], ["One.", "Two."]),
        ([(1, "Two.")], ["", "Two."]),
        ([(0, "One."), (0, "Other."), (1, "Two.")], ["", "Two."]),
        ([(0, "One."), (0, "Other."), (0, "One.")], ["", ""]),
        ([(0, " One\n  line ."), (1, "Two")], ["One line .", "Two."]),
    ],
    ids=["each", "one left out", "one twice", "one thrice", "white space and ends"],
)
def test_each_claim_gets_its_own_text(texts, read):
    assert replied(texts) == read


@pytest.mark.parametrize("wrap", ["```json\n{}\n```", "Here it is: {}", "{}\n\nDone."])
def test_what_models_put_around_json_is_passed_over(wrap):
    assert replied([(0, "One.")], wrap)[0] == "One."


@pytest.mark.parametrize("reply", ["", "No.", "{", '{"claims": 1}', '{"claims": [{"id": 1}]}', "[]"])
def test_a_reply_of_another_shape_is_an_error(reply):
    with pytest.raises(CheckError):
        request([draft()], Question()).read(reply)


def test_a_supported_text_holds():
    one = accepted("The fee is right.")

    assert (one.text, one.rejected) == ("The fee is right.", [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("The fee is wrong.", "unchanged"),
        ("The fee is still wrong.", "document says right, answer says wrong"),
        ("The fee is perhaps 5.", "no document settles it"),
        ("The fee is right. It is perhaps 5.", "no document settles it"),
        ("The fee is right. Sorry!", "more than plain statements"),
        ("The fee is right. Will you pay it?", "more than plain statements"),
        ("- The fee is right.", "more than plain statements"),
        ("# The fee is right.", "more than plain statements"),
        ("```the fee is right```", "more than plain statements"),
        ("| The fee | is right. |", "cells"),
        ("The fee is right. " * 40, "longer"),
    ],
    ids=lambda text: text[:30],
)
def test_any_other_text_does_not(text, why):
    one = accepted(text)

    assert one.text is None
    assert [(said, why in reason) for said, reason in one.rejected] == [(text, True)]


@pytest.mark.parametrize(
    ("text", "holds"), [("| Fee | right |", True), ("| right |", False), ("Right.", False), ("| a | b | c |", False)]
)
def test_a_row_keeps_the_cells_of_its_table(text, holds):
    assert (accepted(text, "| Fee | wrong |").text == text) == holds


def test_a_text_is_read_where_its_claim_stands():
    seen = []

    def noting(claims):
        seen.extend(claims)
        return verify(claims)

    accept([draft(context="Card fees", start=40)], ["It is right. That is all right."], Question(), noting)

    assert [(one.text, one.start, one.context) for one in seen] == [
        ("It is right.", 40, "Card fees"),
        ("That is all right.", 53, "Card fees\nIt is right."),
    ]


def test_all_texts_are_checked_in_one_batch_and_none_in_none():
    batches = []

    def counting(claims):
        batches.append(len(claims))
        return verify(claims)

    drafts = [draft(), draft(), draft()]
    accept(drafts, ["It is right.", "", "It is wrong again."], Question(), counting)
    accept(drafts[1:2], [""], Question(), counting)

    assert batches == [2]
    assert [one.text for one in drafts] == ["It is right.", None, None]


def test_a_text_that_was_not_read_to_its_end_does_not_hold():
    def cutting(claims):
        return [Verdict(claim, Label.SUPPORTED, 0.9, "yes", is_cut=True) for claim in claims]

    one = draft()
    accept([one], ["It is right."], Question(), cutting)

    assert one.text is None
