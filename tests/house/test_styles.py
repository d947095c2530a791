"""The style sheet: logical directions only, nothing that breaks Arabic, and a first view that is light."""

import re

import brotli
import pytest

from campaign.config import STATIC, TEMPLATES
from campaign.languages import LANGUAGES
from tests.own_texts import own_texts
from tests.servers import on_sqlite

CSS = re.sub(r"/\*.*?\*/", "", (STATIC / "site.css").read_text("utf-8"), flags=re.DOTALL)
RULES = re.findall(r"([^{};]+)\{([^{}]*)\}", CSS)
SCREEN, _, PRINT = CSS.partition("@media print")
DECLARATIONS = [
    (selector.strip(), name.strip(), value.strip())
    for selector, body in RULES
    for name, _, value in (one.partition(":") for one in body.split(";"))
    if value
]
PHYSICAL = re.compile(
    r"(margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)(-\w+)?|border-(top|bottom)-(left|right)-radius"
    r"|left|right|top|bottom|width|height|(min|max)-(width|height)"
)
FOR_OLDER = {".place", ".front .call"}  # for browsers without insets by logical names; left and right alike
FIRST_VIEW, ALL_OF_IT = 14_600, 60_000  # bytes


def test_the_style_sheet_is_read_whole():
    assert len(DECLARATIONS) > 300
    assert ("body", "margin", "0") in DECLARATIONS


def test_directions_are_logical_so_that_both_languages_share_every_rule():
    physical = [one for one in DECLARATIONS if PHYSICAL.fullmatch(one[1]) and one[0].rpartition("{")[2].strip() not in FOR_OLDER]
    sided = [one for one in DECLARATIONS if one[1] in {"text-align", "float", "clear"} and re.search("left|right", one[2])]
    four = [one for one in DECLARATIONS if one[1] in {"margin", "padding", "inset"} and _is_lopsided(one[2])]

    assert physical == []
    assert sided == []
    assert four == []


def _is_lopsided(value):
    """Whether a shorthand of four values has another right than left."""
    parts = re.findall(r"[^\s()]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?", value)
    return len(parts) == 4 and parts[1] != parts[3]


def test_nothing_takes_arabic_letters_apart_or_stretches_its_lines():
    spaced = [
        one for one in DECLARATIONS if one[1] in {"letter-spacing", "word-spacing"} and not re.match(r"-?0\b(?!\.)", one[2])
    ]
    latin_only = [one for one in spaced if all(part.strip().startswith('[dir="ltr"]') for part in one[0].split(","))]

    assert spaced == latin_only
    assert [one for one in DECLARATIONS if one[1] == "text-transform" or "small-caps" in one[2]] == []
    assert [one for one in DECLARATIONS if "justify" in one[2] and one[1].startswith("text")] == []
    assert [one for one in DECLARATIONS if one[1] == "font-style" and "italic" in one[2]] == []


def test_arabic_has_its_own_face_leading_and_quotation_marks():
    arabic = _of_language("ar", SCREEN)

    assert arabic["quotes"].split() == ['"«"', '"»"', '"“"', '"”"']
    assert arabic["letter-spacing"] == "0 !important"
    assert arabic["--book"].startswith('"Witness Arabic"')
    assert float(arabic["--leading-reading"]) >= 1.8


def test_lines_of_arabic_stand_a_seventh_further_apart_on_the_screen_and_on_paper():
    for where in (SCREEN, PRINT):
        english, arabic = (float(_of_language(code, where)["--leading-reading"]) for code in ("en", "ar"))
        assert arabic / english > 1.13


def _of_language(code, where):
    """What a part of the sheet declares for a language: that of Arabic letters is named, the other is the rest."""
    selector = r":lang\(ar\),[^{}]*" if code == "ar" else r"(?:^|\n) *(?::root, )?\[lang\] "
    body = re.search(rf"{selector}\{{([^{{}}]*)\}}", where)[1]
    return {name.strip(): value.strip() for name, _, value in (one.partition(":") for one in body.split(";"))}


def test_the_style_sheet_loads_its_own_files_only_and_all_of_them_are_there():
    loaded = re.findall(r'url\(\s*["\']?([^"\')]+)', CSS)

    assert "@import" not in CSS
    assert loaded
    for name in loaded:
        assert (STATIC / name).is_file(), name


def test_no_template_has_a_style_or_a_script_of_its_own():
    carried = TEMPLATES / "copies/html_file.html"  # a file for messengers, opened where no style sheet is
    for template in set(TEMPLATES.rglob("*.html")) - {carried}:
        source = template.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", source), template.name


def test_no_line_begins_with_the_dot_between_two_things():
    loose = re.compile(r'(?<![";]) ·')  # in quotation marks and titles it is no part of a line

    lines = [line for file in TEMPLATES.rglob("*.html") for line in file.read_text("utf-8").splitlines() if loose.search(line)]

    assert [line.strip() for line in lines if "title" not in line and 'class="unseen"' not in line] == []


@own_texts
@on_sqlite
@pytest.mark.parametrize("path", ["", "testimony", "sign"])
def test_the_first_view_of_a_page_is_light(visitor, path):
    for code in LANGUAGES:
        page = visitor.read(f"/{code}/{path}", **{"Accept-Encoding": "br"})
        html = brotli.decompress(page.data).decode()
        weights = {"html": len(page.data)}
        voices = r"fonts/(?:witness|campaign)-" + {"ar": "arabic", "en": "latin"}[code] + r"(?:-strong)?\.[0-9a-f]+\.woff2"
        style = re.findall(r'href="(/static/site\.[^"]+\.css)"', html)[0]
        fonts = set(re.findall(rf"/static/{voices}", visitor.read(style).text)) | set(re.findall(rf"/static/{voices}", html))
        for address in {style, *fonts, *re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|svg))"', html)}:
            weights[address] = len(visitor.read(address, **{"Accept-Encoding": "br"}).data)

        assert weights["html"] <= FIRST_VIEW, (code, path)
        assert len(fonts) == 3
        assert sum(weights.values()) <= ALL_OF_IT, (code, path, weights)
