"""When something the site needs is away for a while: the database, the disk's space, the mail server, the worker itself."""

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from campaign import database, folder
from campaign.config import Settings
from campaign.petition.models import Submission
from tests.people import parse, rows

TYPED = {"name": "Yusuf Karam", "email": "yusuf@example.org", "shown_as": "يوسف", "country": "LB", "news": "y"}


@contextlib.contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = folder.open_database(settings)
    with contextlib.suppress(InterruptedError), other.writing() as session:
        if not other.is_sqlite:
            session.execute(sa.text("LOCK TABLE letter IN ACCESS EXCLUSIVE MODE"))
        yield
        raise InterruptedError
    other.close()


def typed_in(html: str) -> dict[str, str]:
    """What a person sees filled in on a form, but for what is hidden."""
    page = parse(html)
    fields = {field.get("name"): field for field in page.iter("input") if field.get("type") != "hidden"}
    texts = {name: field.get("value") for name, field in fields.items() if field.get("type") != "checkbox"}
    ticked = {name: field.get("value") for name, field in fields.items() if field.get("checked") is not None}
    chosen = {"country": next(choice.get("value") for choice in page.iter("option") if choice.get("selected") is not None)}
    return {name: value for name, value in (texts | ticked | chosen).items() if value and name != "consent"}


def test_a_form_sent_while_the_database_is_locked_comes_back_with_all_that_was_typed(app, somebody, settings, monkeypatch):
    monkeypatch.setattr(database, "BUSY_AFTER", 0.2)

    with locked(settings):
        answer = somebody.sign(**TYPED)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert typed_in(answer.text) == TYPED
    assert rows(app, Submission) == []
    assert somebody.sign(**TYPED).status_code == 303
