"""Another campaign begins with files alone, as docs/new-campaign.md says: made-up texts in Persian and English."""

import shutil
from pathlib import Path

import pytest

from campaign.content.files import Block, read_document, source_hash, write_document
from campaign.translation import catalogues
from tests.translation.checkouts import Checkout, fill_messages, fill_text

pytestmark = pytest.mark.slow
SAMPLE = Path(__file__).parent / "new_campaign"
OWN_TEXTS = ("testimony.md", "petition.md", "letter-without-testimony.md")
ASK = """
from campaign import create_app, instance
from campaign.cli.server import adopt_desk
from campaign.config import Settings
from campaign.languages import LANGUAGES, SOURCE, number
settings = Settings.load()
instance.prepare(settings)
adopt_desk(settings)
client = create_app(settings).test_client()
for language in LANGUAGES.values():
    for page in ("", "testimony", "petition", "sign", "about", "privacy", "testimony.txt", "testimony.pdf"):
        answer = client.get(f"/{language.code}/{page}")
        assert answer.status_code == 200, (language.code, page, answer.status_code)
    home = client.get(f"/{language.code}/").text
    print(SOURCE, language.code, number(1284, language), f'lang="{language.code}" dir="{language.dir}"' in home, "Velora" in home)
    print(client.get(f"/{language.code}/sign").text.count("نمونه"), home.count("ar/"))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the project in which somebody has followed the page up to the first start."""
    made = Checkout(tmp_path_factory.mktemp("checkout"))
    assert made.campaign("languages", "add", "fa").returncode == 0
    described = made.translations / "ar" / "language.toml"
    described.write_text(described.read_text("utf-8").replace('"public"', '"hidden"'), "utf-8")
    for file in SAMPLE.rglob("*.*"):
        shutil.copy(file, made.translations / file.relative_to(SAMPLE))
    translate(made.translations)
    (made.translations / "corrections.toml").unlink()
    described = made.translations / "fa" / "language.toml"
    described.write_text(described.read_text("utf-8").replace('"hidden"', '"public"'), "utf-8")
    locked = made.campaign("testimony", "lock")
    assert locked.returncode == 0, locked.stderr
    return made


def translate(translations: Path) -> None:
    """What a translator does: the samples are said to be made from the English, and all else is filled with placeholders."""
    for file in sorted((translations / "en").glob("*.md")):
        source, ours = read_document(file).pieces(), translations / "fa" / file.name
        if file.name in OWN_TEXTS:
            document = read_document(ours)
            pieces = [Block(id_, piece.words, source_hash(source[id_].words)) for id_, piece in document.pieces().items()]
            write_document(ours, document.with_pieces(pieces))
        else:
            fill_text(ours, source, "fa")
    fill_messages(translations / "fa" / "LC_MESSAGES" / "messages.po", "fa")


def ask(checkout: Checkout, data: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the site says of each language."""
    monkeypatch.setenv("CAMPAIGN_DATA", str(data))
    catalogues.compile_catalogues(checkout.translations)
    asked = checkout.run("-c", ASK)
    assert asked.returncode == 0, asked.stderr
    return [line.split() for line in asked.stdout.splitlines()]


def test_both_languages_are_served_each_in_its_direction_and_digits(started, tmp_path, monkeypatch):
    status = started.campaign("languages", "status")
    english, _, persian, in_persian = ask(started, tmp_path / "instance", monkeypatch)
    checked = started.campaign("check")

    assert (status.returncode, status.stderr) == (0, "")
    assert english == ["en", "en", "1,284", "True", "False"]
    assert persian == ["en", "fa", "۱٬۲۸۴", "True", "False"]
    assert int(in_persian[0]) > 0
    assert (checked.returncode, "translations" in checked.stderr) == (0, False), checked.stderr


def test_the_testimony_of_a_new_campaign_is_locked_once(started):
    again = started.campaign("testimony", "lock")

    assert again.returncode == 1
    assert "the testimony is locked already" in again.stderr


def test_the_other_language_becomes_the_source_of_every_text(started, tmp_path, monkeypatch):
    made = started.campaign("languages", "source", "fa")
    (started.translations / "corrections.toml").unlink()
    locked = started.campaign("testimony", "lock")
    status = started.campaign("languages", "status")

    assert (made.returncode, locked.returncode) == (0, 0), made.stderr + locked.stderr
    assert [line.split()[0] for line in status.stdout.splitlines() if "; 0 missing, 0 stale, " in line] == ["fa", "en"]
    assert [line[:2] for line in ask(started, tmp_path / "instance", monkeypatch)[::2]] == [["fa", "fa"], ["fa", "en"]]
    assert read_document(started.translations / "fa" / "testimony.md").meta["status"] == "original"
    for file in (started.translations / "en").glob("*.md"):
        assert read_document(file).meta["status"] == "translated", file.name


def test_a_language_that_lacks_words_cannot_be_the_source(started):
    refused = started.campaign("languages", "source", "ar")

    assert refused.returncode == 1
    assert "ar cannot be the source before it has all words; it lacks name" in refused.stderr
