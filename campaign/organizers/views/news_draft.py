"""An update begun from what happened to a delivery: its words in each language, for its writer to change."""

from flask import url_for
from flask_babel import gettext

from campaign.languages import LANGUAGES, day, speaking
from campaign.organizers.views.deliveries import STANDINGS, find_delivery
from campaign.petition.timelines import EVENT_LABELS, Event, Timeline
from campaign.state import state


def draft_of_news(key: str, number: int) -> dict[str, str]:
    """Return an update that tells of what happened to a delivery, by language; empty where there is nothing of it."""
    timeline = find_delivery(key)
    event = next((one for one in timeline.events if one.number == number), None) if timeline else None
    return {} if timeline is None or event is None else {code: _told(timeline, event, code) for code in LANGUAGES}


def _told(timeline: Timeline, event: Event, code: str) -> str:
    """Return the update in one language; where the campaign's words are missing in it, its writer adds them."""
    with speaking(code):
        office = next((one.name(code) for one in state().words.addressees if one.key == timeline.office), timeline.office)
        address = f"{url_for('public.petition', lang=code)}#delivery-{timeline.key}"
        more = gettext("All of it is on the page of the letter")
        on = f"{day(event.day, LANGUAGES[code])}."  # also today's: the update may be published on another day
        said = [event.words.get(code, ""), *_quoted(timeline, event, code)]
        return "\n\n".join(filter(None, [f"{EVENT_LABELS[event.kind]}: {office}", on, *said, f"[{more}]({address})"]))


def _quoted(timeline: Timeline, event: Event, code: str) -> list[str]:
    """Return what the office said in one language, or its newest translation and how far that is; nothing of another language."""
    newest = next(iter(timeline.translations(event, code)), None)
    if event.quote and event.language == code:
        return [gettext("The words of the office") + ":", event.quote]
    return [f"{STANDINGS[newest.standing]}:", newest.quote] if newest else []
