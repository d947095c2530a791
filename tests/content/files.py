"""What organizers do to the files in `translations/`."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from campaign.content.corrections import LOG_FILE, log_fingerprint
from campaign.content.files import read_document
from campaign.content.pages import Texts, load_texts
from campaign.content.redaction import REDACTED


@dataclass
class Files:
    """The folder `translations/`."""

    folder: Path

    def change(self, name: str, old: str, new: str) -> None:
        """Puts other words into a file."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text, f"{name} does not say {old}"
        (self.folder / name).write_text(text.replace(old, new), "utf-8")

    def add(self, name: str, words: str) -> None:
        """Adds words to the end of a file."""
        (self.folder / name).write_text((self.folder / name).read_text("utf-8") + words, "utf-8")

    def bylines(self, code: str) -> dict[str, str]:
        """The forms of the byline in a language."""
        return {form["key"]: form["name"] for form in read_document(self.folder / code / "testimony.md").meta["byline"]}

    def left_out(self, code: str, form: str) -> list[str]:
        """The words of the full byline that another form leaves out: the name, or a part of it."""
        forms = self.bylines(code)
        return [word for word in re.findall(r"\w+", forms["full"]) if word not in re.findall(r"\w+", forms[form])]

    def texts(self) -> dict[str, Texts]:
        """The texts as they are in the files."""
        return load_texts(self.folder)

    def attribute(self, form: str) -> None:
        """Turns the one switch."""
        self.change("testimony.toml", 'attribution = "full"', f'attribution = "{form}"')

    def withhold(self, passages: dict[str, str], *names: str) -> None:
        """Masks a passage in files of each language; the log says so where the testimony is one of them."""
        for code, passage in passages.items():
            for name in names:
                if passage in (self.folder / code / name).read_text("utf-8"):
                    self.change(f"{code}/{name}", passage, REDACTED)
        if "testimony.md" in names:
            self.log_changes("withheld")

    def log_changes(self, kind: str) -> None:
        """Adds an entry for each paragraph of the source that is not as it was received."""
        received = tomllib.loads((self.folder / LOG_FILE).read_text("utf-8"))["received"]
        document = read_document(self.folder / "en" / "testimony.md")
        for place, words in {"title": document.meta["title"], **{block.id: block.words for block in document.blocks}}.items():
            sha256 = hashlib.sha256(words.encode()).hexdigest()
            if received[place] != sha256:
                self.log(place=place, kind=kind, sha256=sha256)

    def log(self, **entry: str) -> None:
        """Adds an entry to the log."""
        file = self.folder / LOG_FILE
        before = log_fingerprint(tomllib.loads(file.read_text("utf-8")).get("entries", []))
        said = {"language": "en", "place": "p1", "kind": "typo", "before": before} | entry
        lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
        words = ['what = { en = "What was changed.", ar = "ما تغيّر." }', 'why = { en = "Why it was.", ar = "سبب التغيير." }']
        file.write_text("\n".join([file.read_text("utf-8"), "[[entries]]", "day = 2026-11-25", *lines, *words, ""]), "utf-8")
