"""The README and the pages in docs/ say what is so: every command, setting and module, and nothing that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from campaign.cli.main import main
from campaign.config import PREFIX, Settings
from campaign.database import Base

TOP = Path(__file__).resolve().parents[2]
README, REFERENCE, ARCHITECTURE = TOP / "README.md", TOP / "docs/reference.md", TOP / "docs/architecture.md"
PAGES = [README, *sorted((TOP / "docs").rglob("*.md")), *sorted((TOP / "translations").glob("*.md"))]
LARGEST_PICTURE = 250_000  # bytes

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
CALLED = re.compile(r"(?:bin/|(?<![\w./@-]))(campaign [a-z][^|&;`]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
FILE = re.compile(r"(?<![\w/.-])(?:campaign|docs|templates|tests|translations)/[\w/-]+\.(?:html|md|png|py|txt)\b")


def commands(group: click.Group = main, path: str = "campaign") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words it is called by."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands())
SETTINGS = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a page, as their cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def section(page: Path, heading: str) -> str:
    """What stands on a page under a heading."""
    return page.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def spans(page: Path) -> list[str]:
    """What a page sets as code, a line each; a line that goes on behind a backslash is one."""
    blocks = CODE.findall(page.read_text("utf-8").replace(r"\|", "/"))
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def slug(heading: str) -> str:
    """The address of a heading within its page."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def listed_modules() -> list[str]:
    """The modules that the layout names, as paths from the top."""
    folders, found = [""] * 9, []
    for line in section(ARCHITECTURE, "The modules").partition("```\n")[2].partition("```")[0].splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        folders[depth] = name
        if name.endswith(".py"):
            found.append("".join(folders[:depth]) + name)
    return found


def usage_row(name: str) -> list[str]:
    """The row of one command in the reference."""
    return next(row for row in rows(section(REFERENCE, "Commands")) if re.match(rf"`{name}[ `]", row[0]))


def default(value: object) -> str:
    """How the reference writes the default of a setting."""
    return "none" if value in (None, "") else f"`{'on' if value is True else value}`"


in_every_page = pytest.mark.parametrize("document", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_in_the_reference_with_its_options_and_in_the_words_of_its_help(name):
    usage, meaning = usage_row(name)

    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("-")}
    assert set(OPTION.findall(usage)) == options
    assert meaning == " ".join((COMMANDS[name].help or "").split())


@pytest.mark.parametrize("name", ["campaign export", "campaign open-export"])
def test_the_reference_names_every_format_of_an_export_and_no_other(name):
    [formats] = [parameter for parameter in COMMANDS[name].params if "--format" in parameter.opts]

    assert isinstance(formats.type, click.Choice)
    assert re.findall(r"--format (\S+)", usage_row(name)[0]) == ["|".join(formats.type.choices)]


def test_the_reference_names_no_command_that_is_not_there():
    named = [row[0].strip("`") for row in rows(section(REFERENCE, "Commands"))[1:]]

    unknown = [usage for usage in named if not any(f"{usage} ".startswith(f"{name} ") for name in COMMANDS)]
    assert (unknown, len(named)) == ([], len(COMMANDS))


def test_every_setting_stands_in_the_reference_with_its_default_and_its_meaning():
    told = {cells[0].strip("`"): cells[1:] for cells in rows(section(REFERENCE, "Settings"))[1:]}

    assert told == {name: [default(field.default), field.description] for name, field in SETTINGS.items()}


@in_every_page
def test_every_setting_that_a_page_names_is_there(document):
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", document.read_text("utf-8")))

    assert named <= {*SETTINGS}


@in_every_page
def test_every_command_that_a_page_calls_is_there_with_its_options(document):
    groups = {name.rpartition(" ")[0] for name in COMMANDS}
    for call in (call for line in spans(document) for call in CALLED.findall(line)):
        words = call.split()
        name = next((name for name in (" ".join(words[:3]), " ".join(words[:2])) if name in {*COMMANDS, *groups}), None)
        assert name, f"there is no `{call}`"
        options = {option for parameter in COMMANDS.get(name, main).params for option in parameter.opts} | {"--help"}
        assert set(OPTION.findall(call)) <= options, call


@in_every_page
def test_every_target_that_a_page_makes_is_there(document):
    targets = re.findall(r"^([a-z]+):", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE)

    made = {name for line in spans(document) for name in re.findall(r"(?:^|`|&& )make ([a-z]+)\b", line)}
    assert made <= set(targets)
    assert document != README or made == set(targets)


@in_every_page
def test_a_block_of_commands_has_each_on_its_own_line(document):
    targets = re.findall(r"^([a-z]+):", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE)
    calls = re.compile(rf"(?<!&& )(?<!^)\b(make (?:{'|'.join(targets)}))\b")

    blocks = [line for line in spans(document) if not line.startswith("`")]
    assert [line for line in blocks if calls.search(line.strip())] == []


@pytest.mark.parametrize("document", [*PAGES, TOP / "CHANGELOG.md"], ids=lambda page: str(page.relative_to(TOP)))
def test_no_command_is_split_over_two_lines(document):
    words = re.sub(r"^ *```.*?^ *```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)

    found = [span for paragraph in words.split("\n\n") for span in re.findall("`[^`]*`", paragraph)]

    assert [span for span in found if "\n" in span] == []


@in_every_page
def test_every_link_of_a_page_leads_somewhere(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        address, _, place = link.partition("#")
        if "://" in link or link.startswith("mailto:") or address.startswith("/"):
            continue
        target = document.parent / address if address else document
        assert target.exists(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE) if place else []
        assert not place or place in map(slug, headings), link


@in_every_page
def test_every_file_that_a_page_names_is_there(document):
    named = {name for line in spans(document) for name in FILE.findall(line) if "LANG" not in name}

    assert [name for name in sorted(named) if not (TOP / name).exists()] == []


def test_the_layout_names_every_module_and_none_that_is_not_there():
    there = [file.relative_to(TOP).as_posix() for file in (TOP / "campaign").rglob("*.py")]
    inner = re.compile(r"campaign/(migrations/.*|.+/__init__\.py)$")

    assert sorted(listed_modules()) == sorted(name for name in there if not inner.match(name))


def test_what_the_way_of_a_signature_names_stands_in_its_file():
    steps = [cells[1] for cells in rows(section(ARCHITECTURE, "The way of a signature"))[1:]]

    for file, names in (re.fullmatch(r"`([\w/.]+)`((?:,? `\w+`)*)", step).groups() for step in steps):
        for name in re.findall(r"\w+", names):
            assert re.search(rf"\b(def|class) {name}\b", (TOP / file).read_text("utf-8")), f"{name} in {file}"


def test_the_architecture_names_every_table_in_the_words_of_its_record():
    told = {cells[0].strip("`"): cells[1:] for cells in rows(section(ARCHITECTURE, "The tables"))[1:]}

    records = {
        mapper.local_table.name: mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("campaign.")
    }
    firsts = {name: re.split(r"(?<=[.])\s", " ".join(record.__doc__.split()))[0] for name, record in records.items()}
    places = {name: f"`{record.__name__}` in `{record.__module__.replace('.', '/')}.py`" for name, record in records.items()}
    assert told == {name: [places[name], firsts[name]] for name in records}


def test_the_readme_can_be_read_in_ten_minutes():
    assert len(README.read_text("utf-8").splitlines()) <= 150


def test_the_picture_is_small_enough_for_a_slow_line():
    assert (TOP / "docs/pictures/both-languages.png").stat().st_size < LARGEST_PICTURE
