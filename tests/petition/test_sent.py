"""Sent: one more step, the letter."""

from tests.servers import on_sqlite

pytestmark = on_sqlite


def test_the_page_says_that_the_signature_does_not_count_yet(somebody):
    answer = somebody.read(f"/{somebody.language}/sign/sent")

    not_yet = {
        "en": "Your signature will not be counted until it is confirmed through the link in the message.",
        "ar": "لن يُحتسب التوقيع قبل تأكيده عبر الرابط الوارد في الرسالة.",
    }
    assert answer.status_code == 200
    assert not_yet[somebody.language] in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_question_about_a_domain_cannot_be_made_to_say_anything_else(visitor):
    plain = visitor.read("/en/sign/sent").text

    for domain in ("<b>bold</b>", "evil.example", "gmail.com", "gmail.com<script>", "x" * 9000, "\x00", "سوريا", "@gmial.com "):
        assert visitor.read("/en/sign/sent", domain="").status_code == 200
        assert visitor.client.get("/en/sign/sent", query_string={"domain": domain}).text == plain, domain
    asked = visitor.client.get("/en/sign/sent", query_string={"domain": "gmial.com"}).text
    assert "The address ends in \u2068gmial.com\u2069. If \u2068gmail.com\u2069 was meant" in asked
