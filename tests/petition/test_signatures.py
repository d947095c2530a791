"""The names: only those that their signers chose to show, by day, in the order of chance."""

import re
import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.languages import LANGUAGES, day
from campaign.petition import name_index
from campaign.petition.models import Signature
from tests.people import link_in, parse, publish

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 8, 11, tzinfo=UTC)
BEFORE_MIDNIGHT = MIDNIGHT - timedelta(seconds=1)


@pytest.fixture
def signed(app):
    """Puts confirmed signatures into the database: (shown words or none, day)."""

    def put(*signatures):
        values = {"sealed": b"", "language": "en", "country": None, "news": False, "text_sha256": "0" * 64}
        new = [
            values
            | {name: secrets.token_bytes(16) for name in ("id", "tag", "token_hash")}
            | {"shown_as": words, "confirmed_on": day}
            for words, day in signatures
        ]
        with app.extensions["campaign"].database.writing() as session:
            session.execute(sa.insert(Signature), new)

    return put


def shown(answer):
    """The names on a page, by the heading above them."""
    page = parse(answer.text)
    return {
        "".join(section.find("h2").itertext()): ["".join(name.itertext()) for name in section.iter("bdi")]
        for section in page.iter("section")
        if section.find("h2") is not None
    }


def test_only_chosen_names_are_shown_in_the_words_that_were_chosen(visitor, layla, sami):
    answer = visitor.read_names()

    assert list(shown(answer).values()) == [["Layla"]]
    assert "Haddad" not in answer.text
    assert "Sami" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"


def test_names_stand_under_their_day_the_newest_first_in_the_readers_language(app, visitor, reader, signed):
    signed(("first", date(2026, 8, 9)), ("second", date(2026, 8, 10)), ("ثالث", date(2026, 8, 10)), (None, date(2026, 8, 11)))

    english, arabic = shown(visitor.read("/en/signatures")), shown(reader.read("/ar/signatures"))

    assert list(english) == ["10 August 2026", "9 August 2026"]
    assert list(arabic) == ["10 آب 2026", "9 آب 2026"]
    assert set(english["10 August 2026"]) == {"second", "ثالث"}
    assert list(english.values()) == list(arabic.values())
    assert not re.search(r"\d\d:\d\d", visitor.read("/en/signatures").text)


def test_the_order_within_a_day_says_nothing_about_who_came_first(visitor, signed):
    names = [f"name {number}" for number in range(60)]
    for name in names:
        signed((name, date(2026, 8, 10)))

    found = shown(visitor.read("/en/signatures"))["10 August 2026"]

    assert sorted(found) == sorted(names)
    assert found != names
    assert found != names[::-1]
    assert found == shown(visitor.read("/en/signatures"))["10 August 2026"]


def test_every_name_stands_on_exactly_one_page(visitor, signed):
    signed(*((f"{day} {number}", date(2026, 8, day)) for day in (9, 10) for number in range(230)))

    found, path, pages = [], "/en/signatures", 0
    while path:
        answer = visitor.read(path)
        found += [name for names in shown(answer).values() for name in names]
        following = re.search('rel="next" href="([^"]+)"', answer.text)
        path, pages = following[1] if following else "", pages + 1

    assert pages == 3
    assert len(found) == len(set(found)) == 460
    assert [name.split()[0] for name in found] == ["10"] * 230 + ["9"] * 230


def test_names_of_today_wait_until_the_day_is_over(visitor, signed):
    signed(("yesterday", NOON.date() - timedelta(days=1)), ("today", NOON.date()))
    for moment, names in ((NOON, [["yesterday"]]), (BEFORE_MIDNIGHT, [["yesterday"]]), (MIDNIGHT, [["today"], ["yesterday"]])):
        with time_machine.travel(moment, tick=False):
            assert [*shown(visitor.read("/en/signatures")).values()] == names


def test_other_words_of_an_old_signature_wait_until_the_day_is_over_and_old_ones_go_at_once(app, visitor, layla):
    with time_machine.travel(now() + timedelta(days=30)):
        assert "Layla" in visitor.read("/en/signatures").text

        visitor.press(layla, act="show", shown_as="L. of Aleppo")

        tomorrow = day((now() + timedelta(days=1)).date(), LANGUAGES["en"])
        assert f"This will be shown from {tomorrow} (UTC)" in visitor.read(layla).text
        assert shown(visitor.read("/en/signatures")) == {}
        assert [*shown(visitor.read_names()).values()] == [["L. of Aleppo"]]
    with time_machine.travel(now() + timedelta(days=31)):
        assert "This will be shown from" not in visitor.read(layla).text
        visitor.press(layla, act="hide")
        assert shown(visitor.read("/en/signatures")) == {}


def test_a_signer_is_told_from_which_day_the_name_is_shown(somebody, post_office):
    somebody.sign(shown_as="Layla")
    link = link_in(post_office.deliver()[-1])
    hint = {"en": "Shown from the day after", "ar": "في اليوم التالي للتأكيد"}[somebody.language]
    assert hint in somebody.read(link).text

    somebody.press(link)

    assert day((now() + timedelta(days=1)).date(), LANGUAGES[somebody.language]) in somebody.read(link).text


def test_without_a_name_the_page_says_so(somebody):
    answer = somebody.read(f"/{somebody.language}/signatures")

    assert {"en": "No names are shown yet.", "ar": "لا يظهر أي اسم بعد."}[somebody.language] in answer.text


def sought(visitor, words):
    """The names that a search finds, a day from now."""
    with time_machine.travel(now() + timedelta(days=1)):
        answer = visitor.client.post(f"/{visitor.language}/signatures", data={"sought": words})
    return answer, sorted(name for names in shown(answer).values() for name in names)


def test_a_name_is_found_however_it_is_written_and_the_address_does_not_say_whose(somebody, signed, app):
    signed(("Layla Haddad", NOON.date()), ("ليلى حدّاد", NOON.date()), ("Omar", NOON.date()), (None, NOON.date()))
    with app.extensions["campaign"].database.writing() as session:
        named = session.execute(sa.select(Signature.id, Signature.shown_as).where(Signature.shown_as.is_not(None)))
        name_index.index_names(session, {row.id: row.shown_as for row in named})

    for words, found in (
        ("layla", ["Layla Haddad"]),
        ("HADDAD lay", ["Layla Haddad"]),
        ("ليلي", ["ليلى حدّاد"]),
        ("حداد", ["ليلى حدّاد"]),
        ("om", []),  # two letters are a whole word
        ("nobody", []),
        ("", ["Layla Haddad", "Omar", "ليلى حدّاد"]),
    ):
        answer, names = sought(somebody, words)
        assert (answer.status_code, names) == (200, sorted(found)), words
        assert "?" not in answer.request.url


def test_a_search_finds_nothing_that_the_page_does_not_show(visitor, layla):
    today = visitor.client.post("/en/signatures", data={"sought": "Layla"})
    assert "<bdi>Layla</bdi>" not in today.text  # from tomorrow on

    assert sought(visitor, "Layla")[1] == ["Layla"]
    assert sought(visitor, "Haddad")[1] == []  # her name, which she does not show


def test_the_page_says_how_many_names_are_shown_and_pages_both_ways(somebody, signed):
    signed(*[(f"Name {number}", date(2026, 1, 1) + timedelta(days=number)) for number in range(250)], (None, NOON.date()))
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC)):
        first = somebody.read(f"/{somebody.language}/signatures")
        [following] = [link.get("href") for link in parse(first.text).iter("a") if link.get("rel") == "next"]
        second = somebody.read(following)
        [back] = [link.get("href") for link in parse(second.text).iter("a") if link.get("rel") == "prev"]

        assert {"en": "250 names are shown.", "ar": "يظهر 250 اسمًا."}[somebody.language] in first.text
        assert (len(shown(first)), len(shown(second))) == (200, 50)
        assert shown(somebody.read(back)) == shown(first)
        assert 'rel="prev"' not in first.text


@pytest.mark.parametrize("path", ["", "testimony", "petition", "sign"])
def test_the_names_are_reached_from_the_count_and_end_with_the_button(app, somebody, layla, path):
    publish(app)

    tally = somebody.read(f"/{somebody.language}/{path}").text.partition('class="tally"')[2].partition("</div>")[0]
    page = somebody.read_names().text.partition("</footer")[0].partition("<footer")[0]

    assert f'href="/{somebody.language}/signatures"' in tally
    assert page.rindex(f'href="/{somebody.language}/sign"') > page.rindex("<bdi>")
