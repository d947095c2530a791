"""Log organizers in: passphrase, second factor, sessions, throttling and the guards of views."""
