"""Keys: listed without a secret, and the private one moved off the server."""

import pytest
from nacl.public import PrivateKey

from campaign import create_app, instance
from campaign.cli.server import print_greeting
from campaign.crypto import sealing
from campaign.crypto.keys import fingerprint, load_keys, make_keys, read_key
from campaign.database import now
from campaign.petition.models import Signature
from campaign.petition.published import TextKind, new_row
from tests.people import Visitor, link_in, rows
from tests.servers import on_sqlite

pytestmark = on_sqlite


def test_the_list_names_each_key_by_its_short_hash_and_holds_no_secret(run, settings):
    result = run("keys", "list")

    listed = dict(line.split("\t") for line in result.stdout.splitlines())
    keys = load_keys(instance.key_folder(settings))
    more = {"private key": "on this server: move it off", "sealed to from the beginning": fingerprint(keys.public)}
    assert listed == keys.fingerprints() | more
    for file in instance.key_folder(settings).iterdir():
        assert file.read_text().strip() not in result.stdout


def test_once_the_private_key_is_away_the_server_goes_on_sealing_and_cannot_open(run, settings, tmp_path, mailbox, post_office):
    out = tmp_path / "private.key"

    result = run("keys", "eject", "--no-passphrase", "--out", str(out))

    assert result.exit_code == 0
    assert f"The private key is in {out} and no longer in the data folder." in result.stdout
    assert "private key\tnot on this server" in run("keys", "list").stdout
    app = create_app(settings)
    visitor = Visitor(app.test_client())
    visitor.sign(name="ليلى", email="layla@example.org")
    visitor.press(link_in(post_office.deliver()[0]))
    private = PrivateKey(read_key(out))
    assert sealing.open_sealed(private, rows(app, Signature)[0].sealed).name == "ليلى"
    assert app.extensions["campaign"].keys.private is None
    app.extensions["campaign"].database.close()


def test_ejecting_again_or_onto_a_file_or_into_no_folder_is_one_sentence(run, tmp_path):
    there = tmp_path / "there.key"
    there.write_text("something else")

    refused = (
        run("keys", "eject", "--no-passphrase", "--out", str(there)),
        run("keys", "eject", "--no-passphrase", "--out", str(tmp_path / "nowhere" / "private.key")),
    )

    assert [result.exit_code for result in refused] == [1, 1]
    assert refused[0].stderr == f"Error: {there} already exists. Name another file.\n"
    assert refused[1].stderr == f"Error: {tmp_path}/nowhere is not a folder. Name another file.\n"
    assert "on this server: move it off" in run("keys", "list").stdout
    assert run("keys", "eject", "--no-passphrase", "--out", str(tmp_path / "private.key")).exit_code == 0
    again = run("keys", "eject", "--no-passphrase", "--out", str(tmp_path / "again.key"))
    assert (again.exit_code, again.stderr) == (1, "Error: The private key is not on this server; it was moved off before.\n")


@pytest.mark.parametrize("name", ["tag.key", "mail.key", "form.key", "seal.public"])
def test_a_key_that_is_gone_open_to_others_or_another_is_one_sentence_of_every_command(run, settings, tmp_path, name):
    file = instance.key_folder(settings) / name
    own = file.read_bytes()
    make_keys(tmp_path / "others")

    file.chmod(0o644)
    assert run("mail", "retry").stderr == f"Error: The key file {file} can be read by others: run chmod 600 on it.\n"
    assert f"keys: The key file {file} can be read by others: run chmod 600 on it." in run("status").stdout
    file.chmod(0o600)
    file.write_bytes((tmp_path / "others" / name).read_bytes())
    assert "is not the one this database was made with: put the right one back.\n" in run("mail", "retry").stderr
    file.unlink()
    assert run("mail", "retry").stderr == f"Error: The key file {file} is missing or broken: put it back from the backup.\n"
    file.write_bytes(own)
    file.chmod(0o600)
    assert run("mail", "retry").exit_code == 0


def test_greeting_and_check_warn_of_a_private_key_on_the_server_until_it_is_away(run, settings, tmp_path, capsys):
    for is_here in (True, False):
        print_greeting(settings)
        for said in (capsys.readouterr().err, run("check").stderr):
            assert ("The private key is on this server, so anyone who takes the server can read who signed" in said) == is_here
        if is_here:
            run("keys", "eject", "--no-passphrase", "--out", str(tmp_path / "private.key"))


def test_check_says_what_a_missing_contact_means(run, settings):
    assert "CAMPAIGN_CONTACT is not set" not in run("check").stderr
    database = instance.open_database(settings)
    with database.writing() as session:
        session.add(new_row((TextKind.CONTACT, ""), "", now().date()))
    database.close()

    said = " ".join(run("check", "--strict").stderr.split())
    assert "CAMPAIGN_CONTACT is not set: say who answers for the campaign and how to reach them." in said
    assert "At a public address nobody can sign a new campaign before that." in said
