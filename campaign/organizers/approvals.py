"""What is done once a second organizer has agreed, by the action that waits: the one list of it."""

from functools import partial

from campaign.organizers import exporting, key_change, removing
from campaign.organizers.actions import Action
from campaign.organizers.four_eyes import Handlers
from campaign.sealing import Keys


def handlers(keys: Keys) -> Handlers:
    """Return what each action does that needs a second organizer. `keys` are the site's own."""
    return {
        Action.BULK_REMOVAL: removing.remove_agreed,
        Action.EXPORT_WITH_ADDRESSES: exporting.order,
        Action.KEY_CHANGE: partial(key_change.change_agreed, keys),
    }
