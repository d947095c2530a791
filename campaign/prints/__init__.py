"""What is printed: the testimony, the sheet for signatures on paper, and the picture that goes with shared links.

Each is a pure function of the texts, the settings and the fonts. Typst draws it in a separate process that ends with the
drawing, because it takes more memory than the site; what it drew is kept as a file under the hash of everything it was made
from. The timed work draws what is missing, and so does the first reader who comes before it.
"""
