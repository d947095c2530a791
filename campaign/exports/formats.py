"""The formats of an export, in the order in which the desk offers them.

The desk's form and pages, the commands, the worker and the download all read FORMATS: a format needs no other registration.
"""

from campaign.exports.pdf import PDF
from campaign.exports.sealed import SEALED
from campaign.exports.sealed_news import SEALED_NEWS
from campaign.exports.tables import CSV, JSONL
from campaign.exports.xlsx import XLSX

FORMATS = {one.name: one for one in (XLSX, CSV, JSONL, PDF, SEALED, SEALED_NEWS)}
