"""Fold names, so that one is found in whichever letters it is written, with an apostrophe or without, with «ال» or without.

If you change what this returns, raise WORDS_VERSION in name_index.py, so that the words of all names are rebuilt.
"""

import unicodedata

import regex

from campaign.folding import IGNORED_CHARACTERS, VOWEL_MARKS, fold

APOSTROPHES = regex.compile("['`´‘’‛′‵ʹʻʼʽʾʿˈˊˋ՚׳ꞌ＇]")
PUNCTUATION = regex.compile(r"[\p{P}\s]+")
# In Kurdish ئ carries the vowel that a word begins with, and ە is a vowel that Arabic does not write: ئەحمەد is أحمد.
CARRIER_OF_ALEF, CARRIER = regex.compile(r"(?<!\w)ئ(?=ا)"), regex.compile(r"(?<!\w)ئ")
INNER_VOWEL = regex.compile(r"ە(?=\w)")
ARTICLE = regex.compile(r"^[اٱ]ل(?=\w{3})")  # with a hamza it is none, as in إلياس
# What people type for letters that their keyboards lack.
REPLACED = (
    str.maketrans("پچڤگڕڵێۆ", "بجفكرليو") | str.maketrans("łøđħð", "lodhd") | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}
)
# Cyrillic and Greek letters of which the capital or the small one looks like a Latin one (from Unicode's confusables); all small.
REPLACED |= str.maketrans("авсԁеһіјӏкмнорѕтухүԛԝѵ", "abcdehijlkmhopstyxyqwv")
REPLACED |= str.maketrans("αβγεζηικμνορτυχω", "abyezhikmnoptyxw")
# Small letters that look like other Latin ones than their capitals do.
AS_SEEN = str.maketrans("ηνυϲϹµ", "nvucCu")


def fold_name(name: str) -> str:
    """Return the words of a name without apostrophes, accents, marks, hamzas and case, in plain letters and digits."""
    plain = INNER_VOWEL.sub("", CARRIER.sub("ا", CARRIER_OF_ALEF.sub("", _bare(name))))
    return PUNCTUATION.sub(" ", fold(plain).translate(REPLACED)).strip()


def spellings(name: str) -> set[str]:
    """Return a name folded in each way in which somebody reads it: O'Brien as OBrien and as O Brien, and by looks alone."""
    return {fold_name(one) for one in {name, APOSTROPHES.sub(" ", name), name.translate(AS_SEEN)}}


def fold_query(query: str) -> list[tuple[str, str]]:
    """Return the words that somebody looks for, folded, each as it was typed and without its «ال»."""
    words = [(fold_name(word), fold_name(ARTICLE.sub("", word))) for word in PUNCTUATION.split(_bare(query))]
    return [both for both in words if both[0]]


def _bare(name: str) -> str:
    """Return a name without apostrophes and marks; the apostrophes first, as NFKC makes spaces and accents of some."""
    return VOWEL_MARKS.sub("", IGNORED_CHARACTERS.sub("", unicodedata.normalize("NFKC", APOSTROPHES.sub("", name))))
