"""The organizers' desk: who comes in and how, what they look after, and what they carry out.

An organizer is added by a command, which prints a link. Behind it they set a passphrase and a second factor (accounts.py,
auth/two_factor.py). From then on they enter with both (auth/login.py); guessing is slowed (auth/throttling.py), and a login is a
row that can be ended (auth/sessions.py). A view says whom it is open to (auth/guards.py). What is hard to undo waits for a
second organizer (four_eyes.py, approvals.py), and every action (actions.py) leaves its line in the audit (audit.py).
"""
