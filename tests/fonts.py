"""Cuts the fonts down to the letters that are used: `python -m tests.fonts` writes both folders of fonts anew.

Pages get WOFF2. What is printed gets the same cuts as TrueType, which is what Typst reads, with whole Arabic letters in them.

The sources are the open fonts in the npm packages below, fetched by `npm pack` in the versions named here, so a second run
writes the same bytes. IBM reserves the name "Plex" for the unchanged font (OFL 1.1, section 3): every cut gets a name of ours.
"""

import itertools
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from tests.whole_letters import separate

CAMPAIGN = Path(__file__).resolve().parents[1] / "campaign"
FONTS = CAMPAIGN / "static" / "fonts"
PRINTED = CAMPAIGN / "prints" / "fonts"
NASKH = "@expo-google-fonts/noto-naskh-arabic@0.4.5"
PLEX = "@expo-google-fonts/ibm-plex-sans-arabic@0.4.2"
PLEX_LATIN = "@expo-google-fonts/ibm-plex-sans@0.4.1"
SERIF = "@expo-google-fonts/source-serif-4@0.4.1"
LICENCES = {
    NASKH: "OFL-Noto-Naskh-Arabic.txt",
    PLEX: "OFL-IBM-Plex-Sans-Arabic.txt",
    PLEX_LATIN: "OFL-IBM-Plex-Sans.txt",
    SERIF: "OFL-Source-Serif-4.txt",
}

# The Arabic alphabet with its marks; figures, quotation marks and the punctuation of both scripts; joiners and isolates.
ARABIC = "0621-063A,0640-0652,0670"
ARABIC_SIGNS = "0020-0021,0028-0029,002B-003A,00A0,00AB,00B7,00BB,060C,061B,061F,066A-066C"
INVISIBLE = "200C-200F,2066-2069"
DASHES = "2010,2013-2014,2018-2019,201C-201D,2026"
# Letters of Persian and Kurdish (Sorani), for the names of signers and for pages in these languages.
# Persian writes the mark of U+0654 on ه, and has digits of its own.
PERSIAN = "0654,06F0-06F9"
NAMES = "067E,0686,0695,0698,06A4,06A9,06AF,06B5,06C0,06C6,06CC,06CE,06D5"
# What stands in a name now and then, fetched only by a page that shows it: letters of Urdu and North African Arabic, figures, and
# the name of God, a blessing and the brackets of the Quran, each a sign of its own.
RARE = "0660-0669,0671,0679,0688,0691,06A8,06AD,06BA,06BE,06C1-06C3,06D2-06D3,06F0-06F9,FD3E-FD3F,FDF2,FDFA"
LATIN = "0020-007E,00A0,00A9,00AB,00B7,00BB"
# For names and languages with accents: fetched only by a page that shows one. The narrow space stands in French figures.
ACCENTS = "00C0-024F,1E00-1EFF,202F"
BOOK_ACCENTS = "00C0-017F,0218-021B,1E9E,202F"
# Without these Arabic letters do not join and marks do not sit.
JOINING = ["init", "medi", "fina", "isol", "rlig", "ccmp", "calt", "liga", "mark", "mkmk", "kern", "curs", "locl"]
SETTING = ["kern", "liga", "ccmp", "locl", "mark"]


# For the book of names, which is set in one pair of faces whatever a name is written in.
EVERY_ARABIC = "0600-06FF,0750-077F,08A0-08FF,0020-0021,0027-0029,002B-003A,00A0,00AB,00B7,00BB,FD3E-FD3F,FDF2,FDFA"
EVERY_LATIN = "0020-024F,0250-02FF,0300-036F,0370-03FF,0400-052F,1E00-1EFF,2010-2027,2030-203A"

ONLY_ON_PAGES, ONLY_IN_PRINT = ("campaign-names", "campaign-names-strong"), ("names-arabic", "names-latin")


@dataclass(frozen=True)
class Cut:
    """One file to make: its name, the package and the font in it, the code points and the layout features to keep."""

    name: str
    package: str
    source: str
    letters: tuple[str, ...]
    features: list[str]


PLAIN, STRONG = "400Regular/IBMPlexSansArabic_400Regular.ttf", "600SemiBold/IBMPlexSansArabic_600SemiBold.ttf"
CUTS = [
    Cut(
        "witness-arabic",
        NASKH,
        "400Regular/NotoNaskhArabic_400Regular.ttf",
        (ARABIC, ARABIC_SIGNS, INVISIBLE, DASHES, NAMES, PERSIAN),
        JOINING,
    ),
    Cut("witness-accents", SERIF, "400Regular/SourceSerif4_400Regular.ttf", (BOOK_ACCENTS,), SETTING),
    Cut("witness-latin", SERIF, "400Regular/SourceSerif4_400Regular.ttf", (LATIN, DASHES), [*SETTING, "onum", "pnum"]),
    Cut("campaign-arabic", PLEX, PLAIN, (ARABIC, ARABIC_SIGNS, INVISIBLE, DASHES, NAMES, PERSIAN), JOINING),
    Cut("campaign-arabic-strong", PLEX, STRONG, (ARABIC, ARABIC_SIGNS, INVISIBLE, DASHES, NAMES, PERSIAN), JOINING),
    Cut("campaign-names", PLEX, PLAIN, (RARE,), JOINING),
    Cut("campaign-names-strong", PLEX, STRONG, (RARE,), JOINING),
    Cut("campaign-latin", PLEX, PLAIN, (LATIN, DASHES), SETTING),
    Cut("campaign-latin-strong", PLEX, STRONG, (LATIN, DASHES), SETTING),
    Cut("campaign-accents", PLEX_LATIN, "400Regular/IBMPlexSans_400Regular.ttf", (ACCENTS,), SETTING),
    Cut("names-arabic", NASKH, "400Regular/NotoNaskhArabic_400Regular.ttf", (EVERY_ARABIC, INVISIBLE, DASHES), JOINING),
    Cut("names-latin", SERIF, "400Regular/SourceSerif4_400Regular.ttf", (EVERY_LATIN,), SETTING),
    Cut("campaign-accents-strong", PLEX_LATIN, "600SemiBold/IBMPlexSans_600SemiBold.ttf", (ACCENTS,), SETTING),
]


def fetch(package: str, folder: Path) -> Path:
    """The unpacked npm package."""
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    target = folder / package.rsplit("/", 1)[1]
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def write(cut: Cut, source: Path) -> int:
    """Writes one font, for pages and for print, and returns its bytes: those of the one for pages if there is one."""
    options = subset.Options(layout_features=cut.features, hinting=False, name_IDs=[1, 2, 4, 6, 13, 14])
    options.drop_tables += ["meta"]
    options.notdef_outline = True  # a letter that is in no font is a box
    options.harfbuzz_repacker = False  # the same bytes on every machine
    font = TTFont(source / cut.source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(",".join(cut.letters)))
    cutter.subset(font)
    for name_id in (1, 4, 6):
        font["name"].setName(cut.name, name_id, 3, 1, 0x409)
    target = FONTS / f"{cut.name}.woff2"
    if cut.name not in ONLY_IN_PRINT:
        options.flavor = "woff2"
        subset.save_font(font, target, options)
    if cut.name not in ONLY_ON_PAGES:
        write_printed(cut, font)
    return (PRINTED / f"{cut.name}.ttf" if cut.name in ONLY_IN_PRINT else target).stat().st_size


def write_printed(cut: Cut, font: TTFont) -> None:
    """Writes the TrueType font that prints are set in."""
    font.flavor = None
    if cut.features is JOINING:
        separate(font)
    font.save(PRINTED / f"{cut.name}.ttf")


def main() -> None:
    """Fetches the packages and writes the fonts and their licences."""
    PRINTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        packages = {package: fetch(package, Path(folder)) for package in LICENCES}
        for target, (package, licence) in itertools.product((FONTS, PRINTED), LICENCES.items()):
            (target / licence).write_text((packages[package] / "LICENSE_FONT").read_text("utf-8"), "utf-8")
        for cut in CUTS:
            print(f"{cut.name:24} {write(cut, packages[cut.package]):6,} bytes")


if __name__ == "__main__":
    main()
