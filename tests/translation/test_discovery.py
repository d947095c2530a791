"""The languages of the site are the folders that describe themselves; a description that cannot be used is refused."""

import pytest

from campaign.languages import LanguageError, describe, discover


def test_a_folder_with_a_description_is_a_language_and_the_source_comes_first(translations):
    (translations / "empty").mkdir()
    (translations / "aa").mkdir()
    described = (translations / "ar" / "language.toml").read_text("utf-8").replace('"public"', '"hidden"')
    (translations / "aa" / "language.toml").write_text(described, "utf-8")

    found = discover(translations)

    assert [(code, language.status) for code, language in found.items()] == [
        ("en", "public"),
        ("aa", "hidden"),
        ("ar", "public"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('dir = "rtl"', 'dir = "up"', "`dir` must be ltr or rtl, not up."),
        ('status = "public"', 'status = "soon"', "`status` must be hidden or public, not soon."),
        ('og = "ar_AR"', "", "missing 1 required positional argument: 'og'"),
        ('og = "ar_AR"', 'gross = "ar_AR"', "unexpected keyword argument 'gross'"),
        ('og = "ar_AR"', "og = ar_AR", "Invalid value"),
    ],
)
def test_a_description_of_a_language_that_cannot_be_used_is_refused(translations, old, new, sentence):
    file = translations / "ar" / "language.toml"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(LanguageError) as refused:
        describe(file)

    assert sentence in str(refused.value)
    assert "ar/language.toml" in str(refused.value)
