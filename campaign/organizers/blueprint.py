"""The desk's addresses: everything under `/LANG/organize/`."""

from flask import Blueprint

bp = Blueprint("organizers", __name__, url_prefix="/<lang:lang>/organize")
