"""Whether all is well: one list of conditions, asked alike by commands, pages for machines, the desk and the log.

`conditions.py` has the list and what was found last, `sentences.py` says what is wrong and what to do, `looks.py` has the
functions that look.
"""
