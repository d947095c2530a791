"""A passphrase is long, and hard to guess for somebody who knows lists of words, the address and the site."""

import subprocess
import sys

import pytest

from campaign.organizers.auth import factors
from tests.organizers.conftest import PASSPHRASE
from tests.servers import on_sqlite

WEAK = {
    "too short": "k7#Vq!x2",
    "digits again and again": "123456123456123",
    "a common word twice": "passwordpassword1",
    "a row of keys": "qwertyqwertyqwerty",
    "a row of letters": "abcdefghijklmnopqrst",
    "one letter": "سسسسسسسسسسسسسسسس",
    "Arabic digits again and again": "١٢٣٤٥٦١٢٣٤٥٦١٢٣",
    "the address": "omar@example.org1",
    "the words of the address": "omar example omar",
    "the site": "a call from velora 2026",
    "too long": "olives ripen in november " * 9,
}
STRONG = (PASSPHRASE, "correct horse battery staple", "زيتون الشمال يؤتي ثماره", "k7#Vq!x2-mP9&Lr4")


@on_sqlite
@pytest.mark.parametrize("typed", WEAK.values(), ids=WEAK)
def test_a_passphrase_that_is_easily_guessed_is_refused_with_a_sentence_that_helps(omar, typed):
    omar.prove()

    english = omar.send("account/passphrase", new=typed, again=typed)
    arabic = omar.send("/ar/organize/account/passphrase", new=typed, again=typed)

    assert (english.status_code, arabic.status_code) == (422, 422)
    assert "four or more words that have nothing to do with each other" in english.text
    assert "أربع كلمات أو أكثر" in arabic.text
    assert typed not in english.text


@pytest.mark.parametrize("typed", STRONG)
def test_a_passphrase_of_several_words_or_at_random_is_taken(typed):
    assert factors.is_strong_enough(typed, "omar@example.org", "A call from Velora petition.example.org")


def test_lists_of_words_are_loaded_by_nobody_who_does_not_choose_a_passphrase():
    loaded = "import sys, campaign.organizers.views; sys.exit('zxcvbn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
