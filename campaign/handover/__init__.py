"""What is handed over to an office: one page for the leader's desk and what goes with it, in a folder that is whole or absent.

A package holds no names and no personal data unless the book of shown names is asked for. What an office demands and the package
does not meet is named in its README.
"""
