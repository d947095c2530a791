"""The README of a package, in plain text: what lies in the folder, which demands of the office are met, and what comes next."""

from collections.abc import Iterator, Mapping

from flask_babel import gettext

from campaign.handover.demands import Offered
from campaign.handover.documents import Handover
from campaign.handover.numbers import country_sentences, number_sentence
from campaign.languages import LANGUAGES, day, isolate, speaking, with_direction
from campaign.petition.channels import CHANNELS, Demand
from campaign.petition.snapshot import shown_texts
from campaign.state import state


def readme(handover: Handover, code: str, found: Mapping[Demand, bool], offered: Offered, *, with_names: bool) -> str:
    """Return the README in a language."""
    with speaking(code):
        parts = [
            _head(handover, code),
            _contents(handover, with_names=with_names),
            _rules(handover, code, found, offered),
            _afterwards(),
        ]
        text = "\n\n".join("\n".join(part) for part in parts) + "\n"
        return with_direction(text, LANGUAGES[code])


def _head(handover: Handover, code: str) -> list[str]:
    sample = gettext("A sample: these signatures are made up.") if handover.count.is_sample else ""
    title = gettext("A package for this office: %(office)s", office=isolate(handover.office.name(code)))
    written = gettext("Written on %(day)s.", day=day(handover.day, LANGUAGES[code]))
    return [
        *filter(None, (title, sample)),
        " ".join([written, number_sentence(handover.count, code), *country_sentences(handover.count, handover.office, code)]),
    ]


def _contents(handover: Handover, *, with_names: bool) -> list[str]:
    names = (
        gettext(
            "8-names: the names that signers chose to make public and that this office may receive. Give this file "
            "to nobody else."
        )
        if with_names
        else gettext("This folder contains no names or addresses of signers.")
    )
    return [
        gettext("1-page: one page for the person who decides. Print it on one sheet."),
        gettext("2-letter: the letter, with a line for a handwritten signature."),
        *([] if handover.is_testimony_withdrawn else [gettext("3-testimony: the testimony, word for word.")]),
        gettext("4-press: a notice for the press. Add only what has happened."),
        gettext("5-points: what to say at the handover."),
        gettext("6-count: the sheet with the number, for photographs."),
        gettext("7-slip: the receipt, for the recipient’s name and stamp and for the day."),
        names,
        gettext("SHA256SUMS: the fingerprint of each file, as recorded by the campaign."),
    ]


def _rules(handover: Handover, code: str, found: Mapping[Demand, bool], offered: Offered) -> list[str]:
    details = handover.office.details
    channel, text = CHANNELS.get(details.channel), shown_texts()[code].channels
    address = (
        gettext("The address was checked on %(day)s.", day=day(details.checked_on, LANGUAGES[code]))
        if details.address and details.checked_on
        else gettext("No checked address has been entered for this office. Ask the office itself.")
    )
    if channel is None:
        return [
            gettext("No channel has been entered for this office, so its requirements are not known. Ask the office."),
            address,
        ]
    asked = {
        "who": gettext("Who may write"),
        "what": gettext("How to hand it in, and what it must contain"),
        "signs": gettext("Who signs it"),
        "told": gettext("What happens to it"),
    }
    facets = [
        f"{label}: {text.parts[f'{channel.key}-{one}'].words}"
        for one, label in asked.items()
        if f"{channel.key}-{one}" in text.parts
    ]
    met = [text.parts[f"demand-{one}"].words for one, is_met in found.items() if is_met]
    missing = [text.parts[f"demand-{one}"].words for one, is_met in found.items() if not is_met]
    lines = [text.parts[channel.key].words, *facets]
    if channel.checked_on is None:
        lines.append(
            gettext("Nobody has checked these rules against what the office says now. Ask the office whether they still apply.")
        )
    lines += [gettext("Source of these rules: %(source)s", source=isolate(channel.source)), address, ""]
    if found:
        lines += [gettext("Met:"), *_listed(met), gettext("Missing:"), *_listed(missing)]
    else:
        lines.append(gettext("Nothing else needs arranging."))
    if offered.is_undated and Demand.DAY_AND_PLACE in found:
        lines.append(gettext("The testimony is undated, so on its own it is not enough for this office."))
    return lines


def _listed(sentences: list[str]) -> Iterator[str]:
    yield from (f"- {sentence}" for sentence in sentences or [gettext("nothing")])


def _afterwards() -> list[str]:
    return [
        gettext("Afterwards: on the same day, record who it was given to and how, and keep the slip."),
        gettext("Tell the signers and the press. Ask the office again after two, six and twelve weeks."),
        gettext("If there is no answer, say so. The site: %(address)s", address=isolate(state().settings.origin)),
    ]
