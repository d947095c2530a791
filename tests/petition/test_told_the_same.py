"""The e-mail, the form, the privacy page and the signer's own page say the same about what is kept until when."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from campaign.languages import LANGUAGES, day
from campaign.outbox import queue
from campaign.petition import plan
from campaign.petition.models import Signature
from campaign.petition.plan import Days
from tests.own_texts import own_texts
from tests.people import link_in, parse, rows
from tests.servers import on_sqlite

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
DELETED = {
    "en": "Names and e-mail addresses are deleted on {}.",
    "ar": "تُحذف الأسماء وعناوين البريد الإلكتروني في {}.",
}
HOURS = {"en": "{} hours after the message was sent", "ar": "بعد {} ساعة من إرسالها"}
DAYS_AT_MOST = {"en": "after {} days at most", "ar": "بعد {} أيام على الأكثر"}


def text_of(page):
    """The words of a page."""
    return " ".join(" ".join(parse(page.text).itertext()).split())


def set_plan(app, days):
    """Sets the plan, and the pages know it."""
    with app.extensions["campaign"].database.writing() as session:
        plan.set_plan(session, days, by=plan.COMMAND, today=NOON.date())
    app.extensions["campaign"].snapshots.refresh()


@pytest.mark.parametrize("deletes", [date(2026, 10, 1), date(2027, 1, 15)])
def test_the_day_of_deletion_is_the_same_wherever_it_is_told_and_where_it_is_kept(app, somebody, post_office, deletes):
    code = somebody.language
    with time_machine.travel(NOON, tick=False):
        set_plan(app, Days(closes_on=date(2026, 9, 1), hand_over_on=date(2026, 9, 5), delete_on=deletes))
        told = [text_of(somebody.read(f"/{code}/{path}")) for path in ("", "sign", "petition", "privacy")]
        somebody.sign()
        letter = post_office.deliver()[-1].get_content()
        somebody.press(link_in(post_office.received[-1]))
        own = text_of(somebody.read(link_in(post_office.received[-1])))
    sentence = DELETED[code].format(day(deletes, LANGUAGES[code]))

    assert [sentence in text for text in (*told, " ".join(letter.split()))] == [True] * 5
    assert day(deletes, LANGUAGES[code]) in own
    assert [row.delete_on for row in rows(app, Signature)] == [deletes]


@own_texts
@on_sqlite
def test_where_no_day_is_set_none_is_named(app, somebody, post_office):
    code, begins = somebody.language, {"en": "addresses are deleted on", "ar": "تُحذف الأسماء وعناوين"}[somebody.language]
    somebody.sign()
    letter = post_office.deliver()[-1].get_content()

    assert begins not in letter
    for path in ("", "sign", "petition", "privacy"):
        assert begins not in text_of(somebody.read(f"/{code}/{path}")), path


@own_texts
@on_sqlite
def test_what_waits_is_told_to_be_kept_for_as_long_as_it_is(somebody, post_office):
    code = somebody.language
    privacy = text_of(somebody.read(f"/{code}/privacy"))
    with time_machine.travel(NOON, tick=False):
        somebody.sign()
        letter = post_office.deliver()[-1].get_content()

    assert HOURS[code].format(queue.LINK_LIFETIME.total_seconds() // 3600).replace(".0", "") in privacy
    assert DAYS_AT_MOST[code].format(queue.MAX_LIFETIME.days) in privacy
    assert day((NOON + queue.LINK_LIFETIME).date(), LANGUAGES[code]) in letter
