"""Fold names, so that they are sorted and found however they are written."""

import re
import unicodedata

# For sorting and searching: hamzas and marks do not count (as in Lucene's ArabicNormalizer), accents neither, and Persian and
# Kurdish letters stand for the Arabic ones they look like. A hyphen, a dot or an apostrophe is a space.
VOWEL_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
IGNORED_CHARACTERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u0640\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
BETWEEN = re.compile(r"[\s\-_.'’`،]+")
FOLDED_LETTERS = str.maketrans("أإآٱىئؤةکیھەı", "ااااييوهكيههi", "ء")


def fold(text: str) -> str:
    """Return a key to sort and find names by: words without Arabic marks, hamzas, accents and case, with Latin digits."""
    plain = IGNORED_CHARACTERS.sub("", unicodedata.normalize("NFKC", text))
    plain = unicodedata.normalize("NFKD", VOWEL_MARKS.sub("", plain).translate(FOLDED_LETTERS))
    letters = (_digit(letter) for letter in plain if not unicodedata.combining(letter))
    return BETWEEN.sub(" ", "".join(letters)).strip().casefold()


def _digit(letter: str) -> str:
    """Return a digit of any script as a Latin one; another letter unchanged."""
    return str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
