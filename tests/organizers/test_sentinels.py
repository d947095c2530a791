"""Nothing sealed leaves by the desk: 200 names and addresses, looked for in every answer of it and in every file it writes."""

import secrets
from itertools import product

import pytest

from campaign.crypto import sealing
from campaign.crypto.keys import eject, load_keys
from campaign.database import now
from campaign.outbox.address import parse_address
from campaign.petition import signing
from campaign.petition.signature_request import SignatureRequest, seal_request
from tests.faults.test_traces import traces, written
from tests.organizers.stored import propose, store
from tests.organizers.test_removal_rules import remove

PEOPLE = 200
NAMES = [f"Qwzxjvkmpf{number} ضظغذثخشصطك{number}" for number in range(PEOPLE)]
ADDRESSES = [f"vbqxzkwjth{number}@example.org" for number in range(PEOPLE)]
# Every name and every address holds one of these, and nothing else does.
SECRET = ("Qwzxjvkmpf", "ضظغذثخشصطك", "vbqxzkwjth")


@pytest.fixture
def people(app):
    """A hundred who count, half of whom show other words; fifty who wait; fifty who were removed: their signatures' ids."""
    site = app.extensions["campaign"]
    ids = [record for place in range(150) for record in store(app, "Shown" if place % 2 else None, **sealed(site.keys, place))]
    remove(site.database, propose(app, ids[100:]), "not_real")
    propose(app, ids[:60])
    with site.database.writing() as session:
        for place in range(150, PEOPLE):
            wish = SignatureRequest(
                NAMES[place], parse_address(ADDRESSES[place]), "", "SY", news=False, language="en", text_sha256="0" * 64
            )
            signing.sign(site.database, session.connection(), seal_request(site.keys, wish, now()))
    return ids


def sealed(keys, place):
    """The columns that hide one of them."""
    record = secrets.token_bytes(16)
    person = sealing.Person(record, "0" * 64, name=NAMES[place], email=ADDRESSES[place])
    return {"id": record, "tag": sealing.mailbox_tag(keys.tag, person.email), "sealed": sealing.seal(keys.public, person)}


@pytest.fixture
def keyless(app, settings, tmp_path):
    """The private key was moved off the server."""
    (tmp_path / "elsewhere").mkdir()
    eject(settings.data / "keys", tmp_path / "elsewhere" / "private.key")
    site = app.extensions["campaign"]
    app.extensions["campaign"] = type(site)(**{**vars(site), "keys": load_keys(settings.data / "keys")})


def addresses(app, ids):
    """Every address of the desk that can be read, for some of the signatures and everything that has a number."""
    values = {"record": [record.hex() for record in (ids[0], ids[1], ids[120])], "number": ["1", "2"], "token": ["a" * 26]}
    values |= {"name": ["signing", "mail", "names", "words"], "piece": ["letter", "title", "contact"], "part": ["title", "en"]}
    values |= {
        "delivery": ["new", "1"],
        "what": ["planned", "answered"],
        "key": [app.extensions["campaign"].words.addressees[0].key],
    }
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("organizers.") and "GET" in (rule.methods or ()):
            others = sorted(rule.arguments - {"lang"})
            for language, *filled in product(("en", "ar"), *(values[name] for name in others)):
                path = rule.rule.replace("<lang:lang>", language)
                for name, text in zip(others, filled, strict=True):
                    path = path.replace(f"<int:{name}>", text).replace(f"<{name}>", text)
                yield path


def shows(answer):
    """Which of the secrets stand in an answer, in whatever way they are written."""
    headers = str(answer.headers).encode()
    return [text for text in SECRET if any(form in answer.data or form in headers for form in written(text))]


def test_no_page_and_no_file_of_the_desk_holds_a_sealed_name_or_address(app, settings, people, keyless, omar, hadi):
    queries = [f"/en/organize/signatures?state={state}" for state in ("standing", "shown", "waiting", "removed")]
    paths = [*addresses(app, people), *queries, "/en/organize/signatures?name=shown"]
    assert len(paths) > 40

    seen = []
    for somebody in (hadi, omar):
        for path in paths:
            answer = somebody.read(path)
            assert answer.status_code in (200, 302, 303, 403, 404), (path, answer.status_code)
            assert shows(answer) == [], path
            seen.append(answer.status_code)
    assert seen.count(200) > 40
    for record in people[:3]:
        assert shows(omar.send(f"signatures/{record.hex()}/sealed")) == []
    omar.send("address", email=ADDRESSES[0])
    assert list(traces(SECRET, settings.data)) == []


def test_the_search_finds_what_is_there(app, settings, people, omar):
    page = omar.send(f"signatures/{people[0].hex()}/sealed")

    assert shows(page) == list(SECRET), "with the key and asked for, the name and the address are shown"
    (settings.data / "careless").write_text(NAMES[0], "utf-16")
    assert any(traces(SECRET, settings.data))
