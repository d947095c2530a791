"""The public numbers for machines: they are what their description says, and anybody's page may read them."""

import re

import pytest

from campaign.languages import LANGUAGES
from campaign.petition import samples
from tests.people import publish
from tests.servers import on_sqlite

pytestmark = on_sqlite
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def wrong(value, schema, where="answer"):
    """What in a value is not as its schema says (the part of JSON Schema that the description uses)."""
    unknown = set(schema) - {
        "type", "description", "required", "properties", "additionalProperties", "items", "minimum", "multipleOf", "pattern",
        "propertyNames",
    }  # fmt: skip
    assert not unknown, f"this check does not know {unknown}"
    kind = TYPES[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return [f"{where} is no {schema['type']}"]
    found = []
    if kind is dict:
        found += [f"{where} has no {name}" for name in schema.get("required", []) if name not in value]
        names = schema.get("propertyNames", {}).get("enum", value)
        found += [f"{where}.{name} is not described" for name in value if name not in names]
        for name, one in value.items():
            more = schema.get("additionalProperties", True)
            part = schema.get("properties", {}).get(name, more)
            if part is False:
                found.append(f"{where}.{name} is not described")
            elif part is not True:
                found += wrong(one, part, f"{where}.{name}")
    if kind is list:
        found += [problem for one in value for problem in wrong(one, schema["items"], f"{where}[]")]
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{where} is less than {schema['minimum']}")
    if "multipleOf" in schema and value % schema["multipleOf"]:
        found.append(f"{where} is no multiple of {schema['multipleOf']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where} is not like {schema['pattern']}")
    return found


@pytest.fixture
def description(visitor):
    """The description of the numbers."""
    return visitor.read("/api/v1/openapi.json").json


@pytest.fixture
def schema(description):
    """The schema of petition.json."""
    answer = description["paths"]["/api/v1/petition.json"]["get"]["responses"]["200"]
    name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return description["components"]["schemas"][name]


def test_the_numbers_are_what_the_description_says_empty_and_full(app, settings, visitor, schema):
    assert wrong(visitor.read("/api/v1/petition.json").json, schema) == []

    site = app.extensions["campaign"]
    samples.add_samples(site.database, site.keys, 300, lambda _: None)
    app.extensions["campaign"].snapshots.refresh()
    numbers = visitor.read("/api/v1/petition.json").json

    assert wrong(numbers, schema) == []
    assert numbers["confirmed"] == 300
    assert len(numbers["countries"]) == 8
    assert numbers["sample"] is True


def test_the_check_against_the_description_can_fail(visitor, schema):
    numbers = visitor.read("/api/v1/petition.json").json

    for change in (
        {"confirmed": -1}, {"confirmed": "1"}, {"confirmed": True}, {"more": 1}, {"countries": {"SY": 19}},
        {"countries": {"SY": 21}},
        {"text_sha256": {"en": "x"}}, {"languages": [1]}, {"sample": 0},
    ):  # fmt: skip
        assert wrong(numbers | change, schema), change
    for name in numbers:
        assert wrong({key: value for key, value in numbers.items() if key != name}, schema), name


def test_every_address_of_the_interface_is_described_and_answers(app, visitor, description):
    addresses = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}

    assert set(description["paths"]) == addresses
    assert description["openapi"].startswith("3.1")
    for address in addresses:
        answer = visitor.read(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_any_page_may_read_the_numbers_and_nobody_can_write_them(visitor):
    answer = visitor.read("/api/v1/petition.json", Origin="https://news.example")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for method in ("post", "put", "patch", "delete"):
        assert getattr(visitor.client, method)("/api/v1/petition.json").status_code == 405


def test_the_text_that_is_signed_can_be_checked(app, visitor, layla):
    numbers = visitor.read("/api/v1/petition.json").json

    assert numbers["languages"] == list(LANGUAGES)
    assert set(numbers["text_sha256"]) == set(LANGUAGES)
    for code in LANGUAGES:
        form = visitor.form(f"/{code}/sign")
        assert form["consent"] == numbers["text_sha256"][code]
    assert numbers["text_sha256"]["en"] in visitor.read(layla).text


def test_a_number_that_is_kept_is_the_new_one_as_soon_as_it_is_published(app, visitor, layla):
    assert visitor.read("/api/v1/petition.json").json["confirmed"] == 0

    publish(app)

    assert visitor.read("/api/v1/petition.json").json["confirmed"] == 1
