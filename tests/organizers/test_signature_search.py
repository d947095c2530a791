"""Finding: however a name is written, by day, country and language, page by page."""

import itertools
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.organizers import signature_search
from campaign.organizers.signature_search import SignatureSearch
from campaign.organizers.signature_search import build_query as sought
from campaign.petition import name_index
from campaign.petition.name_index import NameIndex, NameWord, index_words, query_words
from campaign.server.worker import periodic_tasks
from tests.organizers.stored import DAY, propose, store
from tests.organizers.test_removal_rules import remove


@pytest.fixture
def find(app):
    """The shown names that are found, in the order of the pages, all pages."""

    def names(**wanted):
        found, after = [], ""
        while after is not None:
            with app.extensions["campaign"].database.reading() as session:
                listing = signature_search.search_page(session, sought(session, SignatureSearch(**wanted)), after=after)
            found += [row.shown_as for row in listing.rows]
            after = listing.next
        return found

    return names


APOSTROPHES = ("O'Brien", "O’Brien", "OʼBrien", "O`Brien", "O´Brien", "OʿBrien", "OʾBrien", "OBrien", "O Brien")
FOUND = [
    ("أحمد", "احمد"),
    ("فاطمة", "فاطمه"),
    ("عبد الله", "عبدالله"),
    ("عبدالله", "عبد الله"),
    ("محمد بن عبدالله", "بن عبد الله"),
    ("نور الدين", "نورالدين"),
    ("نورالدين", "نور الدين"),
    ("نورالدين", "دين"),
    ("عزّ الدين القسام", "عزالدين"),
    ("علاءالدين", "علاء الدين"),
    ("جاد الله", "جادالله"),
    ("جادالله", "جاد الله"),
    ("عبدالرحمن", "عبد الرحمن"),
    ("Abdelrahman", "Abd el-Rahman"),
    ("Abdel Rahman", "abdelrahman"),
    ("مُحَمَّد", "محمد"),
    ("محـمـد", "محمد"),
    ("عليّ", "على"),
    ("ﻣﺤﻤﺪ", "محمد"),
    ("أبو بكر", "ابوبكر"),
    ("José Álvarez", "jose alv"),
    ("Abd al-Rahman", "abdalrahman"),
    ("Layla Haddad", "haddad LAY"),
    ("کریم", "كريم"),
    ("نور ٣٩", "39"),
    ("Işık", "isik"),
    ("ه\u200cیوا", "هيوا"),
    ("سمير الحداد", "حداد"),
    ("سمير حداد", "الحداد"),
    ("سمير اَلْحَدَّاد", "ال حداد"),
    ("آلاء", "الاء"),
    ("إلياس", "الياس"),
    ("الياس", "إلياس"),
    ("Sami Al-Haddad", "haddad"),
    ("Sami Haddad", "al haddad"),
    ("Sami Alhaddad", "el-haddad"),
    ("ئازاد", "ازاد"),
    ("ئازاد", "آزاد"),
    ("ئەحمەد", "أحمد"),
    ("رؤى", "رویٰ"),
    ("پەروین", "بروين"),
    ("٣٩ نور", "۳۹"),
    *itertools.product(APOSTROPHES, APOSTROPHES),
    ("D’Angelo", "angelo"),
    ("Sa‘id", "said"),
    ("ʿAlī", "ali"),
    ("Аdmin", "Admin"),  # with a Cyrillic letter
    ("Admin", "Аdmin"),
    ("νiolet", "violet"),  # with Greek ones
    ("Νick", "nick"),
    ("Роман", "роман"),
    ("Νίκος", "νικος"),
    ("Ｌａｙｌａ", "layla"),
    ("Łukasz", "lukasz"),
    ("(Layla)", "layla"),
    ("Abdul Khan", "khan abdul"),
    ("Khan Abdul", "khan abdul"),
]
NOT_FOUND = [
    ("حسين", "حسن"),
    ("نور", "نورا"),
    ("Layla Haddad", "ayla"),
    ("Layla", "Layla Haddad"),
    ("Layla", "'"),
    ("رضا", "رضى"),
    ("ياسر", "إلياس"),
    ("احمد", "آلاء"),
    ("Ines", "Aline"),
    ("غزالي", "غز الي"),  # one word, with the letters of an article in it
]


def test_a_name_is_found_however_it_is_written(app, find):
    store(app, "Somebody Else", None, *(name for name, _ in FOUND))

    for name, query in FOUND:
        assert name in find(name=query), (name, query)


def test_another_name_is_not_found(app, find):
    store(app, *(name for name, _ in NOT_FOUND))

    for name, query in NOT_FOUND:
        assert query_words(query) == [] or name not in find(name=query), (name, query)


@pytest.fixture
def older(app, settings):
    """Two names, of which one has the words of an earlier version; the other one was removed."""
    haddad, gone = store(app, "سمير الحداد", "Somebody Gone")
    database = app.extensions["campaign"].database
    remove(database, propose(app, [gone]))
    with database.writing() as session:
        name_index.unindex(session, haddad)
        session.add_all(NameWord(word=word, signature_id=haddad) for word in ("سمير", "الحداد", "of-before"))
        session.execute(sa.delete(NameIndex))
    return database


def words(database):
    """Return every word of the index."""
    with database.reading() as session:
        return set(session.scalars(sa.select(NameWord.word)))


def test_the_words_of_an_earlier_version_are_made_anew_at_the_next_start(older, settings, find):
    assert find(name="حداد") == []

    instance.prepare(settings)

    assert find(name="حداد") == ["سمير الحداد"]
    assert words(older) == index_words("سمير الحداد")


def test_they_are_made_anew_some_at_a_time_and_not_twice(app, older, monkeypatch):
    store(app, *["Layla"] * 5)
    monkeypatch.setattr(name_index, "NAMES_AT_ONCE", 2)
    taken, index_names = [], name_index.index_names
    monkeypatch.setattr(name_index, "index_names", lambda session, names: taken.append(len(names)) or index_names(session, names))

    for _ in range(2):
        name_index.make_anew_if_older(older)

    assert taken == [2, 2, 2, 0]


def test_a_start_that_was_cut_off_leaves_them_to_the_next_one(app, older, settings, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(name_index, "index_names", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            instance.prepare(settings)
    assert "of-before" in words(older)

    instance.prepare(settings)

    assert words(older) == index_words("سمير الحداد")


def test_a_name_with_two_words_that_begin_alike_is_found_once(app, find):
    store(app, "Sam Samson", "Samir")

    assert sorted(find(name="sam")) == ["Sam Samson", "Samir"]
    assert find(name="sams sam") == ["Sam Samson"]


def test_no_name_that_the_form_takes_has_a_word_too_long_for_the_index():
    longest = "ﷺ" * 100

    assert max(map(len, index_words(longest) | index_words("a" * 400))) == 40
    assert query_words("a" * 400) == ["a" * 40]


def test_pages_follow_one_another_without_a_gap_and_back_again(app):
    stored = {}
    for days in range(4):
        for record in store(app, *["Layla"] * 40, day=DAY - timedelta(days=days)):
            stored[record] = days
    database = app.extensions["campaign"].database

    def page(**where):
        with database.reading() as session:
            return signature_search.search_page(session, sought(session, where.pop("wanted", SignatureSearch())), **where)

    for wanted in (SignatureSearch(), SignatureSearch(name="layla"), SignatureSearch(state="shown")):
        pages = [page(wanted=wanted)]
        while pages[-1].next:
            pages.append(page(wanted=wanted, after=pages[-1].next))
        assert [len(one.rows) for one in pages] == [50, 50, 50, 10]
        assert {row.id for one in pages for row in one.rows} == set(stored)
        assert [one.previous is None for one in pages] == [True, False, False, False]
        back = page(wanted=wanted, before=pages[2].previous)
        assert [row.id for row in back.rows] == [row.id for row in pages[1].rows]
        assert page(wanted=wanted, before=pages[1].previous).previous is None
    days = [row.day for row in page().rows]
    assert days == sorted(days, reverse=True)


def test_a_key_that_is_none_of_ours_leads_to_the_first_page(app):
    store(app, "Layla")
    with app.extensions["campaign"].database.reading() as session:
        for key in ("x", ".", "2026-02-30." + "0" * 32, "\0." + "0" * 32, "2026-11-20.zz", "'" * 100):
            for wanted in (SignatureSearch(), SignatureSearch(name="layla"), SignatureSearch(state="waiting")):
                assert signature_search.search_page(session, sought(session, wanted), after=key, before=key).previous is None


def test_filters_narrow_what_is_found_alone_and_together(app, find):
    store(app, "Layla", country="SY", language="ar")
    store(app, "Sami", country="TR", language="ar", day=DAY + timedelta(days=1))
    store(app, "Nour", country="SY", language="en", day=DAY + timedelta(days=2))

    assert find(country="SY") == ["Nour", "Layla"]
    assert find(language="ar") == ["Sami", "Layla"]
    assert find(country="SY", language="ar") == ["Layla"]
    assert find(since=DAY + timedelta(days=1)) == ["Nour", "Sami"]
    assert find(until=DAY) == ["Layla"]
    assert find(name="n", country="SY") == ["Nour"]
    assert find(name="layla", country="TR") == []
    assert find(name="layla", since=DAY, until=DAY, language="ar") == ["Layla"]


def test_each_state_has_its_own_list(app, find, visitor, post_office):
    ids = store(app, "Layla", None, "Sami")
    visitor.sign(email="nour@example.org", shown_as="Nour", country="SY")
    remove(app.extensions["campaign"].database, propose(app, ids[:1]))

    assert sorted(find(), key=str) == [None, "Sami"]
    assert find(state="shown") == ["Sami"]
    assert find(state="removed") == ["Layla"]
    assert find(state="waiting") == find(state="waiting", country="SY") == [None], "its words are still locked"
    assert find(state="waiting", country="TR") == []
    assert find(name="layla") == find(name="nour") == []


def confirm_with_the_older_program(app, database):
    """Store a name with words of an earlier version, as the older program does that still answers."""
    [haddad] = store(app, "سمير الحداد")
    with database.writing() as session:
        name_index.unindex(session, haddad)
        session.add_all(NameWord(word=word, signature_id=haddad) for word in ("سمير", "الحداد", "of-before"))


@pytest.mark.parametrize("starts", [1, 3])
def test_a_name_that_the_older_program_stored_after_migrating_is_found_once_the_timed_work_has_run(app, settings, find, starts):
    database = app.extensions["campaign"].database
    with database.writing() as session:
        session.execute(sa.delete(NameIndex))
    name_index.make_anew_if_older(database)
    confirm_with_the_older_program(app, database)
    for _ in range(starts):
        instance.prepare(settings)
    tasks = periodic_tasks(settings, database)
    [task] = [one for one in tasks if isinstance(getattr(one.do, "__self__", None), name_index.Remaking)]

    while not task.do():
        pass

    assert find(name="حداد") == ["سمير الحداد"]
    assert words(database) == index_words("سمير الحداد")


def test_the_timed_work_makes_them_once_more_some_at_a_time_and_then_no_more(app, monkeypatch):
    store(app, *["Layla"] * 3)
    monkeypatch.setattr(name_index, "NAMES_AT_ONCE", 2)
    taken, index_names = [], name_index.index_names
    monkeypatch.setattr(name_index, "index_names", lambda session, names: taken.append(len(names)) or index_names(session, names))
    remaking = name_index.Remaking(app.extensions["campaign"].database)

    assert [remaking.run() for _ in range(5)] == [False, False, True, True, True]
    assert taken == [2, 1, 0]
