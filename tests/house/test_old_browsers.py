"""The style sheets hold in Chromium 78 and 83, which stand for telephones that get no updates: what these lack has a fallback."""

import re

import pytest

from campaign.config import STATIC

# In which version of Chromium each came (MDN's browser-compat-data). The longhands with -start and -end came with 69.
NEWER = {
    r"(?<![\w-])(?:margin|padding)-(?:inline|block):": 87,
    r"(?<![\w-])(?:border-(?:inline|block)|border-(?:start|end)-(?:start|end)-radius|inset-inline|inset-block):": 87,
    r":(?:is|where)\(": 88,
    r"(?<![\w-])aspect-ratio:": 88,
    r"(?<!flex-)\b(?:justify-content|align-content): (?:start|end)\b": 93,
    r"float: inline-": 118,
    r":dir\(": 120,
    r"@layer|@container": 99,
}
LENGTHS = re.compile(r"(?<![\w-])(?:clamp|min|max)\(")  # 79
SHEETS = ["site.css", "desk.css"]


def sheet(name):
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text("utf-8"), flags=re.DOTALL)


def without_fallbacks(css):
    """The sheet without the blocks for browsers that lack something, and those blocks."""
    blocks = re.findall(r"@supports not \((?:[^()]|\([^()]*\))*\) \{.*?\n\}\n", css, re.DOTALL)
    for block in blocks:
        css = css.replace(block, "")
    return css, "".join(blocks)


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_is_declared_that_older_browsers_do_not_know(name):
    rest, _ = without_fallbacks(sheet(name))

    assert {pattern: found for pattern in NEWER if (found := re.findall(pattern, rest))} == {}


@pytest.mark.parametrize("name", SHEETS)
def test_lengths_that_are_calculated_are_variables_with_a_plain_length_to_fall_back_to(name):
    rest, _ = without_fallbacks(sheet(name))
    _, fallbacks = without_fallbacks(sheet("site.css"))
    calculated = [one.strip() for one in re.split(r"[;{}]", rest) if LENGTHS.search(one)]

    for declaration in calculated:
        variable = declaration.partition(":")[0]
        assert variable.startswith("--"), declaration
        assert f"{variable}:" in fallbacks, declaration


def test_each_row_with_gaps_has_margins_where_there_are_none():
    for name in SHEETS:
        rest, fallbacks = without_fallbacks(sheet(name))
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", rest):
            if re.search(r"display: flex", body) and re.search(r"(?<!row-)gap:", body):
                for selector in selectors.split(","):
                    assert re.search(re.escape(selector.strip()) + r"(?: > \*)?(?=[ ,])", fallbacks), selector


def test_what_has_no_logical_name_yet_stands_beside_its_logical_one():
    """`svh` came with 108 and `appearance` with 84; `inset-inline-start` came with 87."""
    rest, fallbacks = without_fallbacks(sheet("site.css"))

    assert re.findall(r"([\w.-]+);\s*min-block-size: 100svh", rest) == ["100vh"]
    assert "-webkit-appearance: none; appearance: none" in rest
    for selector in (".place", ".front .call"):
        assert re.search(re.escape(selector) + r" \{ top:", fallbacks)


def test_a_selector_that_older_browsers_do_not_know_stands_alone():
    """One that they do not know in a list takes the whole rule with it."""
    for name in SHEETS:
        for selectors, _ in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet(name)):
            if re.search(r":has\(", selectors):
                assert "," not in selectors, selectors


def test_a_word_without_an_end_breaks_where_text_stands():
    """`overflow-wrap: anywhere`, which lets a column be narrower than its longest word, came with 80."""
    _, fallbacks = without_fallbacks(sheet("site.css"))
    [selectors] = re.findall(r"([^{}]+)\{ word-break: break-word; \}", fallbacks)

    assert {one.strip() for one in selectors.split(",")} >= {"h1", "p", "li", "dd"}
