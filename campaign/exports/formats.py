"""The formats of an export, in the order in which the desk offers them.

The desk's form and pages, the commands, the worker and the download all read FORMATS: a format that stands here is whole.
"""

from campaign.exports.namebook import PDF
from campaign.exports.sealed import SEALED
from campaign.exports.spreadsheet import XLSX
from campaign.exports.tables import CSV, JSONL

FORMATS = {one.name: one for one in (XLSX, CSV, JSONL, PDF, SEALED)}
