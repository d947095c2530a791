"""Closing ends the collecting of signatures, opening resumes it, and both can be said twice."""

from campaign.languages import LANGUAGES
from campaign.petition.models import Submission
from tests.people import rows

ENDED = {"en": "Signing has closed.", "ar": "انتهى جمع التوقيعات."}


def test_a_closed_campaign_says_so_on_its_pages_and_takes_no_form(app, run, somebody):
    fields = somebody.form() | {"name": "Layla", "email": "layla@example.org"}

    for _ in range(2):
        assert run("close").stdout == "Signing is closed.\n"
    app.extensions["campaign"].snapshots.refresh()

    for code in LANGUAGES:
        for path in ("", "sign", "petition", "testimony"):
            page = somebody.read(f"/{code}/{path}").text
            assert ENDED[code] in page
            assert 'name="email"' not in page
    assert somebody.client.post(f"/{somebody.language}/sign", data=fields).status_code == 403
    assert rows(app, Submission) == []

    for _ in range(2):
        assert run("open").stdout == "Signing is open.\n"
    app.extensions["campaign"].snapshots.refresh()
    assert somebody.client.post(f"/{somebody.language}/sign", data=fields).status_code == 303
