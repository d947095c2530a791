"""A copy of the project in which languages are added, and everything in it is filled with placeholders."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import write_po

from campaign.config import PACKAGE, TEMPLATES, TRANSLATIONS
from campaign.content.files import Block, read_document, source_hash, write_document
from campaign.translation import catalogues

TOP = Path(__file__).resolve().parents[2]
WORDS = {"fa": "متن جایگزین", "fr": "Texte provisoire numéro"}  # "placeholder text": nobody's translation


class Checkout:
    """A copy of what is served, with the texts of the tests, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        for name, place in {"campaign": PACKAGE, "templates": TEMPLATES, "translations": TRANSLATIONS}.items():
            shutil.copytree(place, folder / name)  # with what is compiled, which takes seconds otherwise
        self.folder = folder
        self.translations = folder / "translations"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs Python in it, with the packages of the tests and the code of the copy."""
        environment = os.environ | {"PYTHONPATH": f"{self.folder}{os.pathsep}{TOP}", "CAMPAIGN_TRANSLATIONS": ""}
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def campaign(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `campaign` in it."""
        return self.run("-m", "campaign", *words)

    def publish(self, code: str) -> None:
        """Fills a language with placeholders and lets visitors see it."""
        for file in (self.translations / code).glob("*.md"):
            fill_text(file, read_document(self.translations / "en" / file.name).pieces(), code)
        fill_messages(self.translations / code / "LC_MESSAGES" / "messages.po", code)
        fill_identity(self.translations / "campaign.toml", code)
        described = self.translations / code / "language.toml"
        described.write_text(described.read_text("utf-8").replace('"hidden"', '"public"'), "utf-8")
        catalogues.compile_catalogues(self.translations)


def fill_text(file: Path, source: dict[str, Block], code: str) -> None:
    """A placeholder for every part of a text, with the links of the source; they are alike, so each is in every other."""
    pieces = [Block(id_, placeholder(piece.words, code), source_hash(piece.words)) for id_, piece in source.items()]
    write_document(file, read_document(file).with_pieces(pieces))


def fill_identity(file: Path, code: str) -> None:
    """A placeholder beside every English sentence of `campaign.toml`."""
    words = rf'\g<0>\n\g<1>{code} = "{WORDS[code]}"'
    file.write_text(re.sub(r"(?m)^((?:name\.)?)en = .*$", words, file.read_text("utf-8")), "utf-8")


def placeholder(words: str, code: str) -> str:
    """Words that nobody takes for a translation."""
    links = [link.replace("/en/", f"/{code}/") for link in re.findall(r"\[[^]]*\]\([^)]*\)", words)]
    heading = "## " if words.startswith("## ") else ""
    return " ".join([f"{heading}{WORDS[code]}", *links])


def fill_messages(file: Path, code: str) -> None:
    """A placeholder for every message, that says its plural category."""
    catalogue, categories = catalogues.read_catalogue(file), catalogues.categories(code)
    for entry in catalogue:
        if entry.pluralizable:
            entry.string = tuple(f"{category}: {entry.id[1]}" for category in categories)
        elif entry.id:
            entry.string = f"{WORDS[code]}: {entry.id}"
    with file.open("wb") as out:
        write_po(out, catalogue, width=0)
