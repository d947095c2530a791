"""The list of mutations fits the code: `make mutations` is slow, so what has moved away is noticed here."""

import ast

import pytest

from tests.mutations import TOP, Mutation, read

MUTATIONS = read()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "_"))
def test_each_mutation_can_be_made_and_its_tests_are_there(mutation):
    source = (TOP / mutation.file).read_text("utf-8")

    assert mutation.misfit(source) == ""
    assert ast.dump(ast.parse(mutation.mutated(source))) != ast.dump(ast.parse(source))
    for test in mutation.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (TOP / file).read_text("utf-8"), test


def test_no_two_mutations_have_one_name():
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


def test_a_mutation_that_does_not_apply_says_why():
    twice = Mutation(name="", file="a.py", changes=(("b", "c"),), tests=())

    assert twice.misfit("b = b") == "an old text occurs 2 times in a.py"
    assert twice.misfit("a = 1") == "an old text occurs 0 times in a.py"
    assert twice.misfit("a = b") == ""
