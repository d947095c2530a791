"""Run the site.

`supervisor` serves with granian's web workers and starts the mail worker, which runs `worker`. Each web worker is given
requests by `rsgi` and sends large files by `streaming`. `reload` is the development server.
"""
