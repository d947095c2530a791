"""`campaign mirror` writes a copy that is whole: every link leads to a file of it or to the site itself."""

import hashlib
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from click.testing import CliRunner, Result

from campaign.cli.main import main
from campaign.config import Settings
from tests.people import parse
from tests.servers import on_sqlite

ADDRESS = "https://petition.example.org"
LARGEST = 5_000_000  # bytes; what still goes from telephone to telephone
PAGES = "index testimony testimony/beside/{other} petition write about privacy accessibility mirrors".split()

pytestmark = on_sqlite


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Path:
    """A folder for the copy."""
    return tmp_path / "copy"


@pytest.fixture
def take(settings: Settings, copy: Path, monkeypatch: pytest.MonkeyPatch) -> "Taking":
    """The command, in the campaign of the tests under a public address."""
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_BASE_URL", ADDRESS)
    monkeypatch.setenv("CAMPAIGN_MAIL_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("CAMPAIGN_MAIL_FROM", "campaign@example.org")
    return Taking(copy)


class Taking:
    """`campaign mirror FOLDER`."""

    def __init__(self, copy: Path) -> None:
        self.copy = copy

    def __call__(self, *options: str) -> Result:
        return CliRunner().invoke(main, ["mirror", str(self.copy), *options])


def documents(copy: Path) -> dict[Path, str]:
    """The pages and style sheets of a copy."""
    return {file: file.read_text("utf-8") for file in copy.rglob("*") if file.suffix in {".html", ".css"}}


def links(file: Path, text: str) -> list[str]:
    """Where the links of a document lead."""
    if file.suffix == ".css":
        return re.findall(r'url\("([^"]+)"\)', text)
    wanted = ("href", "src", "action", "cite")
    return [
        one.get(name) for one in parse(text).iter() if isinstance(one.tag, str) for name in wanted if one.get(name) is not None
    ]


def test_the_copy_holds_every_page_in_both_languages_and_says_its_size(take: Taking) -> None:
    result = take()

    assert result.exit_code == 0, result.output
    size = sum(file.stat().st_size for file in take.copy.rglob("*") if file.is_file())
    assert f"{size / 1e6:.1f} MB" in result.output
    assert size <= LARGEST
    for here, there in (("en", "ar"), ("ar", "en")):
        for page in PAGES:
            assert (take.copy / here / f"{page.format(other=there)}.html").is_file(), page
    assert (take.copy / "index.html").is_file()


def test_every_relative_link_leads_to_a_file_and_every_other_to_the_site_or_elsewhere(take: Taking) -> None:
    take()
    lost = []
    for file, text in documents(take.copy).items():
        for link in links(file, text):
            address, fragment = urldefrag(link)
            if urlsplit(link).scheme in {"https", "mailto"}:
                continue
            there = Path(unquote(urlsplit(urljoin(file.as_uri(), address)).path))
            has_place = not fragment or f'id="{fragment}"' in there.read_text("utf-8")
            if link.startswith("/") or not there.is_file() or not has_place:
                lost.append((file.relative_to(take.copy).as_posix(), link))

    assert lost == []


def test_whoever_wants_to_sign_is_led_to_the_site_itself(take: Taking) -> None:
    take()

    for file, text in documents(take.copy).items():
        assert "<form" not in text, file
        for link in links(file, text):
            if "/sign" in link:
                assert link.startswith(f"{ADDRESS}/"), (file, link)
    assert f'href="{ADDRESS}/ar/sign"' in (take.copy / "ar/index.html").read_text("utf-8")


def test_every_page_says_that_it_is_a_copy_and_of_what(take: Taking) -> None:
    take()

    for file, text in documents(take.copy).items():
        if file.suffix == ".html":
            band = next(one for one in parse(text).iter("aside") if one.get("class") == "sample")
            assert ADDRESS in "".join(band.itertext()), file


def test_the_sums_are_those_of_all_the_files(take: Taking) -> None:
    take()

    listed = dict(line.split("  ", 1)[::-1] for line in (take.copy / "SHA256SUMS").read_text("ascii").splitlines())

    files = [file for file in take.copy.rglob("*") if file.is_file() and file.name != "SHA256SUMS"]
    assert listed == {file.relative_to(take.copy).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_zip_file_holds_the_same(take: Taking) -> None:
    take("--zip")

    with zipfile.ZipFile(take.copy.with_name("copy.zip")) as packed:
        names = {name for name in packed.namelist() if not name.endswith("/")}
    assert names == {file.relative_to(take.copy.parent).as_posix() for file in take.copy.rglob("*") if file.is_file()}


def test_a_folder_that_holds_something_else_is_left_alone(take: Taking) -> None:
    take.copy.mkdir()
    (take.copy / "diary.txt").write_text("mine", "utf-8")

    result = take()

    assert result.exit_code == 1
    assert "is not empty" in result.output
    assert [file.name for file in take.copy.iterdir()] == ["diary.txt"]


def test_what_is_not_of_the_copy_is_lost_neither_in_its_folder_nor_beside_it(take: Taking) -> None:
    take()
    beside = take.copy.with_name("copy.draft")
    beside.mkdir()
    for foreign in (take.copy / "en" / "notes.txt", beside / "notes.txt"):
        foreign.write_text("mine", "utf-8")

    assert take().exit_code == 1
    assert (take.copy / "en" / "notes.txt").exists()

    (take.copy / "en" / "notes.txt").unlink()
    assert take().exit_code == 0
    assert (beside / "notes.txt").exists()


def test_a_folder_with_checksums_of_something_else_is_left_alone(take: Taking) -> None:
    take.copy.mkdir()
    for name in ("SHA256SUMS", "debian.iso"):
        (take.copy / name).write_text(f"{'0' * 64}  debian.iso\n", "utf-8")

    assert take().exit_code == 1
    assert (take.copy / "debian.iso").exists()


def test_a_new_copy_takes_the_place_of_an_older_one(take: Taking) -> None:
    take()
    (take.copy / "en" / "old.html").write_text("old", "utf-8")
    with (take.copy / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  en/old.html\n")

    assert take().exit_code == 0

    assert not (take.copy / "en" / "old.html").exists()
    assert [file.name for file in take.copy.parent.glob("copy*")] == ["copy"]
