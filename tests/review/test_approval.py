import pytest

from groundwire.domain import Label
from groundwire.errors import BadRequest, Conflict, DocumentError, NotFound
from groundwire.review.approval import APPROVED_ANSWERS, ApprovedAnswers
from groundwire.review.records import Decision, Judgement
from groundwire.review.store import ReviewStore
from libraries import open_library
from stored import sample

CORRECTED = "Refunds take 14 days from the day we get the parcel."


@pytest.fixture
def library(database, tmp_path):
    return open_library(database, tmp_path / "indexes")


@pytest.fixture
def store(database):
    return ReviewStore(database)


@pytest.fixture
def approved(store, library):
    return ApprovedAnswers(store, library.ingestor)


@pytest.fixture
async def event(events):
    one = sample(Label.CONTRADICTED)
    await events.append([one])
    return one


async def reviewed(store, event, corrected=CORRECTED):
    return await store.add(event, Decision(Judgement.RIGHT, corrected=corrected), "ada")


async def test_a_corrected_answer_is_evidence_at_once(store, approved, library, event):
    review = await approved.approve(event, (await reviewed(store, event)).id)

    assert library.find("how long do refunds take", APPROVED_ANSWERS) == [review.approved_document_id]
    document, text = library.store.document(APPROVED_ANSWERS, review.approved_document_id)
    assert (document.title, text) == (
        "How long do refunds take?",
        f"# How long do refunds take?\n\n{CORRECTED}",
    )


async def test_approving_twice_changes_nothing(store, approved, library, event):
    review = await reviewed(store, event)
    first = await approved.approve(event, review.id)
    assert await approved.approve(event, review.id) == first
    assert len(library.store.revisions(APPROVED_ANSWERS)) == 1


async def test_undoing_the_review_takes_the_document_out(store, approved, library, event):
    review = await approved.approve(event, (await reviewed(store, event)).id)
    undone = await approved.undo(review.id, "bob")
    assert undone.undone_by == "bob"
    assert library.store.documents(APPROVED_ANSWERS) == []
    assert library.find("how long do refunds take", APPROVED_ANSWERS) == []


async def test_undoing_again_removes_what_could_not_be_removed_before(store, approved, library, event):
    review = await approved.approve(event, (await reviewed(store, event)).id)
    await store.undo(review.id, "bob")
    assert len(library.store.documents(APPROVED_ANSWERS)) == 1
    await approved.undo(review.id, "eve")
    assert library.store.documents(APPROVED_ANSWERS) == []


async def test_without_a_corrected_text_there_is_nothing_to_approve(store, approved, event):
    review = await reviewed(store, event, None)
    with pytest.raises(BadRequest, match="no corrected text"):
        await approved.approve(event, review.id)


async def test_an_undone_review_is_not_approved(store, approved, library, event):
    review = await reviewed(store, event)
    await store.undo(review.id, "ada")
    with pytest.raises(Conflict, match="was undone"):
        await approved.approve(event, review.id)
    assert library.store.collection_names() == []


async def test_a_review_that_is_undone_meanwhile_leaves_no_document(database, library, event):
    class Hasty(ReviewStore):
        async def approve(self, review_id, document_id):
            await self.undo(review_id, "bob")
            return await super().approve(review_id, document_id)

    hasty = Hasty(database)
    review = await reviewed(hasty, event)
    with pytest.raises(Conflict, match="undone meanwhile"):
        await ApprovedAnswers(hasty, library.ingestor).approve(event, review.id)
    assert library.store.documents(APPROVED_ANSWERS) == []


async def test_an_answer_that_can_not_be_a_document_is_refused_and_the_review_stays(store, database, tmp_path, event):
    review = await reviewed(store, event)
    small = open_library(database, tmp_path / "indexes", max_bytes=10)
    with pytest.raises(DocumentError, match="larger than"):
        await ApprovedAnswers(store, small.ingestor).approve(event, review.id)
    assert (await store.get(review.id)).approved_document_id is None


async def test_an_unknown_review_is_not_found(approved, event):
    with pytest.raises(NotFound):
        await approved.approve(event, "rev_nobody")
