"""Every post of the desk comes from a page of the desk: without its session's token none is taken."""

import pytest
import sqlalchemy as sa
from werkzeug.routing import IntegerConverter

from campaign.database import Base
from campaign.organizers.models import ROLES
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
OPEN = {"enter", "set_up"}  # to whoever comes


def routes(app, method):
    """Every address of the desk that takes a method, with its endpoint; what is variable in it is made up."""
    with app.test_request_context("/en/"):
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("organizers.") and method in rule.methods:
                made_up = {name: 1 if isinstance(rule._converters[name], IntegerConverter) else "x" for name in rule.arguments}
                yield rule.endpoint.partition(".")[2], rule.build(made_up | {"lang": "en"})[1]


def content(app):
    """What the database holds, but for when somebody was seen."""
    with app.extensions["campaign"].database.reading() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name != "login"]
        return {table.name: sorted(map(repr, session.execute(sa.select(table)))) for table in tables}


@pytest.fixture
def posts(app):
    """Every address that takes a post."""
    found = dict(routes(app, "POST"))
    assert len(found) >= 10
    return found


@pytest.mark.parametrize("token", [{"deed": "agree"}, {"csrf_token": ""}, {"csrf_token": "x"}])
def test_a_post_without_the_token_or_with_another_is_refused_on_every_address(app, omar, posts, token):
    before = content(app)

    answers = {endpoint: omar.post(path, **token).status_code for endpoint, path in posts.items()}

    assert set(answers.values()) == {400}, answers
    assert content(app) == before


def test_the_token_of_somebody_else_or_with_a_letter_changed_is_refused_on_every_address(app, omar, nour, posts):
    theirs, mine = nour.token(), omar.token()
    changed = mine[:5] + ("x" if mine[5] != "x" else "y") + mine[6:]
    before = content(app)

    for path in posts.values():
        assert omar.post(path, csrf_token=theirs).status_code == 400, path
        assert omar.post(path, csrf_token=changed).status_code == 400, path
    assert content(app) == before


def test_a_post_from_another_site_is_refused_with_the_right_token_too(omar, posts):
    for path in posts.values():
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
            answer = omar.client.post(path, data={"csrf_token": omar.token()}, headers=headers)
            assert answer.status_code == 400, (path, headers)


def test_every_form_of_the_desk_is_a_post_with_the_token_or_a_search(app, omar):
    for endpoint, path in routes(app, "GET"):
        for form in parse_forms(omar.read(path)):
            names = {field.get("name") for field in form.iter("input")}
            assert (form.get("method") == "post") == ("csrf_token" in names), endpoint


def parse_forms(answer):
    """The forms on a page."""
    return list(parse(answer.text).iter("form")) if answer.mimetype == "text/html" else []


def test_every_address_says_whom_it_is_open_to(app):
    for method in ("GET", "POST"):
        for endpoint, _ in routes(app, method):
            roles = getattr(app.view_functions[f"organizers.{endpoint}"], "required_roles", None)
            assert (endpoint in OPEN and roles is None) or set(roles) <= set(ROLES), endpoint


def test_whoever_is_not_logged_in_sees_nothing_of_the_desk(app, visitor):
    for endpoint, path in routes(app, "GET"):
        if endpoint not in OPEN:
            answer = visitor.read(path)
            assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/en/organize/enter"), path


def test_a_moderator_opens_what_is_open_to_them_and_no_more(app, hadi):
    for endpoint, path in routes(app, "GET"):
        roles = getattr(app.view_functions[f"organizers.{endpoint}"], "required_roles", ROLES)
        answer = hadi.read(path)
        assert (answer.status_code == 403) == ("moderator" not in roles), path
        assert answer.status_code < 500, path


def test_opening_a_page_of_the_desk_changes_nothing(app, omar):
    before = content(app)

    for _, path in routes(app, "GET"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert omar.client.open(path, method=method, data={"deed": "agree"}).status_code < 500, (method, path)
    assert content(app) == before
