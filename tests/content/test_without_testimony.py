"""The campaign stands without the testimony, once it is withdrawn."""

from click.testing import CliRunner

from campaign.cli.main import main
from campaign.content.pages import text_hash
from campaign.content.redaction import quotations, retold_passages
from tests.content.outputs import given_out, traces
from tests.content.withdrawing import PAIRS, own_addresses, withdraw
from tests.house.test_arabic_pages import addresses, assert_arabic
from tests.own_texts import on_both_texts
from tests.people import SAMPLE_UPDATE, Visitor, hidden_fields, parse
from tests.servers import on_sqlite

pytestmark = on_sqlite


@on_both_texts
def test_nothing_on_the_site_leads_to_it_any_more(open_site, texts):
    app = open_site()
    client = app.test_client()
    withdraw(app)

    for code, _ in PAIRS:
        for page in ("", "petition", "sign", "about", "privacy", "accessibility", "mirrors", "write", "signatures", "embed"):
            text = client.get(f"/{code}/{page}").text
            links = [link.get("href") for link in parse(text).iter("a")]
            assert not [link for link in links if "/testimony" in link or ".pdf" in link], (code, page)
            assert "og:image" not in text, (code, page)
            assert f"/{code}/testimony" not in text, (code, page)
    assert "testimony" not in client.get("/sitemap.xml").text


def test_the_campaign_stands_without_it_and_signing_is_closed(open_site):
    app = open_site()
    client = app.test_client()
    withdraw(app)

    front, letter = client.get("/en/"), client.get("/ar/petition")

    assert (front.status_code, letter.status_code) == (200, 200)
    assert [h1.text for h1 in parse(front.text).iter("h1")] == ["A letter to the council of Velora"]
    assert "The testimony that was published here has been withdrawn." in front.text
    assert "Signing has closed." in front.text
    assert "نحن، الموقّعين والموقّعات، نطلب منكم أربعة أمور." in letter.text
    assert client.get("/").status_code == client.get("/en/sign").status_code == 200


def test_what_remains_is_said_in_arabic_to_readers_of_arabic(open_site):
    app = open_site()
    reader = Visitor(app.test_client(), "ar")
    withdraw(app)

    for address in addresses(app, token="unknown"):
        is_gone = address in [*own_addresses("ar", "en"), "/ar/sheet.pdf", f"/ar/updates/{SAMPLE_UPDATE}"]
        assert_arabic(reader.read(address), 410 if is_gone else 404 if "confirm/unknown" in address else 200)


def test_the_status_says_whether_it_is_withdrawn(open_site):
    app = open_site()
    before = CliRunner().invoke(main, ["status"]).output

    withdraw(app)

    assert "testimony: published" in before
    assert "testimony: withdrawn" in CliRunner().invoke(main, ["status"]).output


def test_the_letter_that_retells_nothing_takes_its_place_and_can_be_signed(open_site):
    app = open_site()
    ready = {code: text_hash(one.letter_without_testimony) for code, one in app.extensions["campaign"].texts.items()}

    withdraw(app)
    allowed = CliRunner().invoke(main, ["open"])
    app.extensions["campaign"].snapshots.refresh()

    assert allowed.exit_code == 0, allowed.output
    assert app.test_client().get("/api/v1/petition.json").json["text_sha256"] == ready
    for code in ready:
        assert hidden_fields(app.test_client().get(f"/{code}/sign").text)["consent"] == ready[code]
    assert app.test_client().get("/en/sheet.pdf").status_code == 200


def test_a_letter_for_that_case_that_retells_the_testimony_is_a_fault(open_site, files):
    passage = files.texts()["en"].testimony.meta["heart"][0]
    files.change("en/letter-without-testimony.md", "We who sign", f"{passage} We who sign")

    found = [*retold_passages(files.texts())]

    assert len(found) == 1
    assert found[0].startswith("translations/en/letter-without-testimony.md retells the testimony: “")


def test_its_words_can_be_taken_out_of_the_files_and_the_site_goes_on(open_site, files, tmp_path):
    texts = open_site().extensions["campaign"].texts
    for code in ("en", "ar"):
        (files.folder / code / "testimony.md").write_text("---\ntitle: '-'\ndescription: '-'\nstatus: original\n---\n", "utf-8")
    files.change("testimony.toml", "withdrawn = false", "withdrawn = true")

    app = open_site()

    assert app.test_client().get("/en/testimony").status_code == 410
    assert app.test_client().get("/api/v1/petition.json").json["text_sha256"] == {
        code: text_hash(one.letter_without_testimony) for code, one in texts.items()
    }
    found = given_out(app, tmp_path / "copy")
    for quoted in (quoted for one in texts.values() for quoted in quotations(one.petition)):
        assert traces(found, quoted) == [], quoted
