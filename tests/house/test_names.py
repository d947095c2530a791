"""One name means one thing: no two modules of campaign/ define the same public name unless it means the same in both."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.config import PACKAGE

MODULES = sorted(file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts)

# Names that several modules may define, with the one meaning that they have in all of them.
SHARED = {
    "CACHED_FORM": "the headers of a page with a form that is kept as bytes",
    "COMMANDS": "the commands that a module of cli/ adds to `campaign`",
    "ENCODER": "writes one JSON object a line, every letter as it is",
    "FONTS": "the folder of the fonts that are printed with",
    "init_app": "register a part of the site with the application, as Flask's extensions do",
    "purge": "delete the rows and keys whose time is over",
}


def is_registered(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether the name is an endpoint or a command: Flask and click refuse two of one name themselves."""
    called = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    found = {one.value.id for one in called if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)}
    commands = {one.attr for one in called if isinstance(one, ast.Attribute)} & {"command", "group"}
    return bool(found & {"bp", "click"} or commands)


def names(file: Path) -> Iterator[str]:
    """Yield the public functions, classes and constants that a module defines."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) or (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_registered(node)
        ):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
            yield from (part.id for part in parts if isinstance(part, ast.Name) and part.id.isupper())


@pytest.fixture(scope="module")
def places() -> dict[str, list[str]]:
    """Return the modules that define each public name."""
    found = defaultdict(list)
    for file in MODULES:
        for name in names(file):
            if not name.startswith("_"):
                found[name].append(file.relative_to(PACKAGE).as_posix())
    return dict(found)


def test_no_two_modules_define_one_name_with_two_meanings(places):
    twice = {name: files for name, files in places.items() if len(files) > 1 and name not in SHARED}

    assert twice == {}


def test_every_shared_name_is_defined_in_two_modules_and_has_a_meaning(places):
    assert [name for name in SHARED if len(places.get(name, ())) < 2 or not SHARED[name]] == []
