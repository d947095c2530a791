"""What a picture shows, asked of the browser itself."""

import base64

from playwright.sync_api import Page

READ = """async ([picture, points]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  return points.map(([x, y]) => [...canvas.getImageData(Math.floor(x * image.width), Math.floor(y * image.height), 1, 1).data]);
}"""


def colours(page: Page, picture: bytes, *points: tuple[float, float]) -> list[str]:
    """The colours at some points of a picture, given in parts of its width and height, as CSS writes them."""
    empty = page.context.new_page()  # a page of ours loads no picture from an address of its own making
    found = empty.evaluate(READ, [base64.b64encode(picture).decode(), points])
    empty.close()
    return [f"rgb({red}, {green}, {blue})" for red, green, blue, _ in found]
