"""Store each e-mail in the transaction that needs it, and deliver it through a mail server."""
