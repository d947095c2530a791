"""A sample: made-up signatures in a folder of their own, said on every page."""

from campaign import create_app
from campaign.config import Settings
from campaign.languages import LANGUAGES
from campaign.petition.models import Signature
from tests.people import Visitor, parse, rows
from tests.servers import on_sqlite

SAID = {"en": "This site runs on made-up data, for trying it out.", "ar": "يعمل هذا الموقع ببيانات تجريبية مصطنعة"}


def test_a_folder_is_made_and_filled_and_every_page_says_that_it_is_a_sample(run_anew, tmp_path, database_url):
    result = run_anew("sample", "120")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "120 made-up signatures.\n", "")
    app = create_app(Settings(data=tmp_path / "new", database_url=database_url))
    visitor = Visitor(app.test_client())
    assert len(rows(app, Signature)) == 120
    assert "120 signatures" in visitor.read("/en/").text
    assert visitor.read("/api/v1/petition.json").json["sample"] is True
    for code in LANGUAGES:
        pages = [
            "",
            "testimony",
            "testimony/beside/" + {"en": "ar", "ar": "en"}[code],
            "petition",
            "sign",
            "sign/sent",
            "signatures",
        ]
        pages += ["sign/deleted", "sign/withdrawn", "about", "privacy", "accessibility", "nowhere", "confirm/nothing"]
        for path in pages:
            page = parse(visitor.read(f"/{code}/{path}").text)
            said = "".join(page.find("body").itertext())
            assert SAID[code] in said, (code, path)
    app.extensions["campaign"].database.close()


@on_sqlite
def test_a_sample_can_be_made_larger(run, tmp_path):
    for number in ("20", "30"):
        assert run("sample", number, DATA=str(tmp_path / "sample")).exit_code == 0

    assert "confirmed now: 50" in run("status", DATA=str(tmp_path / "sample")).stdout


def test_no_sample_is_put_beside_a_real_signature(app, run, layla):
    result = run("sample", "10")

    assert result.exit_code == 1
    assert result.stderr == "Error: This data folder has real signatures. A sample needs an empty one.\n"
    assert len(rows(app, Signature)) == 1


@on_sqlite
def test_nor_beside_one_that_waits_and_the_site_does_not_become_a_sample(app, run, visitor, sami):
    assert run("sample", "10").exit_code == 1

    app.extensions["campaign"].snapshots.refresh()
    assert visitor.read("/api/v1/petition.json").json["sample"] is False
    assert SAID["en"] not in visitor.read("/en/").text
