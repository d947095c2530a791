"""The list to go through when an organizer leaves and another one takes over."""

from flask import render_template

from campaign import instance
from campaign.crypto.backup_key import backup_key
from campaign.database import now
from campaign.health import checklist
from campaign.organizers import bp
from campaign.organizers import succession as rules
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.overview import own_tasks
from campaign.state import state


@bp.get("/succession")
@requires_role(ORGANIZER)
def succession() -> str:
    """Show what is to be passed on, as it is now."""
    unready = checklist.count_left(state(), now().date())
    with state().database.reading() as session:
        tasks = own_tasks(session, unready)
        belongings = rules.find_belongings(session, state().keys, current_account())
    return render_template(
        "organizers/succession.html",
        has=belongings,
        tasks=tasks,
        is_key_here=state().keys.private is not None,
        **_backup_key(),
    )


def _backup_key() -> dict[str, str | bool | None]:
    """Return the key for backups, and whether its file cannot be read."""
    try:
        return {"backup_key": backup_key(instance.key_folder(state().settings)), "is_key_unreadable": False}
    except (OSError, UnicodeError):
        return {"backup_key": None, "is_key_unreadable": True}
