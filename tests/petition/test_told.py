"""Told where it is typed: what is published, who may be endangered, who answers, and what is asked."""

import pytest
import sqlalchemy as sa

from campaign import create_app, instance
from campaign.config import Settings
from campaign.petition.models import Publication, Submission
from tests.people import Visitor, rows
from tests.servers import on_sqlite

PUBLIC = {"base_url": "https://petition.example.org"}
WORDS = {
    "en": {
        "name": "Not published. Only organizers who hold the key can read it.",
        "shown_as": "This becomes public: on the page of names, and with the letter when it is handed over. You can hide "
        "it later",
        "danger": "It can endanger readers of Velora and people with family there.",
        "safer": "Safer: a pen name, no country, a mail provider that does not know who you are.",
        "asked": ("open the library", "mend the roof", "light the reading room", "look away from the lists"),
        "closed": "You cannot sign yet: the campaign has not said who is responsible for it.",
    },
    "ar": {
        "name": "لا يُنشر. ولا يستطيع قراءته إلا من لديه المفتاح",
        "shown_as": "يصبح هذا علنيًا، في صفحة الأسماء ومع الرسالة عند تسليمها. ويمكن إخفاؤه لاحقًا",
        "danger": "وقد يعرّض للخطر قرّاء فيلورا ومن لهم أهل فيها.",
        "safer": "الأكثر أمانًا: اسم مستعار، وعدم ذكر البلد",
        "asked": ("يفتح المكتبة", "يصلح السقف", "ينير قاعة القراءة", "يُغفل القوائم"),
        "closed": "لا يمكن التوقيع بعد: لم تُذكر الجهة المسؤولة عن هذه الحملة.",
    },
}


@pytest.fixture
def begin(tmp_path, mailbox):
    """Make a new campaign with settings of its own, and no contact unless they have one."""

    def make(**chosen):
        found = Settings(data=tmp_path / "new", mail_url=mailbox.url, mail_from="campaign@example.org", **chosen)
        instance.prepare(found)
        return create_app(found)

    return make


@on_sqlite
def test_the_form_says_what_is_published_and_who_may_be_endangered(somebody):
    words = WORDS[somebody.language]
    for path in ("", "sign"):
        form = somebody.read(f"/{somebody.language}/{path}").text.partition("<form")[2]
        for place in ("name", "danger", "safer"):
            assert form.index(words[place]) < form.index('<p class="act">'), (path, place)
        assert (words["shown_as"] in form) == (path == "sign")


@on_sqlite
def test_who_answers_is_said_before_the_form(somebody):
    for path in ("", "sign"):
        page = somebody.read(f"/{somebody.language}/{path}").text
        assert page.index("The test campaign, test@example.org") < page.index('name="email"'), path


@on_sqlite
def test_the_short_call_names_all_four_things_that_are_asked(somebody, sami):
    for path in ("", "testimony", sami[4:]):
        page = somebody.read(f"/{somebody.language}/{path}").text
        assert [asked for asked in WORDS[somebody.language]["asked"] if asked not in page.partition("<main")[2]] == [], path


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_new_campaign_that_nobody_answers_for_does_not_open_at_a_public_address(begin, language):
    app = begin(**PUBLIC)
    visitor = Visitor(app.test_client(), language)
    typed = {"name": "Layla", "email": "layla@example.org"}
    for path in ("", "sign"):
        page = visitor.client.get(f"/{language}/{path}", base_url=PUBLIC["base_url"]).text
        assert WORDS[language]["closed"] in page
        assert 'name="email"' not in page
    stamp = app.extensions["campaign"].form_token.make()
    consent = app.extensions["campaign"].texts[language].consent_hash
    sent = typed | {"csrf_token": stamp, "consent": consent}

    answer = visitor.client.post(f"/{language}/sign", data=sent, base_url=PUBLIC["base_url"])

    assert (answer.status_code, rows(app, Submission)) == (403, [])


def test_one_that_runs_already_goes_on(begin):
    app = begin(**PUBLIC)
    with app.extensions["campaign"].database.writing() as session:
        session.execute(sa.update(Publication).values(withdrawn=1))
    app.extensions["campaign"].snapshots.refresh()

    page = app.test_client().get("/en/sign", base_url=PUBLIC["base_url"]).text

    assert 'name="email"' in page
    assert WORDS["en"]["closed"] not in page


@pytest.mark.parametrize("chosen", [PUBLIC | {"contact": "Nour, nour@example.org"}, {}])
def test_with_a_contact_or_on_this_machine_a_new_campaign_opens(begin, chosen):
    made = begin(**chosen)

    base = made.extensions["campaign"].settings.origin
    assert 'name="email"' in made.test_client().get("/en/sign", base_url=base).text


@on_sqlite
def test_the_foot_of_a_page_says_what_leaving_quickly_cannot_do(somebody):
    said = {
        "en": "Pages you opened earlier stay in your browser’s history",
        "ar": "أما الصفحات التي فُتحت قبلها فتبقى في سجل المتصفح",
    }
    for path in ("", "testimony", "sign", "signatures"):
        foot = somebody.read(f"/{somebody.language}/{path}").text.partition('<footer class="bottom"')[2]
        assert said[somebody.language] in foot, path
