"""The book of names, for printing: how many signed, the letter, and the names that are shown, by day, in volumes of 5,000.

Typst draws each volume in a separate process, which gives its memory back; what goes in and what comes out passes through
pipes and lies in no file. `merge_pdf.py` puts several volumes together. A single volume is tagged, so that it can be read aloud;
several are not, because that would make them four times as large and tags get lost where files are put together.
"""

import itertools
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, Any

import regex
from flask_babel import gettext, lazy_gettext, ngettext

from campaign.config import PACKAGE
from campaign.exports.book_opening import Signed, filter_sentences, opening_letter, read_signed, signed_sentences
from campaign.exports.format import Format, Source
from campaign.exports.rows import SignatureFilter, StoredSignature
from campaign.languages import LANGUAGES, Language, day, number, speaking
from campaign.petition.deliveries import FrozenCount
from campaign.petition.models import Publication
from campaign.prints.documents import page_count
from campaign.prints.render import SOURCES, TYPESETTER, RenderError
from campaign.state import state

MERGE_PROGRAM = PACKAGE / "exports" / "merge_pdf.py"
NAMES_PER_VOLUME = 5_000  # names
VOLUME_TIMEOUT = 120  # seconds for a volume, which takes one
LONG_WORD = regex.compile(r"(?:(?!\s)\X){20}(?=\S)")  # part of a word that may be longer than a column is wide
WORD_BREAK = "\u200b"  # where such a word may go on in the next line
Volume = list[tuple[date, str]]  # the day and the words shown


class NamesHidden(Exception):
    """The organizers have hidden all names, so none are printed either; its text is one sentence."""


class NamesRefused(NamesHidden):
    """An office that is marked as endangering gets no names; its text is one sentence."""


def split_volumes(pages: Iterable[list[StoredSignature]]) -> list[Volume]:
    """Return the names, divided; one empty volume where there are none."""
    names = ((stored.confirmed_on, stored.shown_as) for page in pages for stored in page if stored.shown_as)
    return list(iter(lambda: list(itertools.islice(names, NAMES_PER_VOLUME)), [])) or [[]]


@dataclass(frozen=True)
class NameBook:
    """What it opens with: whose language it speaks, how many signed, which names were wanted, how many in how many volumes."""

    language: Language
    signed: Signed
    wanted: SignatureFilter
    names: int
    volumes: int

    def write(self, divided: Iterable[Volume], out: IO[bytes]) -> None:
        """Draw the volumes one after the other and write the PDF; raise RenderError."""
        drawn = [render_volume(self.data(place, volume), tagged=self.volumes == 1) for place, volume in enumerate(divided)]
        out.write(drawn[0] if len(drawn) == 1 else self.bound(drawn))

    def data(self, place: int, volume: Volume) -> dict[str, Any]:
        """Return the content of one volume, ready for JSON."""
        with speaking(self.language.code):
            which = gettext(
                "Volume %(volume)s of %(volumes)s",
                volume=number(place + 1, self.language),
                volumes=number(self.volumes, self.language),
            )
            return {
                "lang": self.language.code,
                "pages": page_count(self.language.code),
                "campaign": state().words.title(self.language.code),
                "title": gettext("The names under the letter"),
                "rtl": [one.code for one in LANGUAGES.values() if one.is_rtl],
                "letter": state().texts[self.language.code].petition.title,
                "volume": which if self.volumes > 1 else "",
                "about": list(self.about(place, volume)),
                "opening": opening_letter(self.language.code) if place == 0 else None,
                "version": gettext("Fingerprint of the text (SHA-256)"),
                "fingerprints": [[one.name, state().texts[one.code].consent_hash] for one in LANGUAGES.values()],
                "address": state().settings.origin,
                "unprinted": gettext("Names with letters that could not be printed"),
                "missing": [],
                "days": group_by_day(volume, self.language),
            }

    def about(self, place: int, volume: Volume) -> Iterator[str]:
        """Say what the book is, a sentence each."""
        say = self.language
        yield from signed_sentences(self.signed, say)
        yield from filter_sentences(self.wanted, say)
        if self.names != self.signed.shown:
            yield ngettext(
                "%(count)s name is in this book.", "%(count)s names are in this book.", self.names, count=number(self.names, say)
            )
        if self.volumes > 1:
            first, last = place * NAMES_PER_VOLUME + 1, place * NAMES_PER_VOLUME + len(volume)
            yield gettext("This volume contains names %(first)s to %(last)s.", first=number(first, say), last=number(last, say))

    def bound(self, drawn: list[bytes]) -> bytes:
        """Return one PDF of all volumes, with a bookmark for each; raise RenderError."""
        with speaking(self.language.code):
            names = [
                gettext(
                    "Volume %(volume)s of %(volumes)s",
                    volume=number(place, self.language),
                    volumes=number(self.volumes, self.language),
                )
                for place in range(1, len(drawn) + 1)
            ]
            title = gettext("The names under the letter")
        data = {"title": title, "lang": self.language.code, "rtl": self.language.is_rtl, "names": names}
        head = json.dumps(data | {"sizes": [len(volume) for volume in drawn]}).encode()
        return run_program([str(MERGE_PROGRAM)], b"\n".join([head, b"".join(drawn)]))


def group_by_day(volume: Volume, language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the names of each day, each with the side it begins on."""
    days = itertools.groupby(volume, key=lambda named: named[0])
    return [
        (day(one, language), [(name_side(name), LONG_WORD.sub(rf"\g<0>{WORD_BREAK}", name)) for _, name in names])
        for one, names in days
    ]


def name_side(name: str) -> str:
    """Return `r` for a name that is written from right to left, by its first letter (Unicode's rule P2); else `l`."""
    strong = (unicodedata.bidirectional(letter) for letter in name)
    return "r" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "l"


def render_volume(data: dict[str, Any], *, tagged: bool) -> bytes:
    """Draw one volume; raise RenderError."""
    return run_program(
        [str(TYPESETTER), str(SOURCES / "namebook.typ"), "tagged-names" if tagged else "names"],
        unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False)).encode(),
    )


def run_program(program: list[str], given: bytes) -> bytes:
    """Return what a program makes of what it is given, in a process that ends with it; raise RenderError."""
    try:
        done = subprocess.run([sys.executable, *program], input=given, check=True, capture_output=True, timeout=VOLUME_TIMEOUT)
    except (OSError, subprocess.SubprocessError) as error:
        data = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise RenderError(f"The book of names could not be drawn: {data.splitlines()[-1][:200] if data else error}") from None
    return done.stdout


def write_book(source: Source, out: IO[bytes], frozen: FrozenCount | None = None) -> None:
    """Write the book, all names read first so that its title page can say how many.

    In a package it says the number that everything else there says, which was `frozen`.
    Raise RenderError, NamesHidden or NamesRefused.
    """
    with state().database.reading() as session:
        published = session.get_one(Publication, 1)
    if published.names_hidden_on:
        raise NamesHidden("All names are hidden now. Show them again before you print them.")
    for office in state().words.addressees:
        if office.key == source.wanted.handed_to and office.is_endangering:
            raise NamesRefused(f"{office.key} is marked as endangering, so it gets no names.")
    divided = split_volumes(source.pages)
    with state().database.reading() as session:
        signed = read_signed(session)
    if frozen:  # what was not counted then is left out: today's numbers would not fit it
        signed = replace(signed, number=frozen.confirmed, until=frozen.day, shown=None, versions=None)
    book = NameBook(source.language, signed, source.wanted, names=sum(map(len, divided)), volumes=len(divided))
    book.write(source.track(divided), out)


PDF = Format(
    name="pdf",
    content_type="application/pdf",
    label=lazy_gettext("Book of names"),
    hint=lazy_gettext("Only the names that are shown, by day, for printing."),
    care=lazy_gettext(
        "Anyone in it may hide their name or withdraw their signature on any day. Request a new book for each "
        "use, and delete this one afterwards."
    ),
    write=write_book,
    needs_key=False,
    only_shown=True,
    needs_app=True,
    has_headings=True,
)
