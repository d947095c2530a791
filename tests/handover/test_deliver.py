"""`campaign deliver` writes what one office gets: whole or not at all, recorded, and without anybody's name."""

import hashlib
import os
import re
import subprocess
import sys
from datetime import date, timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.cli import deliver as cli_deliver
from campaign.config import PACKAGE
from campaign.content import testimony_policy
from campaign.handover import package
from campaign.handover.demands import SEEN_BY_PROGRAM, Offered, check_demands
from campaign.organizers.models import AuditEntry
from campaign.petition import deliveries
from campaign.petition.channels import CHANNELS, Demand
from campaign.petition.deliveries import Delivery
from tests.exports.terminal import DAY
from tests.prints.papers import letters
from tests.servers import on_sqlite

EACH = ("1-page", "2-letter", "3-testimony", "4-press", "5-points", "6-count", "7-slip")
NAMES = {f"{name}.{code}.pdf" for name in EACH for code in ("en", "ar")} | {"README.en.txt", "README.ar.txt"}
CHECKED = {"means": "post", "address": "Street 1", "checked_on": date(2026, 11, 28)}

KILLED = """
import os, sys
from campaign.cli import deliver
from campaign.cli.main import main
from campaign.handover import package

def step():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), 9)

def before(verb):
    return lambda *given, **named: (step(), verb(*given, **named))[1]

package.get_or_render = lambda one, folder: one.name.encode()
package._write = before(package._write)
deliver.record_delivery = before(deliver.record_delivery)
put = before(deliver.name_folder)
deliver.name_folder = lambda draft, folder: (put(draft, folder), step())

for line in sys.stdin:
    left, out = line.split()
    left = int(left)
    child = os.fork()
    if not child:
        main(["deliver", "--to", "office", "--out", out])
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""  # for each line of a point and a folder, a process that is killed at the point; they share what takes long to import


def text(file):
    """The text of a PDF, or of a text."""
    if file.suffix == ".pdf":
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file))
    return file.read_text("utf-8")


def rows(omar, kind):
    database = instance.open_database(omar.settings)
    with database.reading() as session:
        found = list(session.scalars(sa.select(kind)))
    database.close()
    return found


def deliver(omar, *words, to="office", out="package"):
    done = omar.run("deliver", "--to", to, "--out", omar.desk / out, *words)
    return done, omar.desk / out


@on_sqlite
def test_a_package_has_every_file_in_both_languages_and_is_recorded(omar, handing):
    handing.office(country="DE", languages=["de", "ar", "en"], channel="bundestag", **CHECKED)
    for number in range(27):
        omar.has(email=f"p{number}@example.org", country="DE" if number < 25 else "FR")
    handing.publish()

    done, folder = deliver(omar, "--person", "Nour", "--postal-address", "Street 7,\nTown")

    assert done.exit_code == 0, done.output
    assert {file.name for file in folder.iterdir()} == NAMES | {"SHA256SUMS"}
    page = text(folder / "1-page.en.pdf")
    for said in (
        "27 signatures, as of",
        "1 country was named by 20 signers or more.",
        "At least 20 signatures",
        "Germany",
        "Nour",
        "Street 7, Town",
    ):
        assert letters(said) in letters(page), said
    assert len(pypdfium2.PdfDocument(folder / "1-page.en.pdf")) == len(pypdfium2.PdfDocument(folder / "1-page.ar.pdf")) == 1

    delivery = rows(omar, Delivery)[0]
    assert (delivery.office, delivery.counts["confirmed"], delivery.counts["theirs"], delivery.by) == (
        "office",
        27,
        20,
        "command",
    )
    assert delivery.files == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in NAMES}
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    assert sums == delivery.files
    line = rows(omar, AuditEntry)[-1]
    assert (line.act, line.facts, line.by) == ("delivery written", {"handed_to": "office", "number": 27}, "")
    assert all(hash_ in page.replace("\r\n", "").replace(" ", "") for hash_ in delivery.counts["text_sha256"].values())


@on_sqlite
def test_no_file_says_who_signed(omar, handing):
    handing.office()
    omar.has(name="Layla Sealed", email="layla.sealed@example.org", shown_as="Layla Shown", country="SY")
    handing.publish()

    _, folder = deliver(omar)

    for file in folder.iterdir():
        said, raw = letters(text(file)), file.read_bytes()
        for secret in ("Layla", "Sealed", "Shown", "layla.sealed@example.org"):
            assert letters(secret) not in said, (file.name, secret)
            assert secret.encode() not in raw, (file.name, secret)
        assert "@" not in text(file) or file.name[:6] in ("1-page", "4-pres"), file.name  # there it is the campaign's own


@on_sqlite
@pytest.mark.slow
def test_names_go_to_those_who_may_have_them_and_to_nobody_who_endangers(omar, handing):
    handing.office("first", day=DAY - timedelta(days=30))
    handing.office("later", day=DAY - timedelta(days=10))
    handing.office("harmful", is_endangering=True)
    handing.office("member", within="harmful", country="FR")
    omar.has(email="old@example.org", shown_as="Oldest", confirmed_on=DAY - timedelta(days=20))
    omar.has(email="new@example.org", shown_as="Newest", confirmed_on=DAY)
    handing.publish()

    done, folder = deliver(omar, "--names", to="later")
    assert done.exit_code == 0, done.output
    book = text(folder / "8-names.pdf")
    assert ("Newest" in book, "Oldest" in book) == (True, False)
    assert rows(omar, AuditEntry)[-1].facts["shown"] == "✓"
    for file in folder.iterdir():
        assert file.name == "8-names.pdf" or "Newest" not in text(file), file.name

    for refused in (
        deliver(omar, "--names", to="harmful", out="harmful")[0],
        deliver(omar, "--names", to="member", out="harmful")[0],
        omar.run("export", "--format", "pdf", "--addressee", "harmful", "--out", omar.desk / "book.pdf"),
        omar.run("export", "--format", "pdf", "--addressee", "member", "--out", omar.desk / "book.pdf"),
    ):
        assert (refused.exit_code != 0, "endangering, so it gets no names" in refused.output) == (True, True), refused.output
    assert not (omar.desk / "harmful").exists()
    assert [row.office for row in rows(omar, Delivery)] == ["later"]


@on_sqlite
def test_what_is_there_already_stays_and_nothing_is_recorded(omar, handing):
    handing.office()
    (omar.desk / "package").mkdir()
    (omar.desk / "package" / "mine").write_text("mine", "utf-8")

    done, folder = deliver(omar)

    assert (done.exit_code, "already exists" in done.output) == (1, True)
    assert [file.name for file in folder.iterdir()] == ["mine"]
    assert rows(omar, Delivery) == []
    assert deliver(omar, to="nobody", out="other")[0].exit_code == 2


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (["--person", "Nour 諾爾"], "These cannot be printed: “\u2068諾 爾\u2069”."),
        (["--person", "Nour \u200bHaddad"], "there is the invisible character \u2068U+200B\u2069"),
        (["--person", "N" * 121], "Use at most 120 characters."),
        (["--postal-address", "nour@example.org"], "Do not write an e-mail address"),
    ],
)
def test_a_line_that_the_desk_would_refuse_is_refused(omar, handing, typed, named):
    handing.office()

    done, folder = deliver(omar, *typed)

    assert (done.exit_code, named in done.output) == (2, True), done.output
    assert not folder.exists()
    assert rows(omar, Delivery) == []


@on_sqlite
def test_a_failure_at_any_file_leaves_no_folder_and_no_record(omar, handing, monkeypatch):
    handing.office()
    handing.publish()
    written = package._write
    for place in (0, 3, len(NAMES)):
        left = iter(range(place))

        def fail(file, body, left=left):
            if next(left, None) is None:
                raise OSError(28, "No space left on device")
            written(file, body)

        monkeypatch.setattr(package, "_write", fail)
        done, folder = deliver(omar)
        assert (done.exit_code, folder.exists(), list(omar.desk.iterdir())) == (1, False, []), done.output
    assert rows(omar, Delivery) == []


@on_sqlite
def test_a_record_that_is_not_kept_leaves_no_folder(omar, handing, monkeypatch):
    handing.office()
    handing.publish()
    recorded = cli_deliver.record_delivery

    def record(session, row, **more):
        recorded(session, row, **more)
        session.info["before_commit"].append(lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    monkeypatch.setattr(cli_deliver, "record_delivery", record)
    done, folder = deliver(omar)

    assert (done.exit_code, folder.exists(), list(omar.desk.iterdir())) == (1, False, []), done.output
    assert rows(omar, Delivery) == []


def test_what_another_writes_is_left_alone(tmp_path):
    for name in ("a", "a[b]", "a*"):
        others = [tmp_path / f".{name}.b.abcdefgh.part", tmp_path / f".{name}x.abcdefgh.part", tmp_path / f".{name}.part"]
        killed = tmp_path / f".{name}.abcdefgh.part"
        for one in (*others, killed):
            one.mkdir(exist_ok=True)
        with package.draft_folder(tmp_path / name) as first, package.draft_folder(tmp_path / name) as second:
            assert (first.is_dir(), second.is_dir(), killed.exists()) == (True, True, False), name
        assert all(one.is_dir() for one in others), name
        assert (first.exists(), second.exists()) == (False, False), name


@on_sqlite
def test_the_site_is_named_by_its_canonical_address_alone(omar, handing):
    omar.elsewhere["CAMPAIGN_BASE_URL"] = "https://first.example.org https://second.example.org"
    handing.office()
    handing.publish()

    _, folder = deliver(omar)

    for name in ("1-page.en.pdf", "README.ar.txt"):
        assert "first.example.org" in text(folder / name), name
    assert not [file.name for file in folder.iterdir() if "second.example.org" in text(file)]


def test_no_module_reads_the_addresses_of_the_site_as_one():
    readers = [file.name for file in PACKAGE.rglob("*.py") if "settings.base_url" in file.read_text("utf-8")]

    assert readers == []


@on_sqlite
def test_a_first_signature_from_another_country_changes_no_sentence(omar, handing):
    handing.office()
    for number in range(20):
        omar.has(email=f"p{number}@example.org", country="DE")
    handing.publish()
    said = []
    for email, country in (("q@example.org", "DE"), ("r@example.org", "SY")):
        omar.has(email=email, country=country)
        handing.publish()
        _, folder = deliver(omar, out=country)
        said.append([file for file in ("README.en.txt", "README.ar.txt") if re.search("1 country|بلد واحد", text(folder / file))])

    assert said == [["README.en.txt", "README.ar.txt"]] * 2
    assert [row.counts["countries"] for row in rows(omar, Delivery)] == [1, 1]


@on_sqlite
def test_where_no_country_is_published_none_is_told_of(omar, handing):
    handing.office()
    omar.has(email="p@example.org", country="DE")
    handing.publish()

    _, folder = deliver(omar)

    assert "countr" not in text(folder / "README.en.txt")


@pytest.mark.slow
@on_sqlite
def test_killed_at_twenty_points_it_is_whole_or_absent(omar, handing):
    handing.office()
    handing.publish()

    command, through = [sys.executable, "-c", KILLED], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | omar.env, **through) as forking:
        for point in range(1, 21):
            out = omar.desk / f"killed-{point}"
            print(point, out, file=forking.stdin, flush=True)
            assert forking.stdout.readline() == "-9\n", point
            assert (out.exists(), len(rows(omar, Delivery))) == (point == 20, max(0, point - 18)), point
            if out.exists():
                assert {file.name for file in out.iterdir()} == NAMES | {"SHA256SUMS"}
    assert not list(omar.settings.data.glob("tmp*"))

    done, folder = deliver(omar, out="killed-19")
    assert (done.exit_code, len(list(folder.iterdir()))) == (0, len(NAMES) + 1), done.output
    assert not list(omar.desk.glob(".killed-19.*"))


@on_sqlite
def test_small_countries_and_a_withdrawn_testimony_are_not_told_of(omar, handing):
    handing.office(country="FR", channel="special-procedures")
    for number in range(19):
        omar.has(email=f"p{number}@example.org", country="FR")
    handing.publish()
    _, before = deliver(omar, out="before")
    assert "France" not in text(before / "1-page.en.pdf")
    assert "The testimony is undated" in text(before / "README.en.txt")

    assert omar.run("testimony", "withdraw", typed="y\n").exit_code == 0
    done, folder = deliver(omar)

    assert done.exit_code == 0, done.output
    assert not [file for file in folder.iterdir() if "testimony" in file.name]
    assert not [file.name for file in folder.iterdir() if re.search("testimony|شهادة", text(file))]


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=lambda channel: channel.key)
def test_each_channel_has_each_demand_met_or_named_as_missing(channel):
    bare = check_demands(channel, Offered(languages=["ar"], words=5_000, person=""))
    ready = check_demands(channel, Offered(["ar", "en"], 200, "Nour", list(Demand)))

    assert list(bare) == list(ready) == list(channel.demands)
    assert not any(bare.values())
    assert all(ready.values())


def test_an_undated_testimony_does_not_meet_the_demand_for_a_day_whatever_is_said():
    policy = testimony_policy.TestimonyPolicy("full", "", None, "unknown", withdrawn=False, removed_with_testimony={})
    offered = Offered(["en"], 200, "Nour", [Demand.DAY_AND_PLACE], policy)

    assert check_demands(CHANNELS["special-procedures"], offered)[Demand.DAY_AND_PLACE] is False
    assert set(SEEN_BY_PROGRAM) == {Demand.CONTACT_PERSON, Demand.LANGUAGE, Demand.WORDS}


@on_sqlite
def test_the_readme_names_what_is_missing_in_both_languages(omar, handing):
    handing.office(channel="bundestag", **CHECKED)
    handing.publish()

    done, folder = deliver(omar)

    english, arabic = text(folder / "README.en.txt"), text(folder / "README.ar.txt")
    missing = english.partition("Missing:")[2]
    assert "- Made-up demand 4." in missing  # a named person
    assert "- Made-up demand 8." in missing  # a signature by hand
    assert "شرط مُختلَق 8." in arabic
    assert "Missing of what bundestag asks for: contact-person, handwritten-signature" in done.output
    seen_to, folder = deliver(omar, "--arranged", "handwritten-signature", "--person", "Nour", out="second")
    assert "Missing" not in seen_to.output
    assert "Met:\n- Made-up demand 4." in text(folder / "README.en.txt")


@on_sqlite
def test_an_office_of_which_nothing_is_known_says_so(omar, handing):
    handing.office()
    handing.publish()

    done, folder = deliver(omar)

    assert "No channel has been entered" in done.output
    assert "No checked address has been entered for this office." in text(folder / "README.en.txt")


def test_deliveries_are_only_added_to():
    assert not [name for name in vars(deliveries) if re.search("delete|change|update|remove", name)]
