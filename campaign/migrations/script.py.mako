"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
# The number of these tables and, after a `_`, that of the oldest program that still works with them: see schema_version.py. It
# inserts and deletes as before, so a new column may be empty or has a server default, and no new row keeps an old one from going.
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
