"""The organizers' desk: who comes in and how, what they look after, and what they carry out.

An organizer is added by a command, which prints a link. Behind it they set a passphrase and a second factor (accounts.py,
factors.py). From then on they enter with both (entering.py); guessing is slowed (guesses.py), and a login is a row that can be
ended (logins.py). A view says whom it is open to (access.py). What is hard to undo waits for a second organizer (four_eyes.py,
approvals.py), and every action (actions.py) leaves its line in the audit (audit.py).
"""
