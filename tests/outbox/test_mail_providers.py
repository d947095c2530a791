"""How letters fare by provider is counted when they are sent: by large names only, and a reminder does not count again."""

import difflib
import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.outbox.mail_providers import PROVIDERS, ProviderDay, provider_of
from campaign.outbox.queue import REMIND_AFTER
from campaign.petition.validation import SIMILAR, find_candidates, suggest_domain
from tests.people import rows


@pytest.fixture
def counts(app):
    """Sent and refused, by provider."""
    return lambda: {row.provider: (row.sent, row.refused) for row in rows(app, ProviderDay)}


def test_a_letter_counts_for_its_provider_once_the_server_has_taken_it(visitor, send, counts):
    for email in ("layla@gmail.com", "sami@googlemail.com", "nour@hotmail.fr", "hadi@school.example"):
        visitor.sign(email=email)
    assert counts() == {}

    send()

    assert counts() == {"gmail.com": (2, 0), "outlook.com": (1, 0), "other": (1, 0)}


def test_a_rare_domain_is_never_named(app, visitor, send):
    visitor.sign(email="layla@her-own-name.example")
    send()

    with app.extensions["campaign"].database.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            assert "her-own-name" not in str(connection.exec_driver_sql(f'SELECT * FROM "{table}"').all())


def test_a_refused_letter_counts_as_refused(visitor, send, choosy, counts):
    choosy.to_rcpt = "550 no such mailbox"
    visitor.sign(email="gone@yahoo.com")

    send()

    assert counts() == {"yahoo.com": (0, 1)}


def test_a_letter_that_waits_for_the_server_counts_once_it_is_through(visitor, send, choosy, counts):
    choosy.to_rcpt = "451 later"
    visitor.sign(email="layla@gmx.de")
    send()
    assert counts() == {}
    choosy.to_rcpt = "250 OK"

    with time_machine.travel(now() + timedelta(minutes=10)):
        send()

    assert counts() == {"gmx.net": (1, 0)}


def test_a_reminder_does_not_count_again(visitor, send, mailbox, counts):
    visitor.sign(email="layla@gmail.com")
    send()

    with time_machine.travel(now() + REMIND_AFTER + timedelta(minutes=1)):
        send()

    assert len(mailbox.letters) == 2
    assert counts() == {"gmail.com": (1, 0)}


def test_every_domain_that_is_named_has_its_provider_and_slips_of_the_finger_are_still_asked_about():
    assert {provider_of(domain) for domain in PROVIDERS} == set(PROVIDERS.values())
    assert provider_of("gmail.com.example") == "other"
    assert suggest_domain("gmial.com") == "gmail.com"


def test_a_domain_is_compared_with_each_provider_that_it_can_be_like():
    chance = random.Random(10)  # the same ones each time
    for _ in range(3000):
        typed = list(chance.choice(list(PROVIDERS)))
        for _ in range(chance.randrange(5)):
            place = chance.randrange(len(typed))
            typed[place : place + chance.randrange(3)] = chance.choice(["", *"aeost.-0"])
            typed = typed or ["x"]
        domain = "".join(typed)
        near = difflib.get_close_matches(domain, PROVIDERS, n=1, cutoff=SIMILAR)
        assert difflib.get_close_matches(domain, find_candidates(domain), n=1, cutoff=SIMILAR) == near


def test_most_domains_are_compared_with_hardly_any():
    assert len([one for domain in ("example.org", "uni-hamburg.de", "charity.org.uk") for one in find_candidates(domain)]) < 3
