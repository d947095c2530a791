"""Runs the migrations inside the transaction that folder.migrate has opened."""

from alembic import context

from campaign import folder
from campaign.database import Record

assert folder.KeyMark  # imported for the tables it knows

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Record.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
