"""Backups of the database that end while people sign, and a restore that brings nobody back.

A backup is encrypted to the host's backup key; the keys of the campaign are never in it. What was deleted, removed, switched or
withdrawn after it is in a list of its own (forgotten_list.py). A restore loads the backup beside the database that is there and
takes the list and what can still be read of the old one into it. Only then it puts it in the place of the old one.
"""
