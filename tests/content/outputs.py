"""All that the site gives out, read as text, and the traces of words in it."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from click.testing import CliRunner
from flask import Flask
from pypdf import PdfReader

from campaign.cli.main import main
from campaign.languages import LANGUAGES
from campaign.prints.documents import all_prints
from tests.prints.papers import latin_pages, letters, pages


def given_out(app: Flask, folder: Path) -> dict[str, str]:
    """Every address and every file of a mirror and of its ZIP, with its letters; pictures with the words they are drawn from."""
    found = dict(answers(app)) | dict(drawn(app)) | dict(copied(folder))
    return {name: letters(text) for name, text in found.items()}


def traces(found: dict[str, str], words: str) -> list[str]:
    """Where words stand, whatever separates them."""
    return [name for name, text in found.items() if letters(words) in text]


def answers(app: Flask) -> Iterator[tuple[str, str]]:
    """What every GET address without a token says, in every language."""
    routes, client = app.url_map.bind("localhost"), app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "token" in rule.arguments or rule.endpoint.startswith("organizers."):
            continue  # the desk gives nothing out to those who are not logged in
        for code in LANGUAGES if "lang" in rule.arguments else ["en"]:
            values = {"lang": code, "other": next(other for other in LANGUAGES if other != code), "number": 1, "slug": "none"}
            path = routes.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            answer = client.get(path)
            is_absent = path == "/metrics" or path.endswith("/none")  # where no token is set, and no update
            assert answer.status_code in {200, 302, 410} or is_absent, path
            yield path, f"{read(answer.mimetype or '', answer.data)} {answer.headers}"


def drawn(app: Flask) -> Iterator[tuple[str, str]]:
    """The words that each print is drawn from."""
    with app.app_context():
        for one in all_prints():
            yield f"words of {one.name}", json.dumps(one.data, ensure_ascii=False)


def copied(folder: Path) -> Iterator[tuple[str, str]]:
    """The files of a mirror that is taken now, and those in its ZIP."""
    result = CliRunner().invoke(main, ["mirror", str(folder), "--zip"])
    assert result.exit_code == 0, result.output
    for file in folder.rglob("*"):
        if file.is_file():
            name = file.relative_to(folder).as_posix()
            yield f"mirror {name}", f"{name} {read(kind(name), file.read_bytes())}"
    with zipfile.ZipFile(folder.with_name(f"{folder.name}.zip")) as packed:
        for name in packed.namelist():
            yield f"zip {name}", f"{name} {read(kind(name), packed.read(name))}"


def kind(name: str) -> str:
    """What a file is, by its name."""
    return {".pdf": "application/pdf", ".png": "image/png", ".woff2": "font/woff2"}.get(Path(name).suffix, "text/plain")


@cache
def read(mimetype: str, body: bytes) -> str:
    """The text of an answer or a file: of a PDF as two programs read it, with its title."""
    if mimetype == "application/pdf":
        said = PdfReader(io.BytesIO(body)).metadata
        return " ".join([*pages(body), *latin_pages(body), str(said)])
    if mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return " ".join(f"{name} {read(kind(name), packed.read(name))}" for name in packed.namelist())
    return "" if mimetype in {"image/png", "font/woff2"} else body.decode()
