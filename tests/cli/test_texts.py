"""`campaign texts export` and `import`: out as files, changed, and in again as drafts."""

import threading

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.database import now
from campaign.petition import drafts
from campaign.petition.published import Draft, TextKind
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.petition.word_parts import parts_of
from tests.people import rows
from tests.servers import on_sqlite

OLD, NEW = "First, open the library.", "First, unlock the library."


@pytest.fixture
def run(settings, monkeypatch):
    """Types a command on the server."""
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def folder(run, tmp_path):
    """The words as files."""
    assert run("texts", "export", str(tmp_path / "words")).exit_code == 0
    return tmp_path / "words"


def edit(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def parts(app, kind):
    """The parts of a piece as they are drafted."""
    with app.extensions["campaign"].database.reading() as session:
        return {part.key: part for part in parts_of(drafts.read_drafted(session), kind)}


def test_files_that_were_changed_come_in_as_drafts_and_nothing_is_public(app, run, folder):
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*")) == [
        *("ar/letter-without-testimony.md", "ar/petition.md", "campaign.yaml"),
        *("en/letter-without-testimony.md", "en/petition.md"),
    ]
    assert "say the same as the desk" in run("texts", "import", str(folder)).output
    edit(folder / "en" / "petition.md", OLD, NEW)
    edit(folder / "ar" / "petition.md", "أولًا، افتحوا", "أولًا، أعيدوا فتح")
    edit(folder / "ar" / "petition.md", "campaign: نداء من فيلورا", "campaign: نداء آخر")
    edit(folder / "campaign.yaml", "goal: null", "goal: 700")

    said = run("texts", "import", str(folder))

    assert "Changed drafts: 4." in said.output, said.output
    letter = parts(app, TextKind.LETTER)["p3"]
    assert {code: tuple(states) for code, states in letter.states.items()} == {"en": ("draft",), "ar": ("draft",)}
    assert parts(app, TextKind.TITLE)["title"].words["ar"] == "نداء آخر"
    assert parts(app, TextKind.GOAL)["goal"].words == {"": "700"}
    app.extensions["campaign"].snapshots.refresh()
    assert NEW not in app.test_client().get("/en/petition").text


def test_files_bring_no_new_delivery_into_the_older_list(app, run, folder):
    edit(folder / "en" / "petition.md", "deliveries: []", "deliveries:\n- day: 2026-11-20\n  name: By post")

    refused = run("texts", "import", str(folder))

    assert refused.exit_code == 1
    assert "under Deliveries" in refused.output
    assert parts(app, TextKind.DELIVERIES) == {}


def test_older_files_do_not_take_the_place_of_newer_words_unless_told_to(app, run, folder, tmp_path):
    newer = tmp_path / "newer"
    run("texts", "export", str(newer))
    edit(newer / "en" / "petition.md", OLD, "First, act soon.")
    assert run("texts", "import", str(newer)).exit_code == 0
    edit(folder / "en" / "petition.md", OLD, NEW)

    refused = run("texts", "import", str(folder))

    assert (refused.exit_code, "is older than the words at the desk" in refused.output) == (1, True)
    assert "act soon" in parts(app, TextKind.LETTER)["p3"].words["en"]
    assert run("texts", "import", "--over-newer", str(folder)).exit_code == 0
    assert "unlock" in parts(app, TextKind.LETTER)["p3"].words["en"]


def test_what_cannot_be_read_or_shown_is_refused_whole(app, run, folder, tmp_path):
    edit(folder / "en" / "petition.md", OLD, "First, <b>act</b>.")
    refused = run("texts", "import", str(folder))
    assert (refused.exit_code, "<b>" in refused.output, parts(app, TextKind.LETTER)["p3"].states["en"]) == (
        1,
        True,
        ("published",),
    )

    (tmp_path / "empty").mkdir()
    assert "has none of the files" in run("texts", "import", str(tmp_path / "empty")).output
    edit(folder / "en" / "petition.md", "First, <b>act</b>.", OLD)
    for old, new, named in (
        ("deliveries: []", "deliveries: soon", "must have the form"),
        ("deliveries: soon", "deliveries: []", "say the same as the desk"),
        ("status: original", "status: read", "`status` must be one of"),
        ("status: read", "status: original", "say the same as the desk"),
        ("consent: ", "agreement: ", "the letter, consent: it is empty in en."),
    ):
        edit(folder / "en" / "petition.md", old, new)
        assert named in run("texts", "import", str(folder)).output, new


OFFICE = "- key: council\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("campaign.yaml", "goal: null", "goal: '5000'", "the goal: Write the goal as a number"),
        ("campaign.yaml", "goal: null", "goal: 5,000", "the goal: Write the goal as a number"),
        ("campaign.yaml", "goal: null", "goal: -1", "the goal: Write the goal as a number"),
        ("campaign.yaml", "goal: null", "goal: true", "the goal: Write the goal as a number"),
        ("campaign.yaml", "contact: ", "contact: 5 #", "the contact: This must be text"),
        ("en/petition.md", "title: ", "title: 2026 #", "the letter: This must be text"),
        ("en/petition.md", "campaign: ", "campaign: 2026 #", "the title: This must be text"),
        ("en/petition.md", OFFICE, "- key: another\n  name: 2026\n" + OFFICE, "the addressee: This must be text"),
        ("en/petition.md", OFFICE, "- key: new\n  name: New\n" + OFFICE, "cannot be “new”"),
        ("en/petition.md", OFFICE, "- key: a/b\n  name: New\n" + OFFICE, "lower-case letters from a to z"),
        (
            "en/petition.md",
            OFFICE,
            "- key: another\n  name: A\n  within: no-one\n" + OFFICE,
            "can only be part of an existing office",
        ),
        ("en/petition.md", OFFICE, OFFICE + "  within: mayor\n", "has already been published"),
        ("ar/petition.md", "status: translated", "status: reviewed\nreviewed_on: '2026-11-20'", "This must be a date"),
        ("ar/petition.md", "status: translated", "status: translated\ntranslation_note: 2026", "This must be text"),
        ("ar/petition.md", "status: translated", 'status: translated\ntranslation_note: "a\\u202Eb"', "U+202E"),
        ("ar/petition.md", "made_from:", "made_from: 5\nmade_of:", "made_from is no list of names"),
    ],
)
@on_sqlite
def test_a_value_of_the_wrong_type_is_refused_with_a_sentence_and_nothing_is_kept(app, run, folder, file, old, new, named):
    edit(folder / file, old, new)

    refused = run("texts", "import", str(folder))

    assert (refused.exit_code, named in refused.output) == (1, True), refused.output
    assert rows(app, Draft) == []


@on_sqlite
def test_older_settings_do_not_take_newer_ones_back_unless_told_to(app, run, folder, tmp_path):
    newer = tmp_path / "newer"
    run("texts", "export", str(newer))
    edit(newer / "campaign.yaml", "goal: null", "goal: 700")
    assert run("texts", "import", str(newer)).exit_code == 0

    refused = run("texts", "import", str(folder))

    assert (refused.exit_code, "campaign.yaml is older than the words at the desk" in refused.output) == (1, True)
    assert parts(app, TextKind.GOAL)["goal"].words == {"": "700"}
    assert "say the same as the desk" in run("texts", "import", str(newer)).output
    assert run("texts", "import", "--over-newer", str(folder)).exit_code == 0
    assert parts(app, TextKind.GOAL)["goal"].words == {"": ""}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_draft_that_is_saved_while_files_come_in_is_not_overwritten_unread(app, run, folder):
    edit(folder / "campaign.yaml", "goal: null", "goal: 700")
    answers, database = [], app.extensions["campaign"].database
    importing = threading.Thread(target=lambda: answers.append(run("texts", "import", str(folder))))
    with database.writing() as session:  # as whoever saves a draft
        database.lock(session, PUBLISH_WORDS_LOCK)
        importing.start()
        importing.join(2)
        drafts.put_draft(session, (TextKind.GOAL, ""), "800", by="1", today=now().date())
    importing.join()

    assert "is older than the words at the desk" in answers[0].output
    assert parts(app, TextKind.GOAL)["goal"].words == {"": "800"}
