"""Another site may frame the count and its button, and nothing else."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.servers import Campaign


class Silent(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def other_site(tmp_path: Path, campaign: Campaign, language: str) -> Iterator[str]:
    """The address of a page of another site, with the frame and three pages that do not want to be framed."""
    paths = ("embed", "", "sign", "testimony")
    frames = (f'<iframe name="f{place}" src="{campaign.url}/{language}/{path}"></iframe>' for place, path in enumerate(paths))
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Another site</title>{''.join(frames)}", "utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_frame_shows_the_count_and_opens_a_page_of_its_own(
    context: BrowserContext, other_site: str, campaign: Campaign, language: str
) -> None:
    page = context.new_page()
    page.goto(other_site)
    frame = page.frame_locator("[name=f0]")
    expect(frame.locator(".total")).to_contain_text("3")

    with page.expect_popup() as opened:
        frame.locator(".button").click()

    expect(opened.value).to_have_url(f"{campaign.url}/{language}/")


def test_every_other_page_refuses_to_be_framed(context: BrowserContext, other_site: str) -> None:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(other_site)

    for name in ("f1", "f2", "f3"):
        expect(page.frame_locator(f"[name={name}]").locator("main")).to_have_count(0)
        assert page.frame(name).url == "chrome-error://chromewebdata/"  # type: ignore[union-attr]
    assert sum("frame-ancestors" in words for words in said) == 3
