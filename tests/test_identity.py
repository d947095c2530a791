"""`translations/campaign.toml` says which campaign this is; what is wrong with it is said in one sentence."""

import shutil
from dataclasses import fields

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.config import TRANSLATIONS
from campaign.identity import OFFICE_DETAILS, Identity, IdentityError
from campaign.languages import Language
from campaign.petition.offices import Details
from campaign.petition.sharing import share_text
from campaign.translation.status import identity_problems
from tests.translation.checkouts import Checkout

WHOLE = """
source = "en"
goal = 700
[name]
en = "A sample"
ar = "عيّنة"
[share]
en = "Sample words to share"
[share_without_testimony]
en = "Sample words without the testimony"
[risk]
en = "A sample of a risk"
[[addressees]]
key = "an-office"
name.en = "An office"
"""


def read(folder, text):
    (folder / "campaign.toml").write_text(text, "utf-8")
    return Identity.read(folder)


def test_it_says_which_campaign_this_is(tmp_path):
    found = read(tmp_path, WHOLE)

    assert (found.source, found.goal, found.issuer) == ("en", 700, "")
    assert found.name == {"en": "A sample", "ar": "عيّنة"}
    assert found.addressees == [{"key": "an-office", "name": {"en": "An office"}}]


def test_words_that_a_language_lacks_are_those_of_the_source_and_are_named(tmp_path):
    found, arabic = read(tmp_path, WHOLE), Language("ar", "ar", "العربية", "rtl", "ar_AR")

    assert found.in_language(found.name, "ar") == "عيّنة"
    assert share_text(found, "ar", is_testimony_withdrawn=False) == "Sample words to share"
    assert share_text(found, "ar", is_testimony_withdrawn=True) == "Sample words without the testimony"
    places = [problem.place for problem in identity_problems(tmp_path, arabic)]
    assert places == ["share", "share_without_testimony", "risk", "addressees.an-office"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "en"', "", "it must have source, name, share"),
        ('source = "en"', 'source = "en"\nsauce = "en"', "and nothing else"),
        ('source = "en"', "source = 5", "the code of a language"),
        ('source = "en"', 'source = "fa"', "`name` must have words in the source language, fa"),
        ("goal = 700", "goal = 0", "`goal` must be a whole number of 1 or more"),
        ("goal = 700", 'goal = "700"', "`goal` must be a whole number"),
        ("goal = 700", "issuer = 1", "`issuer` must be words"),
        ("[risk]\nen =", "[risk]\nar =", "`risk` must have words in the source language"),
        ('en = "A sample"', "en = 5", "`name` must have words in quotation marks"),
        ('key = "an-office"', 'key = "An office"', "addressee 1 must have a `key` of its own"),
        ('key = "an-office"', "", "addressee 1 must have a `key` of its own"),
        ('name.en = "An office"', "", "`name of addressee 1` must have words"),
        ('key = "an-office"', 'key = "new"', "addressee 1 must have a `key` of its own"),
        (
            'key = "an-office"',
            'key = "an-office"\nwithin = "a-group"',
            "`within` of addressee 1 must be the `key` of another one",
        ),
        ('key = "an-office"', 'key = "an-office"\nwithin = "an-office"', "`within` of addressee 1 must be the `key` of another"),
        ('key = "an-office"', 'key = "an-office"\nwithin = ["a"]', "`within` of addressee 1 must be the `key` of another one"),
        ('key = "an-office"', 'key = "an-office"\nendangering = true', "addressee 1 cannot have `endangering`, only key, name"),
        ("[[addressees]]", "[addressees]", "must begin with [[addressees]]"),
        ('source = "en"', "source = ", "campaign.toml: "),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_the_file(tmp_path, old, new, said):
    assert old in WHOLE

    with pytest.raises(IdentityError) as refused:
        read(tmp_path, WHOLE.replace(old, new))

    assert said in str(refused.value)
    assert str(tmp_path / "campaign.toml") in str(refused.value)


def test_an_office_can_be_within_another_and_have_what_an_office_has(tmp_path):
    part = '[[addressees]]\nkey = "a-part"\nname.en = "A part"\nwithin = "an-office"\nis_endangering = true\n'

    assert [one.get("within") for one in read(tmp_path, WHOLE + part).addressees] == [None, "an-office"]
    assert tuple(field.name for field in fields(Details)) == OFFICE_DETAILS


def test_the_command_that_looks_at_everything_says_it(settings, tmp_path, monkeypatch):
    folder = tmp_path / "translations"
    shutil.copytree(TRANSLATIONS, folder)
    (folder / "campaign.toml").write_text(WHOLE.replace("goal = 700", "goal = 0"), "utf-8")
    monkeypatch.setattr("campaign.config.TRANSLATIONS", folder)
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", settings.database_url)

    checked = CliRunner().invoke(main, ["check"])

    assert checked.exit_code == 1
    assert "campaign.toml: `goal` must be a whole number of 1 or more." in checked.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("source = ", "campaign.toml: Invalid value"),
        ('source = "en"', "the source language, en, must be one of the public languages"),
    ],
)
def test_every_command_says_it_where_the_site_has_no_english(tmp_path, line, said):
    made = Checkout(tmp_path)
    file, english = made.translations / "campaign.toml", made.translations / "en" / "language.toml"
    file.write_text(file.read_text("utf-8").replace('source = "en"', line), "utf-8")
    english.write_text(english.read_text("utf-8").replace('"public"', '"hidden"'), "utf-8")

    for command in (["status"], ["check"], ["export", "--help"]):
        answer = made.campaign(*command)
        assert (answer.returncode, answer.stderr.count("\n"), said in answer.stderr) == (1, 1, True), answer.stderr


def test_this_campaign_has_all_words_in_each_of_its_languages():
    found = Identity.read(TRANSLATIONS)

    assert list(found.missing_in("en")) == []
    assert list(found.missing_in("ar")) == []
