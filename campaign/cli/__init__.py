"""`campaign ...`: the same verbs for a terminal and for cron.

Each exits 0 only when it is done, 2 when it was called wrongly, 1 when it failed, with one sentence on standard error.
"""
