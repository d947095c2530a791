"""Settings: where they are read from, and what is refused, in one sentence each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from campaign.config import PREFIX, TRANSLATIONS, SettingError, Settings
from campaign.origins import canonical_host

PUBLIC = {"BASE_URL": "https://petition.example.org", "MAIL_URL": "smtp://mail.example.org", "MAIL_FROM": "a@example.org"}
MAIL_URL_SIGNS = "CAMPAIGN_MAIL_URL must be smtp://user:password@host:587, with the port in digits; in the user and the password"
NAMED_TWICE = "CAMPAIGN_BASE_URL must name each host once: {} is there twice"
REFUSED = [
    ({"BASE_URL": "https://petition.example.org"}, "CAMPAIGN_MAIL_URL is `file:`, which writes e-mails to this disk"),
    (PUBLIC | {"LIMITS": "off"}, "CAMPAIGN_LIMITS can be off only with a loopback CAMPAIGN_BASE_URL"),
    (PUBLIC | {"MAIL_FROM": ""}, "CAMPAIGN_MAIL_FROM must be set when e-mails are sent by SMTP"),
    (PUBLIC | {"MAIL_FROM": "campaign"}, "CAMPAIGN_MAIL_FROM must be an e-mail address"),
    ({"BASE_URL": "petition.example.org"}, "CAMPAIGN_BASE_URL must begin with https:// or http://"),
    ({"BASE_URL": "ftp://localhost"}, "CAMPAIGN_BASE_URL must begin with https:// or http://"),
    ({"BASE_URL": "http://localhost/petition"}, "CAMPAIGN_BASE_URL must be a URL without a path"),
    ({"BASE_URL": "http://localhost/?lang=ar"}, "CAMPAIGN_BASE_URL must be a URL without a path"),
    ({"BASE_URL": "http://localhost/#sign"}, "CAMPAIGN_BASE_URL must be a URL without a path"),
    ({"BASE_URL": "http://user:secret@localhost"}, "CAMPAIGN_BASE_URL must be a URL without a path"),
    ({"BASE_URL": "http://localhost:port"}, "CAMPAIGN_BASE_URL must be a URL without a path"),
    ({"BASE_URL": "http://["}, "CAMPAIGN_BASE_URL: invalid IPv6 URL"),
    ({"BASE_URL": "http://[::1"}, "CAMPAIGN_BASE_URL: invalid IPv6 URL"),
    ({"BASE_URL": " "}, "CAMPAIGN_BASE_URL must begin with https:// or http://"),
    ({"BASE_URL": "http://a b.example"}, "CAMPAIGN_BASE_URL number 2 must begin with https:// or http://"),
    ({"BASE_URL": "https://a.example ftp://b.example"}, "CAMPAIGN_BASE_URL number 2 must begin with https:// or http://"),
    ({"BASE_URL": "https://a.example https://b.example/a"}, "CAMPAIGN_BASE_URL number 2 must be a URL without a path"),
    (
        {"BASE_URL": "https://a.example http://A.Example:81"},
        NAMED_TWICE.format("a.example"),
    ),
    (
        {"BASE_URL": "http://localhost:1 http://127.0.0.1:2"},
        NAMED_TWICE.format("localhost"),
    ),
    (
        {"BASE_URL": "https://a.example http://petition.onion"},
        "CAMPAIGN_BASE_URL number 2 must have 56 letters and digits before .onion",
    ),
    ({"BASE_URL": "https://-ا.example"}, "CAMPAIGN_BASE_URL must be a URL without a path"),
    ({"BASEURL": "https://petition.example.org"}, "CAMPAIGN_BASEURL is not a setting: did you mean CAMPAIGN_BASE_URL?"),
    ({"GAOL": "100"}, "CAMPAIGN_GAOL is not a setting: did you mean CAMPAIGN_GOAL?"),
    ({"MAIL_URL": "https://mail.example.org"}, "CAMPAIGN_MAIL_URL must be file:, or start with smtp://"),
    ({"MAIL_URL": "smtp://"}, "CAMPAIGN_MAIL_URL must be file:, or start with smtp://"),
    ({"MAIL_URL": "smtp://user:secret@host:abc"}, MAIL_URL_SIGNS),
    ({"MAIL_URL": "smtp://user:secret@host?starttls=no"}, "CAMPAIGN_MAIL_URL must say starttls=required or starttls=off"),
    ({"DATABASE_URL": "mysql://user:secret@host/name"}, "CAMPAIGN_DATABASE_URL must start with postgresql"),
    ({"DATABASE_URL": "campaign.db"}, "CAMPAIGN_DATABASE_URL must start with postgresql"),
    (
        {"DATABASE_URL": "postgresql+psycopg://user:secret@db1:5432,db2:5432/name"},
        "CAMPAIGN_DATABASE_URL must name several servers with their ports as ...@/name?host=first:5432&host=second:5432",
    ),
    ({"SHARED_URL": "memcached://host"}, "CAMPAIGN_SHARED_URL must be memory://"),
    ({"GOAL": "0"}, "CAMPAIGN_GOAL must be 1 or more"),
    ({"GOAL": "abc"}, "CAMPAIGN_GOAL must be a whole number in digits, such as 500"),
    ({"COUNT_EVERY": "0"}, "CAMPAIGN_COUNT_EVERY must be 1 or more"),
    ({"COUNT_BATCH": "-1"}, "CAMPAIGN_COUNT_BATCH must be 1 or more"),
    ({"TRUSTED_PROXIES": "9"}, "CAMPAIGN_TRUSTED_PROXIES must be 5 or less"),
    ({"LIMITS": "perhaps"}, "CAMPAIGN_LIMITS must be on or off"),
]


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Sets the CAMPAIGN_ variables, in a folder where nothing else is set."""
    monkeypatch.chdir(tmp_path)

    def put(**values):
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            monkeypatch.delenv(name)
        for name, value in values.items():
            monkeypatch.setenv(PREFIX + name, value)

    put()
    return put


@pytest.mark.parametrize(("values", "sentence"), REFUSED)
def test_a_setting_that_cannot_be_used_is_refused_in_one_sentence(environment, values, sentence):
    environment(**values)

    with pytest.raises(SettingError) as refusal:
        Settings.load()

    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("sign", ["#", "/", "?", "[", "]"])
@pytest.mark.parametrize("start", ["begin", "12"])
def test_a_password_with_a_sign_that_ends_an_address_is_refused_by_how_to_write_it_and_not_shown(environment, sign, start):
    environment(MAIL_URL=f"smtp://user:{start}{sign}end@mail.example.org:587", MAIL_FROM="a@example.org")

    with pytest.raises(SettingError) as refusal:
        Settings.load()

    assert str(refusal.value).startswith(MAIL_URL_SIGNS)
    assert "# as %23, / as %2F, ? as %3F" in str(refusal.value)
    assert "begin" not in str(refusal.value)
    assert "end" not in str(refusal.value)


def test_two_settings_that_cannot_be_used_are_both_named(environment):
    environment(GOAL="0", LIMITS="perhaps")

    with pytest.raises(SettingError, match=r"CAMPAIGN_GOAL must be .*; CAMPAIGN_LIMITS must be "):
        Settings.load()


def test_everything_has_a_default_but_the_one_who_answers(environment, tmp_path):
    settings = Settings.load()

    assert settings.data == tmp_path / "instance"
    assert (settings.base_url, settings.mail_url, settings.contact, settings.goal) == ("http://localhost:8000", "file:", "", None)
    assert (settings.count_every, settings.count_batch, settings.trusted_proxies, settings.limits) == (60, 1, 0, True)


def test_the_file_beside_the_data_folder_is_read_and_the_environment_overrides_it(environment, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".env").write_text("CAMPAIGN_GOAL=1\n")  # beside another folder
    (elsewhere / ".env").write_text('CAMPAIGN_GOAL=700\nCAMPAIGN_CONTACT="نور، nour@example.org"\nOTHER=x\n', "utf-8")

    environment(DATA="elsewhere/data")
    read = Settings.load()
    environment(DATA=str(elsewhere / "data"), GOAL="900")
    overridden = Settings.load()

    assert (read.goal, read.contact, read.data) == (700, "نور، nour@example.org", elsewhere / "data")
    assert (overridden.goal, overridden.contact) == (900, "نور، nour@example.org")


@pytest.mark.parametrize("written", ["CAMPAIGN_TRANSLATIONS={}", "campaign_translations='{}'", "export CAMPAIGN_TRANSLATIONS={}"])
def test_every_command_reads_the_folder_of_texts_that_the_file_names(environment, tmp_path, written):
    own, other = (shutil.copytree(TRANSLATIONS, tmp_path / name) for name in ("own", "other"))
    (tmp_path / ".env").write_text(written.format(own), "utf-8")

    def used():
        asked = [sys.executable, "-c", "from campaign.config import TRANSLATIONS; print(TRANSLATIONS)"]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()

    environment(TRANSLATIONS="")
    assert (used(), Settings.load().translations) == (str(own), own)
    environment(TRANSLATIONS=str(other))
    assert (used(), Settings.load().translations) == (str(other), other)


def test_a_file_of_settings_that_cannot_be_read_is_named_by_a_command_too(environment, tmp_path):
    (tmp_path / ".env").write_bytes(b"CAMPAIGN_CONTACT=\xe9\n")

    refused = subprocess.run([sys.executable, "-m", "campaign", "status"], capture_output=True, text=True, check=False)

    assert refused.stderr == f"Error: {tmp_path}/.env is not text in UTF-8. Save it again with that encoding.\n"


def test_a_setting_left_empty_is_not_set(environment, tmp_path):
    environment(**{name.upper(): "" for name in Settings.model_fields})

    assert Settings.load() == Settings(data=tmp_path / "instance")


def test_loopback_names_are_one_host_and_every_other_address_is_public(environment):
    for address in (
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://127.1.2.3:81",
        "http://[::1]:8000",
        "http://a.localhost",
    ):
        assert Settings(base_url=address).is_loopback, address
        assert {Settings(base_url=address).origin_of(one) for one in ("localhost:81", "127.0.0.1", "[::1]")} == {address}
    for address in ("https://localhost.example.org", "http://192.168.1.2", "http://0.0.0.0", "https://127.0.0.1.nip.io"):
        environment(**PUBLIC | {"BASE_URL": address})
        assert not Settings.load().is_loopback, address
        assert [Settings.load().origin_of(one) for one in ("localhost", Settings.load().host)] == ["", address]


ADDRESSES = [
    ("https://نداء.example", "https://xn--ggblx5g.example"),
    ("https://XN--GGBLX5G.Example./", "https://xn--ggblx5g.example"),
    ("https://Petition.Example.org:8443", "https://petition.example.org:8443"),
    ("http://[::1]:8000", "http://[::1]:8000"),
    ("http://[0:0::1]", "http://[::1]"),
    ("https://[2001:DB8::7]", "https://[2001:db8::7]"),
]


@pytest.mark.parametrize(("typed", "kept"), ADDRESSES)
def test_the_address_of_the_site_is_written_in_one_form(typed, kept):
    assert Settings(base_url=typed, mail_url="smtp://mail.example.org", mail_from="a@example.org").base_url == kept


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("LOCALHOST", "localhost"),
        ("localhost.:8000", "localhost"),
        ("[::1]:8000", "::1"),
        ("[0::0:1]", "::1"),
        ("نداء.example", "xn--ggblx5g.example"),
        ("my_host", "my_host"),
        *(
            (nothing, "")
            for nothing in ("", ":80", "a b", "a@b", "a/b", "a:b", "a:0", "a:70000", "[::1", "[x]", "::1", "a\n", "a\0", "ا..b")
        ),
    ],
)
def test_a_host_is_compared_in_one_form_and_nothing_else_is_a_host(written, host):
    assert canonical_host(written) == host


def test_an_unknown_name_is_named_in_the_file_and_in_the_environment_only_where_it_looks_like_a_slip(environment, tmp_path):
    environment(PORT="8000", PORT_8000_TCP_ADDR="10.0.0.1", SERVICE_HOST="10.0.0.1")  # Kubernetes sets them
    assert Settings.load().goal is None

    (tmp_path / ".env").write_text("CAMPAIGN_XYZ=blue\n")
    with pytest.raises(SettingError, match=r"^CAMPAIGN_XYZ is not a setting\.$"):
        Settings.load()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1256"])
def test_a_file_of_settings_in_another_encoding_is_refused_in_one_sentence(environment, tmp_path, encoding):
    (tmp_path / ".env").write_bytes("CAMPAIGN_CONTACT=é\r\n".encode(encoding))

    with pytest.raises(SettingError, match=r"\.env is not text in UTF-8\. Save it again with that encoding\.$"):
        Settings.load()


def test_a_file_of_settings_from_windows_is_read(environment, tmp_path):
    (tmp_path / ".env").write_bytes("CAMPAIGN_GOAL=700\r\nCAMPAIGN_CONTACT=نور\r\n".encode("utf-8-sig"))

    assert (Settings.load().goal, Settings.load().contact) == (700, "نور")


def test_a_final_slash_of_the_address_is_of_no_account():
    assert Settings(base_url="http://localhost:8000/").base_url == "http://localhost:8000"


def test_every_setting_says_what_it_means():
    assert all(field.description for field in Settings.model_fields.values())
    assert Path(Settings.model_fields["data"].default) == Path("instance")
