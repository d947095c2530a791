"""Runs the migrations inside the transaction that folder.migrate has opened."""

from alembic import context

import campaign.instance  # for the tables it knows
import campaign.organizers.models  # noqa: F401  # and the desk's
from campaign.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
