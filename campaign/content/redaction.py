"""Words that are withheld: passages masked by a mark in the texts, and all of the testimony once it is withdrawn."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from campaign.content.pages import ORIGINAL, Paragraph, Text, Texts

REDACTED = "((withheld))"  # in the files, in the place of the words; YAML takes it as it stands
OMISSION = "[…]"  # in the place of words that are withheld, where a language has none of its own for it
RETOLD_WORDS = 6  # so many words of the testimony in their order, and a letter retells it
QUOTATION = re.compile(r"([“«„]\s*)([^“”«»„]+?)(\s*[”»“])")
LINK_TO_TESTIMONY = re.compile(r"\]\(/[a-z-]+/testimony\b")


def withheld_words(texts: Mapping[str, Texts]) -> dict[str, str]:
    """Return what readers of each language see instead of withheld words."""
    return {code: str(one.testimony.meta.get("withheld", OMISSION)) for code, one in texts.items()}


def redact(text: Text, withheld: dict[str, str]) -> Text:
    """Return a text in whose every word a mark is turned into what readers see, each in its own language."""
    paragraphs = (replace(part, words=part.words.replace(REDACTED, withheld[part.language.code])) for part in text.paragraphs)
    return replace(text, meta=_redact_value(text.meta, withheld[text.language.code]), paragraphs=tuple(paragraphs))


def _redact_value(value: Any, words: str) -> Any:
    if isinstance(value, dict):
        return {key: _redact_value(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_redact_value(one, words) for one in value]
    return value.replace(REDACTED, words) if isinstance(value, str) else value


def has_redactions(texts: dict[str, Texts]) -> bool:
    """Return whether anything is withheld in any language."""
    return any(REDACTED in f"{one.testimony.meta}{one.testimony.body}" for one in texts.values())


def unequal_redactions(texts: dict[str, Texts]) -> Iterator[str]:
    """Say where one language withholds what another one shows, a sentence each."""
    languages = {code: _count_redactions(one.testimony) for code, one in texts.items()}
    for code, marks in languages.items():
        for other, theirs in languages.items():
            for place in marks:
                if marks[place] > theirs.get(place, 0):
                    yield f"{code} withholds words in {place} of the testimony that {other} still says: put {REDACTED} there too."


def _count_redactions(testimony: Text) -> dict[str, int]:
    """Return how often each part of a testimony has a mark."""
    parts = {"title": testimony.title} | {part.id: part.words for part in testimony.paragraphs}
    return {place: words.count(REDACTED) for place, words in parts.items()}


def inexact_quotations(texts: dict[str, Texts]) -> Iterator[str]:
    """Name each quotation that is not in the testimony and so could contain withheld words, a sentence each."""
    for code, one in texts.items():
        said = _all_words(one.testimony)
        quoted = {"testimony.md, `description`": [one.testimony.description]}
        quoted |= {"testimony.md, `heart`": one.testimony.meta.get("heart", []), "petition.md": list(quotations(one.petition))}
        for place, passages in quoted.items():
            for passage in passages:
                if passage not in said:
                    yield f"translations/{code}/{place}: “{passage}” is not in the testimony."


def says_withheld(letter: Text, testimony: Text) -> bool:
    """Return whether a letter quotes what the testimony does not say, or says no more."""
    said = _all_words(testimony)
    return any(passage not in said for passage in quotations(letter))


def quotations(letter: Text) -> Iterator[str]:
    """Yield the words between quotation marks in the letter and in its call."""
    for words in (letter.body, str(letter.meta.get("call", ""))):
        yield from (found[2] for found in QUOTATION.finditer(words) if found[2] != OMISSION)


def without_testimony(texts: Texts, removed_with_testimony: dict[str, list[str]]) -> Texts:
    """Return the texts without the testimony: no word of it, nothing that leads to it, and the letter that retells nothing."""
    gone = replace(texts.testimony, meta={"title": "", "description": "", "status": ORIGINAL}, paragraphs=())
    pages = {one.name: getattr(texts, one.name) for one in fields(Texts) if one.name not in {"testimony", "petition"}}
    left = {name: _without_links(page, removed_with_testimony.get(name, [])) for name, page in pages.items()}
    return Texts(testimony=gone, petition=texts.letter_without_testimony, **left)


def retold_passages(texts: dict[str, Texts]) -> Iterator[str]:
    """Say where the letter that is kept for a withdrawal retells the testimony: a sentence each."""
    for code, one in texts.items():
        said = _word_runs(_all_words(one.testimony))
        letter = one.letter_without_testimony
        words = "\n".join(
            [letter.title, letter.description, *map(str, (letter.meta["call"], letter.meta["consent"])), letter.body]
        )
        retold = sorted(said & _word_runs(words)) or [*quotations(letter)]
        if retold:
            yield f"translations/{code}/letter-without-testimony.md retells the testimony: “{retold[0]}”."


def _word_runs(words: str) -> set[str]:
    """Return every run of a few words, without marks and capitals."""
    plain = re.findall(r"\w+", words.casefold())
    return {" ".join(plain[start : start + RETOLD_WORDS]) for start in range(len(plain) - RETOLD_WORDS + 1)}


def _all_words(testimony: Text) -> str:
    return f"{testimony.title}\n\n{testimony.body}"


def _without_links(page: Text, removed_with_testimony: list[str]) -> Text:
    kept = (_without_linked_lines(part) for part in page.paragraphs if part.id not in removed_with_testimony)
    return replace(page, paragraphs=tuple(part for part in kept if part.words))


def _without_linked_lines(part: Paragraph) -> Paragraph:
    """Return a block without the paragraph or the items of a list that lead to the testimony."""
    return replace(part, words="\n".join(line for line in part.words.splitlines() if not LINK_TO_TESTIMONY.search(line)))
