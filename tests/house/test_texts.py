"""The texts: the testimony word for word, quoted exactly, and honest about what it is and what was done."""

import hashlib
import re
from dataclasses import replace
from html import unescape

from campaign import create_app
from campaign.content import pages
from campaign.content.pages import MISSING_NOTE
from campaign.database import now
from campaign.identity import Identity
from campaign.languages import LANGUAGES
from campaign.petition.published import TextKind, new_row
from campaign.state import AppState
from tests.own_texts import OWN_TEXTS, own_texts
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = own_texts
ENGLISH = {
    "title": "79a59c64ad8ba66f42e41d4d52b96d93aeb5048fb85050a6300614bec557094a",
    "byline": "c0a98f9f0b366450af709527762d968d3fced88debe081e76cff7a5c9e055bc4",
    "p1": "be0c18f20b70bea3b6264074918192fe721a50092afabdc07d10ebce6dfe189d",
    "p2": "3e78b8aee53e9e2b668927345389f46301663b1ab4c070712be8b7611b24ae89",
    "p3": "44630a98dd38fcb62334b131b9fd4c80c32cb0989e7a25bddd9808d9ad3d4233",
    "p4": "dff16bbe8906c6471b3834b00574eae10417a66785efa680dc87b157034b3be4",
    "p5": "0d62e99cc5aa42e8cff6215007c18c6c27c8d666d72d7a76e86985bd67049fd1",
    "p6": "64225edbb2b4abdfca8d5f16055556a72b26b83774607a3e02dc045185076c7e",
}
SENTENCES = [3, 5, 3, 1, 2, 6]
# Words that would add to the testimony what it does not say.
RED = "استشهد شهداء شهيد مجزرة إبادة كارثة المجرم الغاشم عصابات العصابة المحرَّر المحرر الاحتلال مرتزقة بشار".split()
QUOTED = re.compile("“([^”]+)”|«([^»]+)»")
TEXTS = pages.load_texts(OWN_TEXTS)
WORDS = {code: [paragraph.words for paragraph in here.testimony.paragraphs] for code, here in TEXTS.items()}


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def paragraphs(answer):
    """The paragraphs of the testimony as a page shows them, without their numbers."""
    found = {}
    for element in parse(answer.text).iter("p"):
        if re.fullmatch("p[1-6]", element.get("id") or ""):
            place = element.find("a")
            found[element.get("id")] = "".join(element.itertext()).removeprefix("".join(place.itertext()))
    return found


def test_the_english_testimony_stands_in_its_file_word_for_word():
    testimony = TEXTS["en"].testimony
    byline = next(form["name"] for form in testimony.meta["byline"] if form["key"] == "full")
    parts = [testimony.title, byline, *WORDS["en"]]

    assert dict(zip(ENGLISH, map(sha256, parts), strict=True)) == ENGLISH


@on_sqlite
def test_the_english_testimony_stands_on_its_page_and_in_the_plain_text_word_for_word(visitor):
    page = visitor.read("/en/testimony")
    tree = parse(page.text)
    title = "".join(next(tree.iter("h1")).itertext())
    byline = next("".join(one.itertext()) for one in tree.iter("p") if one.get("class") == "byline")
    plain = visitor.read("/en/testimony.txt").text.split("\n\n")

    shown = {"title": title, "byline": byline} | paragraphs(page)
    assert {name: sha256(text) for name, text in shown.items()} == ENGLISH
    assert [sha256(part) for part in plain if sha256(part) in ENGLISH.values()] == list(ENGLISH.values())


@on_sqlite
def test_the_arabic_plain_text_reads_from_right_to_left_line_by_line(visitor):
    lines = [line for line in visitor.read("/ar/testimony.txt").text.splitlines() if line]

    *told, address = lines
    assert all(line[:2] == "\u200f\u2067" and line[-1] == "\u2069" for line in told)
    assert [line[2:-1] for line in told if line[2:-1] in WORDS["ar"]] == WORDS["ar"]
    assert address == "http://localhost:8000/ar/testimony"


@on_sqlite
def test_a_paragraph_that_is_not_translated_yet_runs_from_left_to_right_in_the_arabic_plain_text(app, reader, monkeypatch):
    site: AppState = app.extensions["campaign"]
    testimony = site.texts["ar"].testimony
    english = replace(testimony.paragraphs[1], words="Not yet.", language=LANGUAGES["en"], note=MISSING_NOTE)
    changed = replace(testimony, paragraphs=(testimony.paragraphs[0], english))
    monkeypatch.setitem(site.texts, "ar", replace(site.texts["ar"], testimony=changed))

    lines = reader.read("/ar/testimony.txt").text.splitlines()

    assert lines[lines.index("Not yet.") - 1].startswith("\u200f\u2067[")


@on_sqlite
def test_both_languages_stand_side_by_side_whole(visitor):
    for here, there in (("en", "ar"), ("ar", "en")):
        page = unescape(visitor.read(f"/{here}/testimony/beside/{there}").text)
        for code in LANGUAGES:
            for paragraph in WORDS[code]:
                assert page.count(paragraph) == 1


def test_the_arabic_has_the_same_paragraphs_and_sentences():
    for code, end in (("en", r"[.](?= |$)"), ("ar", r"[.](?= |$)")):
        found = [len(re.findall(end, paragraph)) for paragraph in WORDS[code]]
        assert found == SENTENCES, code


def test_the_arabic_adds_nothing_that_the_testimony_does_not_say():
    testimony = TEXTS["ar"].testimony
    text = " ".join([testimony.title, str(testimony.meta["byline"]), *WORDS["ar"]])
    bare = re.sub("[\u064b-\u0652\u0640]", "", text)

    for word in RED:
        assert not re.search(rf"(?<![ء-ي])(?:[وفبلك]|ال)*{re.sub('[ً-ْ]', '', word)}", bare), word
    assert re.findall(r"\d+", text) == ["39"]
    assert text.count("آب (أغسطس)") == text.count("أغسطس") == 1
    assert "ـ" not in text


def test_every_quotation_is_an_exact_part_of_the_testimony_in_its_language():
    for code, here in TEXTS.items():
        body = here.testimony.body
        quoted = [one or other for one, other in QUOTED.findall(here.petition.body)]
        assert len(quoted) >= 3, code
        for passage in [*quoted, here.testimony.description, *here.testimony.meta["heart"]]:
            assert passage in body, (code, passage)


@on_sqlite
def test_the_heart_on_the_first_page_leads_to_the_paragraph_it_is_from(visitor):
    for code, here in TEXTS.items():
        tree = parse(visitor.read(f"/{code}/").text)
        quote = next(tree.iter("blockquote"))
        passages = list(quote.iter("p"))
        assert len(passages) == len(here.testimony.meta["heart"])
        for passage, words in zip(passages, here.testimony.meta["heart"], strict=True):
            link = passage.find("a")
            number = link.get("href").partition("#p")[2]
            assert "".join(passage.itertext()) == words
            assert link.get("data-place") == number
            assert words in WORDS[code][int(number) - 1]


@on_sqlite
def test_every_page_with_the_testimony_says_that_it_is_undated(visitor):
    for code, here in TEXTS.items():
        for path in ("", "testimony", "testimony.txt", "testimony/beside/" + ("ar" if code == "en" else "en")):
            assert here.testimony.meta["undated"] in unescape(visitor.read(f"/{code}/{path}").text), (code, path)


@on_sqlite
def test_every_page_that_quotes_the_arabic_says_that_it_is_a_translation_nobody_has_reviewed(app, visitor):
    arabic = TEXTS["ar"]
    quotes = [*WORDS["ar"], arabic.testimony.title, *arabic.testimony.meta["heart"]]
    quotes += [one or other for one, other in QUOTED.findall(arabic.petition.body)]
    rules = [rule.rule for rule in app.url_map.iter_rules() if "<lang:lang>" in rule.rule and "token" not in rule.rule]
    twins = (("ar", "en"), ("en", "ar"))
    paths = [rule.replace("<lang:lang>", here).replace("<lang:other>", there) for rule in rules for here, there in twins]
    found = []
    for path in paths:
        answer = visitor.read(path)
        if not answer.mimetype.startswith("text/") or answer.status_code != 200:
            continue
        text = unescape(answer.text)
        shown = text.partition("<body>")[2] or text
        if any(passage in shown for passage in quotes):
            found.append(path)
            assert "ترجمة عن النص باللغة الإنجليزية لم يراجعها بعد أحد" in shown, path
    assert {"/ar/", "/ar/testimony", "/ar/testimony.txt", "/ar/testimony/beside/en", "/en/testimony/beside/ar"} <= set(found)
    assert {"/ar/petition", "/ar/sign"} <= set(found)


@on_sqlite
def test_what_is_a_translation_says_so_in_its_file(app):
    with app.test_request_context("/ar/"):
        standing = [text.standing for text in (TEXTS["ar"].testimony, TEXTS["ar"].petition)]
    for text in (TEXTS["ar"].testimony, TEXTS["ar"].petition):
        assert text.status == pages.TRANSLATED
    assert all("لم يراجعها بعد أحد" in sentence for sentence in standing)
    assert TEXTS["en"].testimony.status == pages.ORIGINAL


@on_sqlite
def test_the_letters_page_says_to_whom_it_goes_and_that_nothing_was_delivered_yet(visitor):
    nothing = {"en": "Nothing has been delivered yet.", "ar": "لم يُسلَّم شيء بعد."}
    for code, here in TEXTS.items():
        page = unescape(visitor.read(f"/{code}/petition").text)
        assert nothing[code] in page
        assert here.petition.meta["deliveries"] == []
        for addressee in Identity.read(OWN_TEXTS).addressees:
            assert addressee["name"][code] in page


@on_sqlite
def test_who_answers_for_the_campaign_is_named_or_said_to_be_missing(visitor, settings):
    missing = {"en": "Nobody has been named yet.", "ar": "لم تُذكر أي جهة بعد."}
    for code in LANGUAGES:
        for page in ("privacy", "about"):
            shown = visitor.read(f"/{code}/{page}").text
            assert "The test campaign, test@example.org" in shown
            assert missing[code] not in shown

    database = visitor.client.application.extensions["campaign"].database
    with database.writing() as session:
        session.add(new_row((TextKind.CONTACT, ""), "", now().date()))
    silent = create_app(settings)
    for code in LANGUAGES:
        for page in ("privacy", "about"):
            assert missing[code] in silent.test_client().get(f"/{code}/{page}").text
    silent.extensions["campaign"].database.close()
