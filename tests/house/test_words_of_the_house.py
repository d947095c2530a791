"""The words of the house: one word names a room in the code, in the templates, in the address and in the tests."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from campaign.config import PACKAGE, TEMPLATES
from campaign.petition import emails
from tests.servers import on_sqlite

TOP = PACKAGE.parent
MODULES = sorted(file for file in PACKAGE.rglob("*.py") if "versions" not in file.parts)
TESTS = sorted((TOP / "tests").rglob("*.py"))
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services", "misc", "base", "core"}
LONGEST_FILE, LONGEST_FUNCTION = 250, 45  # lines


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_and_can_be_read_at_a_sitting(file):
    source = file.read_text("utf-8")
    tree = ast.parse(source)

    assert ast.get_docstring(tree), "what is this?"
    assert len(source.splitlines()) <= LONGEST_FILE
    assert file.stem not in NO_NAMES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            if not isinstance(node, ast.ClassDef):
                assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name
            is_public = not node.name.startswith("_") and node in tree.body
            assert ast.get_docstring(node) or not is_public, f"{node.name}: what does it do?"


@pytest.mark.parametrize("file", MODULES + TESTS, ids=lambda file: str(file.relative_to(TOP)))
def test_nothing_is_left_to_be_done_and_no_rule_is_broken_without_a_reason(file):
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        assert not re.search(r"#.*\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b", line), number
        if file in MODULES:
            assert not re.search(r"# noqa(?!: \w+\d+(, \w+\d+)*  # \w)|# type: ignore(?!\[)", line), number


def test_a_package_says_what_it_is_for_and_holds_no_code_but_its_blueprint():
    for file in PACKAGE.rglob("__init__.py"):
        story, *rest = ast.parse(file.read_text("utf-8")).body
        if file.parent != PACKAGE:
            assert isinstance(story, ast.Expr), file
            assert all(
                isinstance(node, ast.ImportFrom) or ast.unparse(node).startswith(("bp = ", "__all__ = ")) for node in rest
            ), file


def test_a_test_is_a_sentence():
    for file in TESTS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert len(node.name.split("_")) >= 5, f"{file.name}: {node.name}"


@on_sqlite
def test_a_page_has_the_template_of_its_name(app, visitor, monkeypatch):
    """Every template in a room's folder belongs to an endpoint of the room, or is a part, or is named for what it shows."""
    rendered = set()
    render = app.jinja_env.get_or_select_template
    monkeypatch.setattr(app.jinja_env, "get_or_select_template", lambda name, *rest: (rendered.add(name), render(name, *rest))[1])

    for rule in app.url_map.iter_rules():
        room, _, page = rule.endpoint.partition(".")
        if "GET" not in rule.methods or room not in {"public", "petition"}:
            continue
        rendered.clear()
        values = {"lang": "en", "other": "ar", "token": "a" * 26, "number": 1}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        answer = visitor.read(address)
        if answer.mimetype == "text/html" and answer.status_code != 404:
            name = "expired" if page == "confirm" else page
            assert rendered == {f"{room}/{name}.html"}, rule.endpoint


def test_a_letter_is_one_function_and_one_template_of_the_same_name():
    written = {file.stem for file in (TEMPLATES / "emails").glob("[!_]*.txt")}

    assert written - {"news"} == {"ask_to_confirm", "remind", "already_signed", "other_spelling", "send_link", "trial"}
    assert all(callable(getattr(emails, name)) for name in written - {"news"})  # those who asked for news: news_email.py


def test_the_project_speaks_of_itself_alone():
    """No address of a registry, no folder of somebody's machine."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=False)
    files = [TOP / name for name in listed.stdout.decode().split("\0") if name] or [*MODULES, *TESTS]
    texts = [file for file in files if file.suffix in {".py", ".md", ".toml", ".html", ".txt", ".lock", ".css", ".po", ".js", ""}]

    for file in texts:
        if file == Path(__file__) or not file.is_file():
            continue
        content = file.read_bytes().decode("utf-8", "replace")
        found = re.findall(r"--(?:extra-)?index-url \S+|/(?:home|root|Users)/\w+", content)
        assert not found, (file, found)
