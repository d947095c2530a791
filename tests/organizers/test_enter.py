"""Getting in: with passphrase and code, and in no other way."""

import pytest


def test_an_organizer_enters_with_passphrase_and_code_and_sees_the_desk(omar):
    answer = omar.read()

    assert answer.status_code == 200
    assert "omar@example.org" in answer.text


@pytest.mark.parametrize("typed", [{"email": "nobody@example.org"}, {"passphrase": "wrong wrong wrong"}, {"code": "000000"}])
def test_whatever_is_wrong_the_answer_is_the_same(new_account, typed):
    omar = new_account("omar@example.org")
    omar.enter(passphrase="also wrong, also wrong")
    usual = omar.enter(passphrase="wrong and wrong again")

    answer = omar.enter(**typed)

    assert answer.status_code == usual.status_code == 422
    assert "This did not work." in answer.text
