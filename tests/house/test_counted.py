"""What counts is selected in one place: everything else that reads signatures goes through counting.counted()."""

import ast
from collections.abc import Iterator

from campaign.config import PACKAGE

MAY_SELECT_REMOVED_ONES = {
    ("reviews.py", "_flag"),  # whether a row is there to refer to
    ("counting.py", "standing"),  # the definition
    ("signature_search.py", "find_by_mailbox"),  # all that a mailbox has
    ("mailbox_signature.py", "removed_signature_of"),
    ("signing.py", "find"),  # a link leads to a removed signature too
    ("signing.py", "erase"),  # all that a mailbox has goes
    ("deletion.py", "_delete_piece"),  # what is removed or held is deleted on the promised day too
    ("old_database.py", "_take_of_signatures"),  # all that the old database still has
    ("bursts.py", "fold_past_hours"),  # whoever confirmed has got our e-mail, removed since or not
    ("publishing.py", "_first_signed_on"),  # a text was signed on that day, whatever became of the signature
}


def definitions() -> Iterator[tuple[str, str, ast.AST]]:
    """Yield the file, the name and the code of each function and of each constant of a module."""
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        yield from ((path.name, one.name, one) for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
        for one in tree.body:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
            yield from ((path.name, name.id, one) for name in targets if isinstance(name, ast.Name))


def selecting() -> Iterator[tuple[str, str]]:
    """Yield where signatures or columns of them are selected."""
    for file, name, code in definitions():
        if any(selects_signatures(node) for node in ast.walk(code)):
            yield file, name


def selects_signatures(node: ast.AST) -> bool:
    """Return whether this is a call of select() that names Signature."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "select":
        return False
    return any(isinstance(part, ast.Name) and part.id == "Signature" for given in node.args for part in ast.walk(given))


MAY_READ_HELD_ONES = {
    ("counting.py", "counted"),  # the definition
    ("counting.py", "held"),
    ("counting.py", "count_held"),
    ("mailbox_signature.py", "SELECT_STANDING"),  # a mailbox signs once, also while its signature is held
    ("name_index.py", "_make_anew"),  # an organizer finds the name of a held signature once it counts
    ("reviews.py", "burst_members"),
    ("reviews.py", "count_members"),
    ("reviews.py", "held_groups"),
    ("reviews.py", "held_ids"),
}


def reading_held() -> Iterator[tuple[str, str]]:
    """Yield where counting.standing() or counting.held() is called."""
    for file, name, code in definitions():
        if any(calls_held(node) for node in ast.walk(code)):
            yield file, name


def calls_held(node: ast.AST) -> bool:
    """Return whether this is a call of counting.standing() or counting.held()."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) in ("standing", "held")


def test_only_a_few_places_read_signatures_that_are_held():
    assert set(reading_held()) == MAY_READ_HELD_ONES


def test_only_a_few_places_select_signatures_without_counted():
    assert set(selecting()) == MAY_SELECT_REMOVED_ONES
