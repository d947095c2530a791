"""The file mailbox: letters as files, for trying the site out on one machine."""

import re
from email import message_from_bytes, policy

import pytest

from tests.people import link_in
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def folder(mail_to, settings):
    mail_to("file:")
    return settings.data / "mail"


def test_a_letter_lies_in_the_data_folder_and_its_link_is_shown_without_its_address(folder, somebody, send):
    somebody.sign(email="layla@example.org")

    said = send()

    files = list(folder.iterdir())
    assert [file.suffix for file in files] == [".eml"]
    assert folder.stat().st_mode & 0o777 == 0o700
    letter = message_from_bytes(files[0].read_bytes(), policy=policy.SMTP)
    assert letter["To"] == "layla@example.org"
    assert said == [f"An e-mail in {files[0]}: http://localhost:8000{link_in(letter)}"]
    assert "layla" not in said[0]
    assert somebody.press(link_in(letter)).status_code == 303


def test_a_letter_can_be_read_in_any_editor(folder, reader, send):
    reader.sign(email="ليلى@موقع.مصر")

    send()

    text = next(folder.iterdir()).read_text("utf-8")
    assert "To: ليلى@موقع.مصر" in text
    assert "أُرسل نموذج لتوقيع عريضة بهذا البريد الإلكتروني." in text
    assert re.search(r"^http://localhost:8000/ar/confirm/[a-z2-7]{26}\r?$", text, re.MULTILINE)
