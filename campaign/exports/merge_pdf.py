"""Join the volumes of a book into one PDF, as a separate program: `python merge_pdf.py < volumes > book.pdf`.

pikepdf takes memory that nothing else of the site has a use for, so it stays out of the processes that serve. The first line of
standard input is JSON: `title`, `lang`, `rtl`, `names` (a bookmark for each volume) and `sizes` (bytes of each); the volumes
follow. Nothing is written to a file.
"""

import io
import json
import sys
from typing import IO, Any

import pikepdf


def merge_volumes(data: dict[str, Any], volumes: IO[bytes], out: IO[bytes]) -> None:
    """Write one PDF with a bookmark for each volume."""
    with pikepdf.new() as book:
        starts = []
        for size in data["sizes"]:
            with pikepdf.open(io.BytesIO(volumes.read(size))) as pdf:
                starts.append(len(book.pages))
                book.pages.extend(pdf.pages)
        with book.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(name, start) for name, start in zip(data["names"], starts, strict=True))
        direction = pikepdf.Name("/R2L" if data["rtl"] else "/L2R")
        book.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True, Direction=direction)
        book.Root.Lang = data["lang"]
        book.docinfo["/Title"] = data["title"]
        whole = io.BytesIO()
        book.save(whole, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    out.write(whole.getbuffer())


if __name__ == "__main__":
    merge_volumes(json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer, sys.stdout.buffer)
