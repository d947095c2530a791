"""Exporting where the private key has been moved off the server."""

import pytest

from campaign.crypto.keys import format_fingerprint, load_keys
from tests.exports.terminal import lines
from tests.servers import on_sqlite


@pytest.mark.parametrize("document", ["csv", "jsonl", "xlsx"])
@on_sqlite
def test_a_readable_document_is_refused_with_the_commands_that_work(omar, document):
    omar.has()
    omar.ejects_the_key()

    done = omar.run("export", "--format", document, "--out", omar.desk / "all")

    assert done.exit_code == 1
    assert "campaign export --format sealed --out" in done.stderr
    assert f"campaign open-export signatures.sealed --key FILE --format {document} --out {omar.desk / 'all'}" in done.stderr
    assert "--key FILE" in done.stderr
    assert not (omar.desk / "all").exists()


def test_the_sealed_export_needs_no_key(omar):
    omar.has()
    omar.ejects_the_key()

    assert lines(omar.exports("sealed"))[-1] == {"count": 1}


def test_with_the_key_brought_along_the_document_is_made(omar):
    omar.has("Layla Haddad")
    key = omar.ejects_the_key()

    assert omar.reads("--key", key)[0]["name"] == "Layla Haddad"


@on_sqlite
def test_a_key_that_others_can_read_is_refused(omar):
    key = omar.ejects_the_key()
    key.chmod(0o644)

    done = omar.run("export", "--format", "csv", "--out", "-", "--key", key)

    assert done.exit_code == 1
    assert "chmod 600" in done.stderr


@on_sqlite
def test_another_campaigns_key_opens_nothing(omar):
    omar.has()
    other = omar.settings.data / "keys" / "mail.key"

    named = format_fingerprint(load_keys(omar.settings.data / "keys").key_id)

    done = omar.run("export", "--format", "csv", "--out", omar.desk / "all.csv", "--key", other)

    assert done.exit_code == 1
    assert done.stderr == f"Error: No signature can be opened with the given keys: 1 needs key {named[:9]}.\n"
    assert list(omar.desk.iterdir()) == []
