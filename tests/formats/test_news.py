"""The formats of news: what is sealed of who asked for it, its key, and the list that goes to the machine that sends."""

import io
from collections import Counter
from dataclasses import asdict
from datetime import date

import pytest
import sqlalchemy as sa
from nacl.public import PrivateKey, PublicKey, SealedBox

from campaign.crypto import sealing
from campaign.crypto.keys import NO_KEY
from campaign.crypto.sealing import CannotOpen, NewsRecipient
from campaign.exports import sealed_news
from campaign.exports.news_mailing import NEWS_FIRST_LINE, open_sealed_mailing, reader_of
from campaign.exports.sealed_news import NewsRow, StoredAgreement
from campaign.exports.warning_record import CannotWarn, open_record, read_marks
from campaign.petition import news_key
from campaign.petition.news_key import NewsKey
from tests.servers import on_sqlite


@pytest.fixture
def news_private(vectors):
    """The private key for news of the recorded campaign."""
    return PrivateKey(bytes.fromhex(vectors["news record"]["private"]))


def recipient_in(recorded):
    """Who was recorded."""
    texts = {name: recorded[name] for name in ("email", "language", "token")}
    return NewsRecipient(record=bytes.fromhex(recorded["record"]), **texts)


def test_news_record_that_was_recorded_opens_to_what_went_in_and_has_these_bytes(vectors, news_private):
    for recorded in vectors["news record"]["records"]:
        made = sealing.seal_news(news_private.public_key, recipient_in(recorded))

        assert sealing.open_news(news_private, bytes.fromhex(recorded["sealed"])) == recipient_in(recorded)
        assert made[:9].hex() == recorded["head"], "version and key id"
        assert SealedBox(news_private).decrypt(made[9:]) == bytes.fromhex(recorded["plain"]).ljust(recorded["size"], b"\0")


def test_news_record_of_another_version_or_key_or_that_is_damaged_is_one_sentence(vectors, news_private, private):
    whole = bytes.fromhex(vectors["news record"]["records"][0]["sealed"])
    empty = whole[:9] + SealedBox(news_private.public_key).encrypt(bytes(512))

    assert sealing.open_news(news_private, empty) == NewsRecipient(bytes(16), "", "", "")
    for changed, key, said in (
        (b"\2" + whole[1:], news_private, "or of a later version"),
        (whole[:-1], news_private, "damaged"),
        (whole[:-1] + b"x", news_private, "damaged"),
        (whole, private, "sealed to another key"),
        (whole[:9] + SealedBox(news_private.public_key).encrypt(b"\xff" * 512), news_private, "damaged"),
    ):
        with pytest.raises(CannotOpen, match=said):
            sealing.open_news(key, changed)


@on_sqlite
def test_news_key_and_the_end_of_the_news_have_the_recorded_codes(app, vectors, keys):
    recorded = vectors["news key"]
    public = PublicKey(bytes.fromhex(recorded["public"]))

    with app.extensions["campaign"].database.writing() as session:
        for key in (public, public, None):
            news_key.set_news_key(session, keys, key, date(2026, 11, 29))
            assert news_key.newest_news_key(session, keys) == key
        rows = session.scalars(sa.select(NewsKey).order_by(NewsKey.number)).all()

    assert [(row.number, row.public, row.code.hex()) for row in rows] == [
        (1, bytes(public), recorded["codes"][0]),
        (2, NO_KEY, recorded["codes"][1]),
    ]


def test_sealed_list_for_news_is_written_and_read_as_recorded(vectors, news_private, tmp_path):
    lines, records = vectors["sealed list for news"]["lines"], vectors["news record"]["records"]
    file, out = tmp_path / "news.sealed-news", io.BytesIO()
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    page = [StoredAgreement(*(bytes.fromhex(one[name]) for name in ("record", "sealed"))) for one in records]

    sealed_news.write_sealed_news([page], out)
    assert out.getvalue() == file.read_bytes()
    assert (sealed_news.is_sealed_news(file), sealed_news.count_sealed_news(file)) == (True, 2)
    opened = list(sealed_news.open_sealed_news(file, [news_private], iter, Counter()))
    assert [row.email for row in opened] == [one["email"] for one in records]


def test_sealed_list_with_an_update_to_be_sent_is_read_as_recorded(vectors, news_private, tmp_path):
    recorded, file, out = vectors["sealed list for news, version 2"], tmp_path / "news.list", io.BytesIO()
    file.write_text("".join(f"{line}\n" for line in recorded["lines"]), "utf-8")
    page = [StoredAgreement(*(bytes.fromhex(one[name]) for name in ("record", "sealed"))) for one in news_records(vectors)]

    sealed = sealed_news.read_sealed_mailing(file)
    sealed_news.write_sealed_news([page], out, sealed)
    assert out.getvalue() == file.read_bytes()
    assert asdict(open_sealed_mailing([news_private], sealed)) == recorded["mailing"]
    opened = sealed_news.open_sealed_news(file, [news_private], iter, Counter())
    assert [row.email for row in opened] == [one["email"] for one in news_records(vectors)]


def news_records(vectors):
    """The records of those who asked for news."""
    return vectors["news record"]["records"]


def test_record_of_news_is_written_and_read_as_recorded(vectors, tmp_path):
    recorded, file = vectors["record of news"], tmp_path / "news.key.sent"
    reader = reader_of(NewsRow(1, "layla@example.org", "en", recorded["token"]), "a-sample")

    with open_record(file, first_line=NEWS_FIRST_LINE) as record:
        record.add(reader.mark, "2026-11-29T15:00:00+00:00")

    assert file.read_text("ascii") == recorded["file"]
    assert read_marks(file, NEWS_FIRST_LINE) == {reader.mark: "2026-11-29T15:00:00+00:00"}
    with pytest.raises(CannotWarn, match=r"is not a record of warnings\. Move it away"):
        read_marks(file)
