"""Databases of older versions keep what they hold."""

from alembic import command
from sqlalchemy import insert, select

from groundwire.domain import Action, Label, Question, Turn
from groundwire.events.rows import event_row
from groundwire.storage.database import _alembic, open_database
from groundwire.storage.schema import event_texts, events, review_items
from stored import sample

OLD = sample(Label.CONTRADICTED, action=Action.REWRITE, question=Question((Turn("user", "Wie HOCH?"),)))


def test_events_of_the_first_version_can_be_searched_and_reviewed(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'groundwire.db'}")
    with database.engine.begin() as connection:
        command.upgrade(_alembic(connection), "0001")
        connection.execute(insert(events).values(**event_row(OLD)))

    database.upgrade()

    with database.engine.connect() as connection:
        texts = connection.execute(select(event_texts.c.event_id, event_texts.c.text)).all()
        waiting = connection.execute(select(review_items.c.event_id)).scalars().all()
    database.engine.dispose()
    assert texts == [(OLD.id, f"wie hoch?\n{OLD.report.answer.lower()}")]
    assert waiting == [OLD.id]
