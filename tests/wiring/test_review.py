import pytest

from groundwire.domain import Label
from groundwire.review.approval import APPROVED_ANSWERS, ApprovedAnswers
from groundwire.review.cases import ExpectedClaim
from groundwire.review.records import Decision, Judgement
from groundwire.settings import Settings
from groundwire.wiring import open_library, opened_cases, opened_events, opened_reviews
from stored import sample

RIGHT = Decision(Judgement.RIGHT, corrected="Refunds take 14 days.")


@pytest.fixture
def settings(tmp_path):
    def made(**knowledge_base):
        values = {"data_dir": tmp_path / "data", "knowledge_base": {"path": None} | knowledge_base}
        return Settings.model_validate(values)

    return made


@pytest.fixture
async def event(settings):
    event = sample(Label.CONTRADICTED)
    async with opened_events(settings()) as events:
        await events.append([event])
    return event


async def test_reviews_and_cases_are_opened_alone(settings, event):
    async with opened_reviews(settings()) as reviews, opened_cases(settings()) as cases:
        kept = await reviews.add(event, RIGHT, "ada")
        assert await reviews.of([event.id]) == [kept]
        saved = await cases.save(event, [ExpectedClaim(0, 21, Label.CONTRADICTED)], "ada")
        assert await cases.all() == [saved]


@pytest.mark.parametrize(("is_on", "expected"), [(True, (APPROVED_ANSWERS,)), (False, ())])
async def test_checks_draw_on_approved_answers_as_long_as_there_are_any(settings, event, is_on, expected):
    library = open_library(settings(approved_answers=is_on))
    assert library.approved_collections() == ()
    async with opened_reviews(settings()) as reviews:
        approved = ApprovedAnswers(reviews, library.ingestor)
        review = await approved.approve(event, (await reviews.add(event, RIGHT, "ada")).id)
        assert library.approved_collections() == expected
        await approved.undo(review.id, "ada")
        assert library.approved_collections() == ()
    await library.database.close()
