"""A package as one ZIP file, for the desk: the same files as in a folder, and no clear copy of a name on any disk."""

import hashlib
import tempfile
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext

from campaign.exports.format import Format, Source
from campaign.exports.rows import SignatureFilter
from campaign.handover.offer import fill, offer
from campaign.handover.package import package_files
from campaign.petition.channels import Demand
from campaign.petition.deliveries import Delivery
from campaign.public.mirror import CHECKSUMS
from campaign.state import state


class NoSuchOffice(OSError):
    """The office that a package was asked for is not among the addressees."""


def write_archive(
    wanted: SignatureFilter, out: IO[bytes], *, by: str, person: str = "", postal: str = "", arranged: Collection[Demand] = ()
) -> Delivery:
    """Write the package for an office, with the names that it may get where `wanted` has shown ones; return its record.

    `arranged` is what organizers have seen to. Raise NoSuchOffice, RenderError, NamesHidden or NamesRefused.
    """
    office = next((one for one in state().words.addressees if one.key == wanted.handed_to), None)
    if office is None:
        raise NoSuchOffice("the office is not among the addressees any more")
    handover = fill(office, person=person, postal=postal)
    offered, hashes = offer(handover, arranged=arranged), dict[str, str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, tempfile.TemporaryDirectory() as scratch:
        files = package_files(Path(scratch), handover, list(offered.languages), offered, with_names=wanted.shown)
        for name, body in files:
            hashes[name] = hashlib.sha256(body).hexdigest()
            archive.writestr(f"{office.key}/{name}", body)
        archive.writestr(f"{office.key}/{CHECKSUMS}", "".join(f"{sha256}  {name}\n" for name, sha256 in hashes.items()))
    return Delivery(office=office.key, day=handover.day, counts=handover.count.as_value(), files=hashes, by=by)


def _write(source: Source, out: IO[bytes]) -> None:
    write_archive(source.wanted, out, by="")


OFFICE_PACKAGE = Format(
    name="package",
    content_type="application/zip",
    label=lazy_gettext("A package for an office"),
    hint="",
    care=lazy_gettext("Check it before the office gets it. Record what happens to it under “Deliveries”."),
    write=_write,
    needs_key=False,
    needs_app=True,
    at_desk=False,  # it is asked for on the page of its office
)
