"""What is odd about the words that somebody shows: reasons for an organizer to look, never for a program to decide."""

import unicodedata

import regex

MIXED, LOOK_ALIKE, LINK_LIKE, DIGITS, REPEATED = "mixed", "look-alike", "link-like", "digits", "repeated"
ADDRESS = "address"  # not of the words: the signer's address is spelled so that one mailbox can sign again

WORD = regex.compile(r"[\p{L}\p{M}]+")
# Scripts that one word is written in together (UTS 39, 5.2): Japanese, and Korean with Chinese characters.
SCRIPTS_USED_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"})
# Cyrillic and Greek letters that a reader takes for Latin ones (from Unicode's confusables, the plain ones).
LIKE_LATIN = frozenset("авсԁеғһіјӏорԛѕтухүԝѵАВСЕԌНІЈКМОРЅТХҮԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορυχϲϳ")
# What invites readers elsewhere: what is left of an address when it is spelled out, a number to call, the name of a messenger.
INVITATION = regex.compile(
    r"@|https?|\bwww\b|(?i:\b(dot|dotcom|t\s*\.?\s*me|telegram|whats\s?app|instagram|facebook|tiktok|viber|signal)\b)"
    r"|\p{L}\s*[.。．｡]\s*(?i:com|net|org|info)\b|\bدوت\b|نقطة\s+كوم|ت[ي]?ل[ي]?[غجق]رام|واتس\s?[اآ]ب|[اإ]نستغ?رام|فيس\s?بوك"
    r"|(?:\p{N}[\s()/.-]*){7,}"
)


def suspicious(words: str) -> list[str]:
    """Return the reasons to look at these words, in a fixed order; empty for most."""
    letters = regex.findall(r"\p{L}", words)
    checks = {
        MIXED: any(_is_mixed(word) for word in WORD.findall(words)),
        LOOK_ALIKE: _passes_for_latin(letters),
        LINK_LIKE: bool(INVITATION.search(unicodedata.normalize("NFKC", words))),
        DIGITS: bool(words) and not letters,
        REPEATED: len(letters) > 2 and len({letter.casefold() for letter in letters}) == 1,
    }
    return [reason for reason, holds in checks.items() if holds]


def _is_mixed(word: str) -> bool:
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    return len(scripts) > 1 and not any(scripts <= pair for pair in SCRIPTS_USED_TOGETHER)


def _script(letter: str) -> str:
    """Return the script of a letter: the first word of its Unicode name."""
    return unicodedata.name(letter, "UNKNOWN").split()[0]


def _passes_for_latin(letters: list[str]) -> bool:
    """Return whether every Cyrillic or Greek letter looks like a Latin one, or the letters are mathematical ones."""
    foreign = [letter for letter in letters if _script(letter) in {"CYRILLIC", "GREEK"}]
    is_formula = any(_script(letter) in {"MATHEMATICAL", "FULLWIDTH"} for letter in letters)
    return is_formula or (len(foreign) > 2 and all(letter in LIKE_LATIN for letter in foreign))
