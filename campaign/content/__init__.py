"""The care of the testimony: who is named and how, what is withheld, where it is from, and that nobody changes it unseen.

What holds for all languages stands in `translations/testimony.toml`; the author's byline in each language, in several forms, in
`translations/LANG/testimony.md`. Everything the site gives out is made from the texts as this room hands them on, so nothing
that is withheld here stands anywhere.
"""
