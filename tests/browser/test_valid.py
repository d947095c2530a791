"""The Nu HTML checker finds no error on any page."""

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Response

from tests.browser.places import visit


@pytest.fixture
def checker(vnu: str) -> list[str]:
    """The command that checks files."""
    return ["java", "-jar", vnu, "--format", "json", "--errors-only", "--exit-zero-always"]


def test_the_checker_finds_no_error_on_any_page(
    context: BrowserContext, all_places: dict, checker: list[str], tmp_path: Path
) -> None:
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response) if response.request.is_navigation_request() else None)
    for language, places in all_places.items():
        for name, address in places.items():
            visit(page, name, address)
            page.wait_for_load_state("load")
            (tmp_path / f"{name}-{language}.html").write_bytes(answers[-1].body())

    told = subprocess.run([*checker, *map(str, tmp_path.glob("*.html"))], capture_output=True, text=True, timeout=250, check=True)

    assert len(list(tmp_path.glob("*.html"))) == sum(map(len, all_places.values()))
    found = json.loads(told.stderr)["messages"]
    assert [(Path(one["url"]).stem, one["message"], one["extract"]) for one in found] == []
