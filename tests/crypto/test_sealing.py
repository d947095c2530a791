"""Sealing: what hides a signer, whom it opens to, and the one tag of a mailbox."""

import os
import string
import tomllib
from datetime import date

import pytest
from nacl.public import PrivateKey

from campaign import instance
from campaign.crypto import mailbox, sealing
from campaign.crypto.keys import KeyFileError, eject, key_id, load_keys, make_keys, read_key
from campaign.crypto.sealing import CannotOpen, Person
from tests.servers import on_sqlite

TEXT = "ab" * 32
LONGEST_NAME = "ش" * 200  # 400 bytes

# One mailbox, as people and their devices write it.
GMAIL = [
    "layla.haddad@gmail.com",
    "laylahaddad@gmail.com",
    "l.a.y.l.a.h.a.d.d.a.d@gmail.com",
    "Layla.Haddad@Gmail.Com",
    "LAYLAHADDAD@GMAIL.COM",
    "laylahaddad+petition@gmail.com",
    "layla.haddad+a+b@gmail.com",
    "layla.haddad+@gmail.com",
    "laylahaddad@googlemail.com",
    "Layla.Haddad+x@GoogleMail.com",
    "layla.haddad+سوريا@gmail.com",
    "laylahaddad@GMAIL.com",
    "laylahaddad@ｇｍａｉｌ.com",
    "laylahaddad@gmail。com",
    "laylahaddad@gmail．com",
    "laylahaddad@gmail.com.",
    "laylahaddad@googlemail.com.",
]
PLAIN = [
    "sami.khalil@example.org",
    "Sami.Khalil@example.org",
    "SAMI.KHALIL@EXAMPLE.ORG",
    "sami.khalil+petition@example.org",
    "sami.khalil+1@Example.Org",
    "sami.khalil+a+b@example.org",
    "sami.khalil@example。org",
    "sami.khalil@ｅｘａｍｐｌｅ.org",
    "sami.khalil@example.org.",
]
INTERNATIONAL = [
    "info@bücher.example",
    "info@BÜCHER.example",
    "info@xn--bcher-kva.example",
    "info@XN--BCHER-KVA.example",
    "info@bu\u0308cher.example",
    "Info+x@Bücher.Example",
    "info@bücher。example",
    "info@bücher.example.",
]
ARABIC = [
    "سامي@مثال.إختبار",
    "سامي@xn--mgbh0fb.xn--kgbechtv",
    "سامي+عريضة@مثال.إختبار",
    "سامي@XN--MGBH0FB.XN--KGBECHTV",
]
ACCENTS = ["josé@example.org", "jose\u0301@example.org", "JOSÉ@example.org", "JOSE\u0301+x@Example.org"]
PROTON = ["laylahaddad@proton.me", "Layla.Haddad@protonmail.com", "layla-haddad@pm.me", "layla_haddad+x@ProtonMail.ch"]
ICLOUD = ["layla.h@icloud.com", "Layla.H@me.com", "layla.h+news@mac.com"]
YANDEX = ["layla.h@yandex.ru", "layla.h@ya.ru", "Layla.H@yandex.com", "layla.h+x@yandex.kz"]
FASTMAIL = ["layla@fastmail.com", "layla+news@fastmail.com", "news@layla.fastmail.com", "any+thing@Layla.Fastmail.com"]
MAILBOXES = [PROTON, ICLOUD, YANDEX, FASTMAIL, GMAIL, PLAIN, INTERNATIONAL, ARABIC, ACCENTS]
OTHERS = [
    "laylah@icloud.com",  # dots count there, and at GMX the domain too
    "laylah@yandex.ru",
    "layla@gmx.net",
    "layla@gmx.de",
    "la.yla@gmx.de",
    "layla@fastmail.fm",
    "news@layla.example.com",
    "layla_h@gmail.com",
    "samikhalil@example.org",  # dots count but at Gmail
    "sami_khalil@example.org",
    "sami.khalil@example.com",
    "sami.khalil@mail.example.org",
    "jose@example.org",
    "info@bucher.example",
    "layla.haddad@gmail.co",
    "laylahaddad@hotmail.com",
    "laylahadad@gmail.com",
    "+petition@example.org",
    "+other@example.org",
    "سامى@مثال.إختبار",  # another letter
]


@pytest.fixture
def keys(tmp_path):
    make_keys(tmp_path / "keys")
    return load_keys(tmp_path / "keys")


@pytest.fixture
def layla():
    return Person(record=bytes(range(16)), text_sha256=TEXT, name="ليلى Haddad", email="layla@example.org")


def test_what_was_sealed_is_opened_with_the_private_key_as_it_was(keys, layla):
    envelope = sealing.seal(keys.public, layla)

    assert keys.private
    assert sealing.open_sealed(keys.private, envelope) == layla


def test_nothing_but_the_private_key_opens_a_record(keys, layla):
    envelope = sealing.seal(keys.public, layla)

    for other in (PrivateKey.generate(), PrivateKey(keys.tag), PrivateKey(keys.mail), PrivateKey(keys.form)):
        with pytest.raises(CannotOpen, match="another key"):
            sealing.open_sealed(other, envelope)
        forged = bytes([sealing.ENVELOPE_VERSION]) + key_id(other.public_key) + envelope[9:]
        with pytest.raises(CannotOpen, match="damaged"):
            sealing.open_sealed(other, forged)


def test_a_record_that_was_changed_anywhere_is_not_opened(keys, layla):
    envelope = sealing.seal(keys.public, layla)
    assert keys.private

    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            sealing.open_sealed(keys.private, bytes(changed))


def test_sealed_records_have_two_sizes_and_never_look_alike(keys):
    short = [Person(bytes(16), TEXT, name, "a@b.example") for name in ("ا", "Layla", "x" * 300)]
    long = [Person(bytes(16), TEXT, LONGEST_NAME, address) for address in ("a" * 64 + "@example.org", "ل" * 127)]

    sizes = [[len(sealing.seal(keys.public, person)) for person in people] for people in (short, long)]

    version_key_and_box = 1 + 8 + 48
    assert sizes == [[512 + version_key_and_box] * 3, [1024 + version_key_and_box] * 2]
    assert sealing.seal(keys.public, short[0]) != sealing.seal(keys.public, short[0])
    assert keys.private
    for person in long:
        assert sealing.open_sealed(keys.private, sealing.seal(keys.public, person)) == person


def test_nothing_typed_can_be_read_in_a_record_or_a_letter_that_waits(keys, layla):
    stored = sealing.seal(keys.public, layla) + sealing.encrypt(keys.mail, layla.email + layla.name)

    for word in (layla.name, "Haddad", layla.email, "example.org"):
        assert word.encode() not in stored


def test_a_letter_that_waits_opens_with_its_own_key_only_and_hides_its_length(keys):
    short, long = sealing.encrypt(keys.mail, "a@b.example"), sealing.encrypt(keys.mail, "a" * 300 + "@b.example")

    assert sealing.decrypt(keys.mail, long) == "a" * 300 + "@b.example"
    assert len(short) == len(long)
    with pytest.raises(CannotOpen):
        sealing.decrypt(keys.tag, short)
    with pytest.raises(CannotOpen):
        sealing.decrypt(keys.mail, short[:-1] + bytes([short[-1] ^ 1]))


def test_every_spelling_of_one_mailbox_has_one_tag(keys):
    assert sum(map(len, MAILBOXES)) >= 40

    for spellings in MAILBOXES:
        tags = {spelling: sealing.mailbox_tag(keys.tag, spelling) for spelling in spellings}
        assert set(tags.values()) == {tags[spellings[0]]}, [one for one in tags if tags[one] != tags[spellings[0]]]


def test_different_mailboxes_have_different_tags(keys):
    different = [*OTHERS, *(spellings[0] for spellings in MAILBOXES)]

    assert len({sealing.mailbox_tag(keys.tag, address) for address in different}) == len(different)


def test_a_rule_of_a_provider_names_its_source_and_the_day_it_was_checked():
    providers = tomllib.loads(mailbox.RULES.read_text("utf-8"))["provider"]
    domains = [domain for one in providers for domain in one["joined"]]

    assert len(domains) == len(set(domains))
    for one in providers:
        assert one["source"].startswith("https://"), one
        assert isinstance(one["checked"], date), one


def test_a_tag_says_nothing_without_its_key(tmp_path, keys):
    make_keys(tmp_path / "other")
    other = load_keys(tmp_path / "other")

    assert sealing.mailbox_tag(keys.tag, "a@b.example") != sealing.mailbox_tag(other.tag, "a@b.example")
    assert sealing.content_mac(keys.tag, "a@b.example") != sealing.mailbox_tag(keys.tag, "a@b.example")
    assert sealing.content_mac(keys.tag, "ab", "c") != sealing.content_mac(keys.tag, "a", "bc")


def test_a_token_holds_128_random_bits_in_letters_that_no_mail_program_breaks():
    tokens = [sealing.new_token() for _ in range(2000)]

    assert len(set(tokens)) == 2000
    for token in tokens:
        assert len(token) == 26
        assert set(token) <= set(string.ascii_lowercase + "234567")
    for place in range(25):  # no place is fixed; the last one holds 3 bits
        assert len({token[place] for token in tokens}) == 32
    assert sealing.token_hash(tokens[0]) != sealing.token_hash(tokens[1])
    assert tokens[0].encode() not in sealing.token_hash(tokens[0])


@on_sqlite
def test_key_files_are_for_their_owner_alone(settings):
    keys = instance.key_folder(settings)

    assert oct(settings.data.stat().st_mode & 0o777) == oct(0o700)
    assert oct(keys.stat().st_mode & 0o777) == oct(0o700)
    assert sorted(file.name for file in keys.iterdir()) == [
        "desk.key",
        "form.key",
        "mail.key",
        "seal.private",
        "seal.public",
        "tag.key",
    ]
    assert {file.stat().st_mode & 0o777 for file in keys.iterdir()} == {0o600}


def test_keys_are_made_private_whatever_the_umask_and_never_twice(tmp_path):
    before = os.umask(0)
    try:
        make_keys(tmp_path / "keys")
    finally:
        os.umask(before)
    first = {file.name: file.read_bytes() for file in (tmp_path / "keys").iterdir()}

    make_keys(tmp_path / "keys")

    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {file.name: file.read_bytes() for file in (tmp_path / "keys").iterdir()} == first
    assert len(set(first.values())) == 6


def test_a_key_that_others_can_read_that_is_missing_or_broken_is_refused_with_what_to_do(tmp_path, keys):
    for name in ("tag.key", "mail.key", "form.key", "seal.public", "seal.private"):
        file = tmp_path / "keys" / name
        whole = file.read_bytes()
        for mode in (0o640, 0o604, 0o620, 0o602):
            file.chmod(mode)
            with pytest.raises(KeyFileError, match="can be read by others: run chmod 600"):
                load_keys(tmp_path / "keys")
        file.chmod(0o600)
        for broken in (b"", whole[:20], b"\xff" * 44, b"AAAA"):
            file.write_bytes(broken)
            with pytest.raises(KeyFileError, match="put it back from the backup"):
                load_keys(tmp_path / "keys")
        file.unlink()
        if name == "seal.private":
            assert load_keys(tmp_path / "keys").private is None
        else:
            with pytest.raises(KeyFileError, match="missing or broken"):
                load_keys(tmp_path / "keys")
        file.write_bytes(whole)
        file.chmod(0o600)


def test_ejecting_moves_the_private_key_whole_and_leaves_nothing(tmp_path, keys, layla):
    envelope, out = sealing.seal(keys.public, layla), tmp_path / "private.key"
    place = tmp_path / "keys" / "seal.private"
    linked = tmp_path / "second name of the same file"
    linked.hardlink_to(place)

    eject(tmp_path / "keys", out)

    assert not place.exists()
    assert set(linked.read_bytes()) == {0}  # overwritten before it was taken away
    assert out.stat().st_mode & 0o777 == 0o600
    assert sealing.open_sealed(PrivateKey(read_key(out)), envelope) == layla
    assert load_keys(tmp_path / "keys").private is None
    with pytest.raises(KeyFileError, match="not on this server"):
        eject(tmp_path / "keys", tmp_path / "again.key")


def test_ejecting_onto_a_file_that_is_there_changes_neither(tmp_path, keys):
    out = tmp_path / "private.key"
    out.write_text("something else")

    with pytest.raises(KeyFileError, match="already exists"):
        eject(tmp_path / "keys", out)

    assert out.read_text() == "something else"
    assert load_keys(tmp_path / "keys").private


def test_a_start_with_other_keys_than_the_database_was_made_with_is_refused(settings, tmp_path):
    keys = instance.key_folder(settings)
    make_keys(tmp_path / "others")

    for name, files in (("tag", ["tag.key"]), ("mail", ["mail.key"]), ("form", ["form.key"]), ("seal", ["seal.public"])):
        own = {file: (keys / file).read_bytes() for file in files}
        for file in files:
            (keys / file).write_bytes((tmp_path / "others" / file).read_bytes())
        for start in (instance.prepare, instance.check):
            with pytest.raises(KeyFileError, match=f"The {name} key .* is not the one this database was made with"):
                start(settings)
        for file, content in own.items():
            (keys / file).write_bytes(content)
    instance.prepare(settings)
    instance.check(settings)


def test_lost_keys_are_never_made_anew_beside_an_old_database(settings):
    for file in instance.key_folder(settings).iterdir():
        file.unlink()

    with pytest.raises(KeyFileError, match="put it back from the backup"):
        instance.prepare(settings)

    assert list(instance.key_folder(settings).iterdir()) == []
