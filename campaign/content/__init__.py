"""Load the texts of the site, and apply what was decided about the testimony.

`testimony_policy` reads `translations/testimony.toml`: how the author is named, what is withheld, where the text is from. Pages,
prints and copies are all made from its result, so nothing that is withheld is in any of them.
"""
