"""Run the site.

`launcher` serves with granian: `supervisor` starts its web workers and the mail worker, which runs `worker`. Each web worker is
given requests by `rsgi` and sends large files by `streaming`. `reload` is the development server.
"""
