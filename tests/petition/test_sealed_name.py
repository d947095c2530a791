"""The sealed name, replaced from the signer's own page: exports show the new one, and no answer tells whose signature it is."""

import pytest
from nacl.public import PrivateKey

from campaign.crypto import sealing
from campaign.crypto.keys import read_key
from campaign.petition.models import Signature
from tests.people import rows
from tests.servers import on_sqlite


@pytest.fixture
def opened(app, settings):
    """Open the one sealed record with the private key."""

    def open_record():
        signature = rows(app, Signature)[0]
        person = sealing.open_sealed(PrivateKey(read_key(settings.data / "keys" / "seal.private")), signature.sealed)
        assert (person.record, person.text_sha256) == (signature.id, signature.text_sha256)
        return person.name, person.email

    return open_record


def test_a_signer_replaces_the_sealed_name(somebody, layla, opened):
    link = layla.replace("/en/", f"/{somebody.language}/")
    answer = somebody.press(link, act="name", name="  ليلى   حداد ", email="Layla@example.org")

    assert (answer.status_code, answer.location) == (303, f"{link}?changed=name")
    assert opened() == ("ليلى حداد", "Layla@example.org")


def test_the_answer_is_the_same_for_an_address_that_did_not_sign(visitor, layla, opened):
    right = visitor.press(layla, act="name", name="Leila", email="layla@example.org")
    wrong = visitor.press(layla, act="name", name="Sami", email="sami@example.org")

    assert (wrong.status_code, wrong.location) == (right.status_code, right.location)
    assert visitor.read(right.location).text == visitor.read(wrong.location).text
    assert opened() == ("Leila", "layla@example.org")


@on_sqlite
def test_another_spelling_of_the_mailbox_changes_nothing(visitor, layla, opened):
    visitor.press(layla, act="name", name="Leila", email="layla+x@example.org")

    assert opened()[0] == "Layla Haddad"


@on_sqlite
def test_what_the_form_to_sign_refuses_is_refused_here_too(visitor, layla, opened):
    answer = visitor.press(layla, act="name", name="", email="no")

    assert answer.status_code == 422
    assert "Enter a name." in answer.text
    assert opened()[0] == "Layla Haddad"
