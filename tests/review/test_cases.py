import pytest

from groundwire.domain import Label
from groundwire.errors import BadRequest, Conflict, NotFound
from groundwire.review.cases import CaseStore, ExpectedClaim, expected_of
from groundwire.review.records import Decision, Judgement
from groundwire.review.store import ReviewStore
from stored import sample

BAD = ExpectedClaim(0, 21, Label.CONTRADICTED)
ODD = "a\x00b\ud800<script>"


@pytest.fixture
def cases(database):
    return CaseStore(database)


@pytest.fixture
async def event(events):
    one = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([one])
    return one


@pytest.fixture
def expected(database, event):
    """Review the event, and say what is expected then."""
    store = ReviewStore(database)

    async def after(*decisions):
        for decision in decisions:
            await store.add(event, decision, "ada")
        found = expected_of(event, await store.of([event.id]))
        return [(claim.start, claim.end, claim.label, claim.kind) for claim in found]

    return after


async def test_a_confirmed_error_is_expected_with_its_label(expected):
    assert await expected(Decision(Judgement.RIGHT)) == [
        (0, 21, Label.CONTRADICTED, ""),
        (22, 43, Label.SUPPORTED, ""),
    ]


async def test_a_false_alarm_is_expected_to_be_supported(expected):
    assert await expected(Decision(Judgement.FALSE_ALARM, 0)) == [(0, 21, Label.SUPPORTED, "")]


async def test_what_was_missed_is_expected_to_be_found(expected):
    assert await expected(Decision(Judgement.MISSED, span=(30, 35))) == [(22, 43, Label.UNSUPPORTED, "missed")]


async def test_what_was_missed_outside_of_claims_is_expected_where_it_stands(expected):
    assert await expected(Decision(Judgement.MISSED, span=(21, 22))) == [(21, 22, Label.UNSUPPORTED, "missed")]


async def test_who_is_not_sure_expects_nothing(expected):
    assert await expected(Decision(Judgement.UNSURE)) == []


async def test_a_case_comes_back_as_it_was(cases, event):
    saved = await cases.save(event, [BAD], ODD, ODD)
    assert await cases.all() == [saved]
    assert await cases.of(event.id) == saved
    assert (saved.author, saved.name) == (ODD, ODD)


async def test_a_case_holds_all_that_a_check_needs(cases, event):
    record = (await cases.save(event, [BAD], "ada")).record
    assert (record["kb"], record["policy"], record["answer"]) == ("default", "default", event.report.answer)
    assert record["turns"] == [{"role": "user", "content": "How long do refunds take?"}]
    assert [document["text"] for document in record["documents"]] == ["It is free."]
    assert [(claim["text"], claim["label"]) for claim in record["claims"]] == [
        ("Refunds take 30 days.", "contradicted")
    ]


async def test_without_a_name_a_case_is_called_like_its_question(cases, event):
    assert (await cases.save(event, [BAD], "ada")).name == "How long do refunds take?"


async def test_an_answer_makes_one_case(cases, event):
    await cases.save(event, [BAD], "ada")
    with pytest.raises(Conflict, match="is a regression case already"):
        await cases.save(event, [BAD], "bob")


async def test_a_case_that_expects_nothing_is_refused(cases, event):
    with pytest.raises(BadRequest, match="Judge the answer first"):
        await cases.save(event, [], "ada")


async def test_a_deleted_case_is_gone(cases, event):
    saved = await cases.save(event, [BAD], "ada")
    await cases.delete(saved.id)
    assert await cases.all() == []
    assert await cases.of(event.id) is None
    with pytest.raises(NotFound):
        await cases.delete(saved.id)
