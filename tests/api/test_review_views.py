from groundwire.api.review_views import NextRequest, ReviewExportQuery, ReviewRequest
from groundwire.domain import Label
from groundwire.review.filters import QueueFilter, ReviewFilter
from groundwire.review.records import Decision, Judgement, RightPassage
from stored import NOON

PASSAGE = {"document_id": "refunds.md", "version": 2, "start": 1, "end": 4, "quote": "abc"}


def test_a_request_says_what_was_decided():
    request = ReviewRequest(judgement="missed", span={"start": 1, "end": 4}, evidence=PASSAGE, is_addition=True)
    passage = RightPassage("refunds.md", 2, 1, 4, "abc")
    assert request.decision() == Decision(Judgement.MISSED, span=(1, 4), evidence=passage, is_addition=True)


def test_a_request_says_which_answers_may_come_next():
    request = NextRequest(policy=["strict"], model=["small"], app=["key_1"], label=["contradicted"])
    assert request.filter() == QueueFilter(("strict",), ("small",), ("key_1",), (Label.CONTRADICTED,))


def test_a_query_says_which_reviews_are_exported():
    query = ReviewExportQuery(judgement=["right"], event=["evt_1"], since=NOON, undone=True)
    assert query.filter() == ReviewFilter((), (Judgement.RIGHT,), (), ("evt_1",), NOON, includes_undone=True)
