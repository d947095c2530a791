"""The organizers' desk, below `/LANG/organize/`: accounts, reviews, removals, exports and the audit of all that is done.

A command adds an organizer and prints a link. They open it and set a passphrase and a second factor (accounts.py,
auth/factors.py). From then on they log in with both, and wrong attempts slow the next one down (auth/login.py). A login is
a row that can be ended (auth/sessions.py). Each view names the roles it is open to (auth/guards.py). Actions that are hard
to undo wait for a second organizer (four_eyes.py, views/requests.py), and so does more than a few of the others in a day
(allowances.py). Every action (actions.py) adds a line to the audit (audit.py). Rows that give power are listed under a key
that is not in the database, and others do not work (ledger.py).

To follow a download, read views/exports.py, forms.py, export_jobs.py, ../exports/formats.py and
../crypto/encrypted_file.py, in this order; export_worker.py writes the file in between.
"""

from flask import Blueprint

bp = Blueprint("organizers", __name__, url_prefix="/<lang:lang>/organize")
