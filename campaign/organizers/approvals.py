"""What is done once a second organizer has agreed, by the action that waits: the one list of it."""

from functools import partial

from campaign.crypto.keys import Keys
from campaign.organizers import export_jobs, key_change, removals
from campaign.organizers.actions import Action
from campaign.organizers.four_eyes import Handlers


def handlers(keys: Keys) -> Handlers:
    """Return what each action does that needs a second organizer. `keys` are the site's own."""
    return {
        Action.BULK_REMOVAL: removals.remove_agreed,
        Action.EXPORT_WITH_ADDRESSES: export_jobs.enqueue_export,
        Action.KEY_CHANGE: partial(key_change.change_agreed, keys),
    }
