"""Runs the migrations on the connection that `Database.upgrade` hands over."""

from alembic import context

from groundwire.storage.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
