from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from groundwire.review.records import DocumentIssue, Judgement, RightPassage
from groundwire.review.rows import review_from, review_row
from groundwire.storage.schema import reviews
from judged import review
from stored import hours_later

ODD = "a\x00b\ud800\x1b<script>"
FULL = review(
    Judgement.MISSED,
    position=1,
    span=(3, 9),
    corrected=ODD,
    evidence=RightPassage("refunds.md", 2, 10, 31, ODD, "default"),
    document_issue=DocumentIssue.MISSING,
    note=ODD,
)


async def kept(database, one):
    def work(connection):
        connection.execute(insert(reviews).values(review_row(one)))
        if one.undone_at:
            connection.execute(update(reviews).values(undone_at=one.undone_at, undone_by=one.undone_by))
        return review_from(connection.execute(select(reviews)).mappings().one())

    return await database.write(work)


UNDONE = review(Judgement.UNSURE, undone_at=hours_later(1), undone_by="bob")


@pytest.mark.parametrize(
    "one",
    [review(Judgement.RIGHT), FULL, replace(FULL, reviewer=ODD), UNDONE],
    ids=["plain", "full", "odd", "undone"],
)
async def test_a_review_comes_back_as_it_was(database, one):
    assert await kept(database, one) == one
