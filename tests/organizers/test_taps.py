"""What organizers do is a few taps away, along links from the first page, in both languages (the table in docs/desk.md)."""

import re
from collections import deque

import pytest

from campaign.languages import LANGUAGES
from tests.organizers.stored import store
from tests.servers import on_sqlite

MOST = 3
TASKS = {
    *("signatures", "signature", "sealed", "address", "review", "requests", "exports", "inquiries", "plan", "key", "account"),
    *("authenticator", "passphrase", "recovery_codes", "lock_account", "switch", "hide_author", "withdraw_testimony", "office"),
    *("edit_words", "deliveries", "emails", "trends", "going_public", "succession", "audit"),
}


@on_sqlite
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_each_task_is_three_taps_from_the_first_at_most(app, omar, nour, language):
    store(app, "Layla")
    omar.language = language
    addresses, taps, to_open = app.url_map.bind("localhost"), {"overview": 0}, deque([("", 0)])
    while to_open:
        path, count = to_open.popleft()
        if count == MOST:
            break
        for link in re.findall(rf'href="/{language}/organize/([^"#?]*)', omar.read(path).text):
            page = addresses.match(f"/{language}/organize/{link}", method="GET")[0].partition(".")[2]
            if page not in taps:
                taps[page] = count + 1
                to_open.append((link, count + 1))

    assert TASKS - set(taps) == set()
