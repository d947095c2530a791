"""Carrying the signatures unopened from the server to the machine that has the private key."""

import json

import pytest

from campaign.exports.rows import PAGE
from tests.exports.terminal import lines
from tests.exports.test_export_csv import table
from tests.exports.test_export_jsonl import NAMES
from tests.servers import LONG, on_sqlite


def damaged(file, change):
    """The same file with its lines changed."""
    found = file.read_bytes().splitlines(keepends=True)
    change(found)
    file.write_bytes(b"".join(found))
    return file


def test_what_was_sealed_opens_where_the_key_is(omar):
    for place, name in enumerate(NAMES):
        omar.has(name, f"person{place}@example.org", shown_as=name, country="SY", language="ar", news=True)
    plain = omar.reads()
    key = omar.ejects_the_key()
    sealed = omar.exports("sealed")

    done = omar.run("open-export", sealed, "--key", key, "--format", "jsonl", "--out", omar.desk / "opened.jsonl")

    assert done.exit_code == 0, done.output
    assert lines(omar.desk / "opened.jsonl") == plain
    assert len(plain) == len(NAMES)


@on_sqlite
def test_one_signature_is_carried_alone_by_its_number(omar):
    omar.has("Sami Odeh", "sami@example.org")
    layla = omar.has("Layla Haddad", "layla@example.org")
    key = omar.ejects_the_key()

    sealed = omar.exports("sealed", "--signature", layla.hex())
    done = omar.run("open-export", sealed, "--key", key, "--format", "jsonl", "--out", "-")

    assert [json.loads(line)["email"] for line in done.stdout.splitlines()] == ["layla@example.org"]
    for number, document, said in (
        ("0" * 32, "sealed", "There is no signature of this number."),
        ("7", "sealed", "32 letters and digits"),
        (layla.hex(), "csv", "--format sealed"),
    ):
        refused = omar.run("export", "--format", document, "--signature", number, "--key", key, "--out", omar.desk / "none")
        assert refused.exit_code
        assert said in refused.stderr


@pytest.mark.parametrize("narrowing", ["--since 2026-11-01", "--until 2026-11-30", "--country SY", "--signed-in ar", "--shown"])
@on_sqlite
def test_an_option_that_narrows_is_refused_beside_the_number_of_one_signature(omar, narrowing):
    layla = omar.has("Layla Haddad", "layla@example.org")
    words = ("--format", "sealed", "--signature", layla.hex(), "--out", omar.desk / "none")

    refused = omar.run("export", *words, *narrowing.split())

    assert refused.exit_code
    assert "--signature takes one signature by its number: leave --since, --until" in " ".join(refused.stderr.split())
    assert not (omar.desk / "none").exists()


@pytest.mark.parametrize("document", ["csv", "jsonl", "xlsx"])
@on_sqlite
def test_it_opens_as_every_document_that_the_server_would_write(omar, document):
    omar.has("ليلى حدّاد", shown_as="ليلى")
    plain = omar.exports(document, "--language", "ar")
    sealed, key = omar.exports("sealed"), omar.ejects_the_key()
    opened = omar.desk / f"opened.{document}"

    omar.run("open-export", sealed, "--key", key, "--format", document, "--language", "ar", "--out", opened)

    assert len(opened.read_bytes()) == len(plain.read_bytes())
    assert document == "xlsx" or opened.read_bytes() == plain.read_bytes()  # the archive has the time in it


@on_sqlite
def test_it_opens_in_an_empty_folder_with_nothing_but_the_key_and_no_settings(omar, tmp_path):
    omar.has("Layla Haddad")
    sealed, key = omar.exports("sealed"), omar.ejects_the_key()
    for file in (sealed, key):
        file.rename(tmp_path / file.name)
    omar.settings.data.rename(tmp_path / "gone")
    omar.elsewhere = {"CAMPAIGN_DATA": "/nonexistent/data", "CAMPAIGN_BASE_URL": "not an address"}

    taken = omar.start(
        *("open-export", tmp_path / sealed.name, "--key", tmp_path / key.name, "--format", "csv", "--out", "opened.csv")
    )

    assert taken.wait(LONG) == 0
    assert table(omar.desk / "opened.csv")[1][2] == "Layla Haddad"
    assert [file.name for file in omar.desk.iterdir()] == ["opened.csv"]


def test_nobody_can_be_read_in_it(omar):
    omar.has("Sentinel Haddad", "sentinel@example.org", shown_as="Layla")

    content = omar.exports("sealed").read_text("utf-8")

    assert "Sentinel" not in content
    assert "sentinel" not in content
    assert "Layla" in content


@on_sqlite
def test_it_says_what_it_is_and_how_many_are_in_it(omar):
    omar.has()
    omar.has()

    found = lines(omar.exports("sealed"))

    assert found[0]["format"] == "campaign sealed export"
    assert found[0]["version"] == 2
    assert found[-1] == {"count": 2}
    assert set(found[1]) == {
        "id",
        "confirmed_on",
        "country",
        "language",
        "shown_as",
        "news",
        "text_sha256",
        "sealed",
        "sealed_for",
        "version",
    }


@on_sqlite
def test_rows_of_one_day_come_in_the_order_of_chance(omar):
    ids = [omar.has(email=f"person{place}@example.org") for place in range(20)]

    assert [row["id"] for row in lines(omar.exports("sealed"))[1:-1]] == sorted(record.hex() for record in ids)


@on_sqlite
def test_more_than_a_page_opens_in_order(omar):
    omar.has_made_up(2 * PAGE + 1)
    sealed, key = omar.exports("sealed"), omar.ejects_the_key()

    opening = omar.start("open-export", sealed, "--key", key, "--format", "jsonl", "--out", omar.desk / "all.jsonl")

    assert opening.wait(LONG) == 0
    found = lines(omar.desk / "all.jsonl")
    assert [row["number"] for row in found] == list(range(1, 2 * PAGE + 2))
    assert len({row["email"] for row in found}) == 2 * PAGE + 1


@on_sqlite
def test_an_empty_one_opens_as_an_empty_document(omar):
    sealed, key = omar.exports("sealed"), omar.ejects_the_key()

    done = omar.run("open-export", sealed, "--key", key, "--format", "jsonl", "--out", omar.desk / "none.jsonl")

    assert done.exit_code == 0
    assert (omar.desk / "none.jsonl").read_bytes() == b""


CHANGES = {
    "its last line is missing": (lambda found: found.pop(), "is cut off"),
    "its last line is half": (lambda found: found.__setitem__(-1, found[-1][:-3]), "is cut off"),
    "a line is missing": (lambda found: found.pop(2), "it holds 2 signatures of 3"),
    "a line is there twice": (lambda found: found.insert(1, found[1]), "it holds 4 signatures of 3"),
    "a line is empty": (lambda found: found.__setitem__(2, b"{}\n"), "Line 3 of"),
    "a line is no object": (lambda found: found.__setitem__(2, b"nothing\n"), "Line 3 of"),
    "a line is half": (lambda found: found.__setitem__(2, found[2][:-40] + b"\n"), "Line 3 of"),
    "a record is no base64": (lambda found: found.__setitem__(2, found[2].replace(b'"sealed": "', b'"sealed": "?')), "Line 3 of"),
    "a day is no day": (lambda found: found.__setitem__(2, found[2].replace(b"2026-11-22", b"yesterday!")), "Line 3 of"),
    "it says something else": (lambda found: found.__setitem__(0, b'{"name": "x"}\n'), "is not a sealed export"),
    "it is newer": (
        lambda found: found.__setitem__(0, found[0].replace(b'"version": 2', b'"version": 3')),
        "is not a sealed export",
    ),
    "it is empty": (lambda found: found.clear(), "is not a sealed export"),
}


@pytest.mark.parametrize("what", CHANGES)
@on_sqlite
def test_a_file_that_is_not_whole_is_refused_and_nothing_is_left(omar, what):
    change, said = CHANGES[what]
    for place in range(3):
        omar.has(email=f"person{place}@example.org")
    sealed, key = damaged(omar.exports("sealed"), change), omar.ejects_the_key()

    done = omar.run("open-export", sealed, "--key", key, "--format", "csv", "--out", omar.desk / "opened.csv")

    assert done.exit_code == 1
    assert said in done.stderr
    assert sorted(omar.desk.iterdir()) == sorted([sealed, key])


@on_sqlite
def test_a_record_that_is_there_again_is_counted_once_and_the_command_says_so(omar):
    for place in range(2):
        omar.has(f"Layla {place}", email=f"person{place}@example.org")

    def repeat(found):
        other_day = found[1].replace(b"2026-11-22", b"2026-11-23")
        found[1:] = [*found[1:-1], found[1], other_day, b'{"count": 4}\n']

    sealed, key = damaged(omar.exports("sealed"), repeat), omar.ejects_the_key()

    done = omar.run("open-export", sealed, "--key", key, "--format", "jsonl", "--out", omar.desk / "opened.jsonl")

    assert done.exit_code == 0, done.output
    assert sorted(row["name"] for row in lines(omar.desk / "opened.jsonl")) == ["Layla 0", "Layla 1"]
    assert "2 signatures exported" in done.stderr
    assert "Repeated in the file, and exported only once: 2 lines." in done.stderr


# Values that JSON can hold and no export of ours has, each for every field.
FOREIGN_VALUES = ("[]", "{}", "[1]", '{"a": 1}', '"\\ud800"', "1" + "0" * 400, "1" * 5000, "1e999", "NaN", "-1", "1.5",
                  "[" * 3000 + "]" * 3000, '{"a":' * 2000 + "1" + "}" * 2000, '"' + "x" * 40_000 + '"')  # fmt: skip


@on_sqlite
def test_a_file_of_a_server_that_lies_ends_in_one_sentence(omar):
    omar.has()
    sealed, key = omar.exports("sealed"), omar.ejects_the_key()
    head, line, last = sealed.read_text("utf-8").splitlines()
    row = json.loads(line)
    lines_of = [(head, json.dumps(row | {name: "?"}).replace('"?"', value), last) for name in row for value in FOREIGN_VALUES]
    lines_of += [(head, value, last) for value in FOREIGN_VALUES]
    lines_of += [(head, line, f'{{"count": {value}}}') for value in FOREIGN_VALUES if value != "1"]
    lines_of += [(f'{{"format": "campaign sealed export", "version": {value}, "key": {value}}}', line, last)
                 for value in FOREIGN_VALUES]  # fmt: skip

    for tried in lines_of:
        sealed.write_text("\n".join(tried) + "\n", "utf-8")
        done = omar.run("open-export", sealed, "--key", key, "--format", "csv", "--out", omar.desk / "opened.csv")

        assert isinstance(done.exception, SystemExit), (tried, done.exception)
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1), (tried, done.stderr)
        assert sorted(omar.desk.iterdir()) == sorted([sealed, key])


@on_sqlite
def test_a_row_whose_record_is_exchanged_for_another_is_refused(omar):
    omar.has(id=b"a" * 16)
    omar.has(id=b"b" * 16)

    def exchange(found):
        first, second = json.loads(found[1]), json.loads(found[2])
        first["sealed"], second["sealed"] = second["sealed"], first["sealed"]
        found[1:3] = [json.dumps(one).encode() + b"\n" for one in (first, second)]

    sealed, key = damaged(omar.exports("sealed"), exchange), omar.ejects_the_key()

    done = omar.run("open-export", sealed, "--key", key, "--format", "csv", "--out", omar.desk / "opened.csv")

    assert done.exit_code == 1
    assert "Signature 1 cannot be opened: its record belongs to another signature; 0 were opened before it." in done.stderr
