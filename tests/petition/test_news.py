"""News: offered only where there is a key for it, sealed to that key alone, and gone when its signer says so."""

from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
from nacl.public import PrivateKey

from campaign.crypto import sealing
from campaign.crypto.sealing import CannotOpen
from campaign.database import now
from campaign.outbox.address import parse_address
from campaign.petition import deletion, news, news_key, plan, signing
from campaign.petition.forgotten import ForgottenEntry
from campaign.petition.key_rotation import KeyAlreadyUsed
from campaign.petition.models import Signature
from campaign.petition.news import NewsAgreement
from campaign.petition.news_key import NewsKey
from campaign.petition.plan import Days
from tests.people import link_in, parse, rows
from tests.servers import on_sqlite, wait_until

WRONG = "This is not the address you signed with. Nothing was changed."


@pytest.fixture
def site(app):
    """The state of the site."""
    return app.extensions["campaign"]


def set_key(site, key):
    """The key for news is this one from now on, and the pages know it."""
    with site.database.writing() as session:
        news_key.set_news_key(session, site.keys, key, now().date())
    site.snapshots.refresh()


@pytest.fixture
def private(site):
    """The private half of the key for news, which is on another machine."""
    made = PrivateKey.generate()
    set_key(site, made.public_key)
    return made


@pytest.fixture
def nour(visitor, post_office, private):
    """Nour has signed, confirmed and asked for news; the link."""
    visitor.sign(name="Nour Sabbagh", email="nour@example.org", news="y")
    link = link_in(post_office.deliver()[-1])
    visitor.press(link)
    return link


def token_of(app, private):
    """The token of the one agreement, as the machine that sends finds it."""
    [kept] = rows(app, NewsAgreement)
    return sealing.open_news(private, kept.sealed).token


def test_an_address_is_sealed_for_news_when_its_signature_counts(app, site, visitor, post_office, private):
    visitor.sign(name="Nour Sabbagh", email="nour@example.org", news="y")
    link = link_in(post_office.deliver()[-1])
    assert "Campaign news" in visitor.read(link).text
    assert rows(app, NewsAgreement) == []
    visitor.press(link)
    visitor.press(link)

    [kept], [signature] = rows(app, NewsAgreement), rows(app, Signature)
    found = sealing.open_news(private, kept.sealed)
    assert (found.email, found.language, found.record) == ("nour@example.org", "en", kept.id)
    assert kept.token_hash == sealing.token_hash(found.token)
    assert kept.signature_id == signature.id != kept.id
    assert signature.news
    with pytest.raises(CannotOpen, match="another key"):
        sealing.open_news(site.keys.private, kept.sealed)
    with pytest.raises(CannotOpen, match="another key"):
        sealing.open_sealed(private, signature.sealed)


@on_sqlite
def test_without_a_key_no_page_offers_news_and_a_box_that_was_sent_keeps_nothing(app, site, visitor, post_office, layla):
    assert 'name="news"' not in visitor.read("/en/sign").text
    assert 'value="ask"' not in visitor.read(layla).text
    visitor.sign(email="sami@example.org", news="y")
    visitor.press(link_in(post_office.deliver()[-1]))
    assert visitor.press(layla, act="ask", news_email="layla@example.org").status_code == 409
    assert rows(app, NewsAgreement) == []
    assert [one.news for one in rows(app, Signature)] == [False, False]

    set_key(site, PrivateKey.generate().public_key)
    assert 'name="news"' in visitor.read("/en/sign").text
    assert 'name="news"' not in visitor.read("/en/").text
    set_key(site, None)
    assert 'name="news"' not in visitor.read("/en/sign").text


@on_sqlite
def test_the_box_is_empty_and_says_that_it_is_less_safe(somebody, private):
    page = parse(somebody.read(f"/{somebody.language}/sign").text)

    [box] = [one for one in page.iter("input") if one.get("name") == "news"]
    hint = next(one for one in page.iter("p") if one.get("id") == box.get("aria-describedby"))
    assert box.get("checked") is None
    assert {"en": "Less safe", "ar": "أقل أمانًا"}[somebody.language] in "".join(hint.itertext())


@on_sqlite
def test_a_form_that_comes_back_keeps_the_tick(visitor, private):
    page = parse(visitor.sign(name="", news="y").text)

    assert next(one for one in page.iter("input") if one.get("name") == "news").get("checked") is not None


def test_a_signer_turns_news_on_with_the_address_that_signed_and_off_again(app, visitor, private, layla):
    wrong = visitor.press(layla, act="ask", news_email="sami@example.org")
    assert (wrong.status_code, wrong.text.count(WRONG)) == (422, 2)
    assert rows(app, NewsAgreement) == []

    for _ in range(2):
        answer = visitor.press(layla, act="ask", news_email="Layla@Example.org")
        assert (answer.status_code, answer.location) == (303, f"{layla}?changed=ask")
    [kept], [signature] = rows(app, NewsAgreement), rows(app, Signature)
    assert sealing.open_news(private, kept.sealed).email == "Layla@example.org"
    assert signature.news
    assert 'value="ask"' not in visitor.read(layla).text

    for _ in range(2):
        assert visitor.press(layla, act="news").location == f"{layla}?changed=news"
    assert rows(app, NewsAgreement) == []
    assert not rows(app, Signature)[0].news
    assert kept.id in {entry.id for entry in rows(app, ForgottenEntry)}  # so that no backup brings it back
    assert 'value="ask"' in visitor.read(layla).text


def test_the_link_in_the_news_asks_and_ends_it_and_says_the_same_of_an_unknown_one(app, visitor, private, nour):
    known, unknown = (f"/en/unsubscribe/{one}" for one in (token_of(app, private), "a" * 26))
    asked = visitor.read(known)
    assert asked.text.replace(known[-26:], "") == visitor.read(unknown).text.replace(unknown[-26:], "")
    assert (asked.headers["Referrer-Policy"], asked.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert len(rows(app, NewsAgreement)) == 1

    for path in (unknown, known, known):
        answer = visitor.client.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"})
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
        assert "No more news" in answer.text
        assert (rows(app, NewsAgreement) == []) == (path == known)
    done = {visitor.client.post(path, content_type="multipart/form-data").text for path in (unknown, known)}
    assert len({text.replace(unknown[-26:], "").replace(known[-26:], "") for text in done}) == 1
    assert [one.news for one in rows(app, Signature)] == [False]


@pytest.mark.parametrize("way", ["withdrawn", "erased", "removed", "deleted on its day"])
def test_however_a_signature_goes_what_is_kept_for_news_goes_with_it(app, site, settings, visitor, nour, way):
    [kept], [signature] = rows(app, NewsAgreement), rows(app, Signature)
    day = now().date()
    if way == "withdrawn":
        visitor.press(nour, act="withdraw")
    elif way == "erased":
        with site.database.writing() as session:
            assert signing.erase(session, site.keys, "nour@example.org", day)
    elif way == "removed":
        with site.database.writing() as session:
            session.execute(sa.delete(Signature).where(Signature.id == signature.id))
    else:
        with site.database.writing() as session:
            plan.set_plan(session, Days(None, day, None, day + timedelta(days=8)), by=plan.COMMAND, today=day)
        assert deletion.delete_due(site.database, day + timedelta(days=9)) == 1

    assert rows(app, Signature) == rows(app, NewsAgreement) == []
    site.database.truncate_log()
    for file in settings.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(value in content for value in (kept.sealed, kept.token_hash)), file.name


@on_sqlite
def test_a_key_that_was_slipped_into_the_database_is_not_used_and_is_reported(site, visitor, private):
    slipped = PrivateKey.generate().public_key
    with site.database.writing() as session:
        session.add(NewsKey(number=2, public=bytes(slipped), code=bytes(32), since=now().date()))
    with site.database.reading() as session:
        assert news_key.newest_news_key(session, site.keys) == private.public_key
        [problem] = news_key.news_key_problems(session, site.keys)
    assert problem.startswith("This campaign did not add key 2 for news")


@on_sqlite
def test_the_key_of_the_signatures_is_none_for_news(site):
    with pytest.raises(KeyAlreadyUsed):
        set_key(site, site.keys.public)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("way", ["asks too", "withdraws"])
def test_news_that_is_asked_for_twice_at_once_or_while_its_signer_withdraws_is_no_error(app, site, private, layla, way):
    [signature] = rows(app, Signature)
    failed = []

    def ask(session):
        news.agree(session, site.keys, signature=signature.id, email=parse_address("layla@example.org"), language="en")

    def ask_elsewhere():
        try:
            with site.database.writing() as session:
                ask(session)
        except sa.exc.SQLAlchemyError as error:
            failed.append(error)

    other = Thread(target=ask_elsewhere)
    with site.database.writing() as session:
        if way == "asks too":
            ask(session)
        else:
            signing.withdraw(session, session.get_one(Signature, signature.id), now().date())
            session.flush()
        other.start()
        wait_until(lambda: is_waiting(site.database))
    other.join()

    assert failed == []
    assert len(rows(app, NewsAgreement)) == (1 if way == "asks too" else 0)


def is_waiting(database):
    """Whether somebody waits for a lock of another transaction."""
    with database.reading() as session:
        waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return session.scalar(waiting) > 0
