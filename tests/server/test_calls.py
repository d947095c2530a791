"""How much work one form, one button and one e-mail are: calls of functions, which no busy machine makes more.

A new version of a library may move a number a little. What makes one clearly larger costs every host. See bench/found.md.
"""

import cProfile
import json
import pstats
import threading

import pytest
from werkzeug.test import EnvironBuilder

from campaign.crypto import sealing
from campaign.outbox.queue import OutboxMessage
from campaign.petition.bursts import SMALL_BURST
from campaign.server import worker
from campaign.server.rsgi import call_app
from tests.people import rows
from tests.servers import on_sqlite

pytestmark = on_sqlite
MOST = {"form": 2710, "button": 2010, "e-mail": 3900}  # between what they are and what they were
FEW = 15  # fewer than a batch, so that one conversation sends them in this thread


def calls_in(work, number):
    """The calls of functions in this thread for each of so many."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return pstats.Stats(profile).total_calls / number


@pytest.fixture
def post(app):
    """Posts many forms at once, and returns the calls for each; what a test client adds is not counted."""

    def post_all(*bodies):
        environs = [EnvironBuilder(path, "http://localhost", method="POST", data=body).get_environ() for path, body in bodies]
        answers = []
        calls = calls_in(lambda: answers.extend(call_app(app.wsgi_app, environ) for environ in environs), len(environs))
        assert {status for status, _, _ in answers} == {303}
        return calls

    return post_all


@pytest.fixture
def sign(post, visitor):
    """Lets so many sign."""
    fields = visitor.form() | {"name": "Layla Haddad", "shown_as": "", "country": "", "nothing": ""}

    def sign_all(name, number):
        return post(*(("/en/sign", fields | {"email": f"{name}{place}@example.org"}) for place in range(number)))

    return sign_all


def test_a_form_is_little_work(sign):
    sign("early", FEW)

    assert sign("visitor", FEW) < MOST["form"]


def test_a_button_is_little_work(app, sign, post):
    sign("visitor", SMALL_BURST)
    key = app.extensions["campaign"].keys.mail
    links = [f"/en/confirm/{json.loads(sealing.decrypt(key, row.box))[2]}" for row in rows(app, OutboxMessage)]
    post(*((link, {"act": "confirm"}) for link in links[:5]))

    assert post(*((link, {"act": "confirm"}) for link in links[5:])) < MOST["button"]


def test_an_email_is_little_work(app, sign, mailbox):
    for name in ("early", "visitor"):
        sign(name, FEW)
        calls = calls_in(lambda: worker.deliver_due(app, threading.Event(), print), FEW)

    assert len(mailbox.letters) == 2 * FEW
    assert calls < MOST["e-mail"]
