"""Approved answers: what an expert says is right becomes a document, and evidence from then on."""

from __future__ import annotations

from groundwire.domain import Event
from groundwire.errors import BadRequest, Conflict, DocumentError
from groundwire.events.rows import asked
from groundwire.knowledge.ingestion import Ingestor, Upload
from groundwire.review.records import Review
from groundwire.review.store import ReviewStore

# The collection of approved answers; checks draw on it as soon as it holds one.
APPROVED_ANSWERS = "approved-answers"
_TITLE_CHARS = 200


class ApprovedAnswers:
    """Makes documents of corrected answers, and takes them out again."""

    def __init__(self, reviews: ReviewStore, ingestor: Ingestor) -> None:
        self._reviews = reviews
        self._ingestor = ingestor

    async def approve(self, event: Event, review_id: str) -> Review:
        """Make the corrected text of a review a document; a second time changes nothing.

        Raises NotFound, BadRequest without a corrected text, Conflict for an undone review, and DocumentError where
        the text can't be a document.
        """
        review = await self._reviews.get(review_id)
        if review.decision.corrected is None:
            raise BadRequest("This review holds no corrected text that could be approved.", param="corrected")
        if not review.is_standing:
            raise Conflict("This review was undone, so nothing of it can be approved.", param="review_id")
        if review.approved_document_id:
            return review
        upload = approved_document(event, review)
        await self._reviews.database.run(self._ingest, upload)
        if not await self._reviews.approve(review_id, upload.document_id):
            await self._remove(upload.document_id)
            raise Conflict("This review was undone meanwhile, so nothing of it was approved.", param="review_id")
        return await self._reviews.get(review_id)

    async def undo(self, review_id: str, who: str) -> Review:
        """Take a decision back and with it the approved answer that was made of it; see ReviewStore.undo."""
        review = await self._reviews.undo(review_id, who)
        # Also when it was undone before: then the document could not be removed that time.
        if review.approved_document_id:
            await self._remove(review.approved_document_id)
        return review

    def _ingest(self, upload: Upload) -> None:
        for outcome in self._ingestor.ingest_uploads([upload], APPROVED_ANSWERS).failed:
            raise DocumentError(outcome.reason)

    async def _remove(self, document_id: str) -> None:
        await self._reviews.database.run(self._ingestor.remove, [document_id], APPROVED_ANSWERS)


def approved_document(event: Event, review: Review) -> Upload:
    """Return the document of a corrected answer: the question is its title and heading, the answer its text."""
    title = " ".join(asked(event.question).split())[:_TITLE_CHARS].strip() or "Approved answer"
    text = f"# {title}\n\n{review.decision.corrected}\n"
    name = f"{review.id}.md"
    return Upload(name, name, text.encode("utf-8", "replace"), title=title, is_text=True)
