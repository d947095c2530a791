"""Runs the migrations inside the transaction that `instance.migrate` has opened."""

from alembic import context

from campaign.schema_version import all_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
