"""The heart: the story of a signature.

A person reads the form, fills it in and sends it (`views.sign`, `forms.SignForm`). What they typed is sealed and waits
as a *submission*, and in the same transaction an e-mail is put into the outbox (`signing.sign`, `emails`). The one link
in the e-mail opens a page with one button; pressing it turns the submission into a *signature* (`confirming.confirm`).
From then on the same link is the signer's own page: show other words or none among the names, choose the language of
e-mails, take the news or not, withdraw. The timed work counts what is confirmed and publishes the number (`counting`).
"""
