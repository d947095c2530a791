"""E-mail addresses: whatever is accepted means one mailbox, in the tag, in the header and on the wire."""

import json
import random
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import getaddresses
from pathlib import Path

import idna
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from campaign.crypto import sealing
from campaign.database import now
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress, NotAnAddress, mend_address, parse_address
from campaign.outbox.queue import OutboxMessage
from campaign.petition import emails
from campaign.petition.models import Signature
from tests.people import link_in, rows
from tests.servers import on_sqlite

KEY = b"k" * 32
SPELLINGS = [  # of victim@mailbox.example, as a header decodes them (RFC 2047)
    "=?utf-8?q?victim?=@mailbox.example",
    "=?utf-8?q?v=69ctim?=@mailbox.example",
    "=?us-ascii?q?victim?=@mailbox.example",
    "=?utf-8?b?dmljdGlt?=@mailbox.example",
    "=?utf-8?q?=76ictim?=@mailbox.example",
    "=?utf-8?q?vi=63tim?=@mailbox.example",
    "=?utf-8?q?vic=74im?=@mailbox.example",
    "=?utf-8?q?victi=6D?=@mailbox.example",
    "=?utf-8?q?victi=6d?=@mailbox.example",
    "=?iso-8859-1?q?victim?=@mailbox.example",
    "=?utf-8?q?victim=2Cother=40evil.example?=@mailbox.example",
]
POISON = [  # what raised while the e-mail was written
    "=?utf-8?q??=@b.example",
    "=?utf-8?b?!!!?=@b.example",
    "=?utf-8?q?a=0Ab?=@b.example",
    "=?unicode_escape?q?=5Cud800?=@b.example",
]
OTHERS = ['"victim"@mailbox.example', "victim(comment)@mailbox.example", "(c)victim@mailbox.example", "a.=?utf-8?q?b?=@b.example"]

ISEMAIL = json.loads((Path(__file__).parent / "isemail.json").read_text("utf-8"))  # see isemail.LICENSE.md

# The grammar of RFC 5322 and 6532, with what is obsolete in it, and what mail programs read into it.
ATOM, IN_QUOTES, IN_LABEL = "abcXYZ019!#$%&'*+/=?^_`{|}~-üعшß漢١\u0301", 'ab .@,<>()[]:;\\"ü', "abcxyzABC019-üعش漢ßς"
ENCODED = ["=?utf-8?q?victim?=", "=?utf-8?b?dmljdGlt?=", "=?x?=", "=?utf-8?q?a=40b?="]
BLANK = ["", "", "", "", "", "", " ", "\r\n ", "\t"]
DOMAINS = [
    "مثال.شبكة",
    "xn--mgbh0fb.xn--ngbc5azd",
    "[127.0.0.1]",
    "[IPv6:::1]",
    "example.com(c)",
    "bücher。example",
    "ex ample.org",
]


def letters(chance, alphabet, most):
    """One to `most` letters of an alphabet."""
    return "".join(chance.choices(alphabet, k=chance.randint(1, most)))


def word(chance):
    """A word of a local part: mostly an atom, else quoted, encoded, commented or folded."""
    kind = chance.randrange(12)
    if kind == 0:
        return f'"{letters(chance, IN_QUOTES, 6)}"'
    if kind == 1:
        return chance.choice(ENCODED)
    if kind == 2:
        return f"{letters(chance, ATOM, 4)}({letters(chance, 'ab c@(ü', 4)})"
    return chance.choice(BLANK) * (kind == 3) + letters(chance, ATOM, 6)


def domain(chance):
    """A domain of one to three labels, or one that is odd."""
    labels = [letters(chance, IN_LABEL, 8) for _ in range(chance.randint(1, 3))]
    return chance.choice(DOMAINS) if chance.randrange(8) == 0 else ".".join([*labels, "example"])


def from_grammar(chance):
    """An address of the grammar."""
    local = ".".join(word(chance) for _ in range(chance.randint(1, 3)))
    return f"{local}{chance.choice(BLANK)}@{chance.choice(BLANK)}{domain(chance)}"


ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-.üعшß漢"
WORDS = some.sampled_from(
    ["=?utf-8?q?", "?=", "=41", "=?", "=?utf-8?b?", "dmljdGlt", "?q?", '"', "(c)", " ", "\\", "@", "<", ">", ","]
)
LOCALS = some.lists(some.one_of(some.text(ATEXT, max_size=4), WORDS), min_size=1, max_size=8).map("".join)
LABELS = some.text("abcxyzABC019-üعßش。.ς", min_size=1, max_size=20)
ADDRESSES = some.builds("{}@{}.{}".format, LOCALS, LABELS, some.sampled_from(["example", "com", "de", "شبكة", "онлайн"]))


@pytest.mark.parametrize("typed", [*SPELLINGS, *POISON, *OTHERS])
def test_encoded_words_quoted_forms_and_comments_are_no_addresses(typed):
    with pytest.raises(NotAnAddress):
        parse_address(typed)


def assert_it_means_one_mailbox(address):
    """The recipient for the mail server, the header as old and new programs read it, and what the tag is made of are one."""
    message = EmailMessage(policy=SMTPUTF8 if address.needs_smtputf8 else SMTP)
    message["To"] = address.header
    sent = message.as_bytes().decode()
    read = message_from_string(sent, policy=SMTPUTF8)
    assert read["To"].addresses[0].addr_spec == address.recipient
    assert [one for _, one in getaddresses([sent.partition(":")[2].strip()])] == [address.recipient]
    assert parse_address(address.recipient) == parse_address(address.text) == address
    assert address.needs_smtputf8 or address.recipient.endswith(f"@{idna.encode(address.domain, uts46=True).decode()}")
    assert sealing.mailbox_tag(KEY, address.recipient) == sealing.mailbox_tag(KEY, address.text)


def taken(typed):
    """The address that the form takes, if it does."""
    try:
        return parse_address(mend_address(typed))
    except NotAnAddress:
        return None


def test_ten_thousand_addresses_of_the_grammar_mean_one_mailbox_or_are_refused():
    chance = random.Random(10)  # the same ones each time
    accepted = {address for _ in range(10_000) if (address := taken(from_grammar(chance)))}

    for address in accepted:
        assert_it_means_one_mailbox(address)
    assert len(accepted) > 500


def test_the_addresses_of_isemail_mean_one_mailbox_or_are_refused():
    accepted = [address for typed in ISEMAIL if (address := taken(typed))]

    assert len(ISEMAIL) > 150
    for address in accepted:
        assert_it_means_one_mailbox(address)
    assert EmailAddress("test", "iana.org") in accepted


@on_sqlite
def test_what_is_accepted_has_one_recipient_header_and_tag(app, mailbox, mail_way):
    accepted = []

    @given(ADDRESSES)
    @settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def holds(typed):
        try:
            address = parse_address(typed)
        except NotAnAddress:
            return
        accepted.append(address)
        mail_way.send(emails.ask_to_confirm(queue.Envelope(address, "en", "token"), emails.Dates(now().date(), now())), address)
        [recipient] = mailbox.recipients[-1]
        header = str(mailbox.letters[-1]["To"])
        assert recipient == header == address.recipient
        assert sealing.mailbox_tag(KEY, recipient) == sealing.mailbox_tag(KEY, header) == sealing.mailbox_tag(KEY, address.text)
        assert parse_address(recipient).text == address.text

    with app.app_context():
        holds()
    assert len(set(accepted)) > 30
    assert any(address.needs_smtputf8 for address in accepted)


@pytest.mark.parametrize("typed", SPELLINGS + POISON)
def test_a_form_with_an_encoded_word_is_refused_and_nothing_is_sent(visitor, post_office, typed):
    assert visitor.sign(email=typed).status_code == 422
    assert post_office.deliver() == []


def test_eleven_spellings_of_one_mailbox_are_one_signature(app, visitor, post_office):
    for typed in ("victim@mailbox.example", *SPELLINGS):
        visitor.sign(email=typed)
    for letter in post_office.deliver():
        visitor.press(link_in(letter))

    assert len(rows(app, Signature)) == 1


@pytest.mark.parametrize("stored", [SPELLINGS[0], POISON[0]])
def test_a_spelling_stored_before_it_was_refused_is_neither_written_to_nor_confirmed(app, visitor, post_office, stored):
    visitor.sign(email="sami@example.org")
    [before] = post_office.deliver()
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        box = sealing.encrypt(site.keys.mail, f'["{stored}", "en", "{link_in(before).rpartition("/")[2]}"]')
        session.execute(sa.update(OutboxMessage).values(box=box, due_at=now(), sent_at=None))

    assert post_office.deliver() == []
    assert rows(app, OutboxMessage)[0].failed_at is not None
    assert visitor.press(link_in(before)).status_code == 404
    assert rows(app, Signature) == []


def test_an_address_is_shown_in_its_own_letters_and_sent_in_ascii_where_that_will_do():
    address = parse_address("Sami@مثال.شبكة")

    assert address == EmailAddress("Sami", "مثال.شبكة")
    assert address.text == "Sami@مثال.شبكة"
    assert address.recipient == "Sami@xn--mgbh0fb.xn--ngbc5azd"
    assert parse_address("علي@مثال.شبكة").recipient == "علي@مثال.شبكة"
