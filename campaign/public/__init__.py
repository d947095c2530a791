"""The campaign's own words as pages: what they are filled with, how they are shown, how they are kept as bytes."""
