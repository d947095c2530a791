"""Who may do what at the desk: each address and method with its roles, and whether passphrase and code are asked for again."""

from tests.servers import on_sqlite

ANYONE, BOTH, ORGANIZER = (), ("organizer", "moderator"), ("organizer",)
GUARDS = {  # (address, method): (roles, whether passphrase and code are asked for again)
    ("/", "GET"): (BOTH, False),
    ("/account", "GET"): (BOTH, False),
    ("/account", "POST"): (BOTH, False),
    ("/account/authenticator", "GET"): (BOTH, True),
    ("/account/authenticator", "POST"): (BOTH, True),
    ("/account/daily", "POST"): (BOTH, False),
    ("/account/passphrase", "GET"): (BOTH, True),
    ("/account/passphrase", "POST"): (BOTH, True),
    ("/account/recovery-codes", "GET"): (BOTH, True),
    ("/account/recovery-codes", "POST"): (BOTH, True),
    ("/accounts", "GET"): (ORGANIZER, False),
    ("/accounts", "POST"): (ORGANIZER, True),
    ("/accounts/<int:number>/lock", "GET"): (ORGANIZER, True),
    ("/accounts/<int:number>/lock", "POST"): (ORGANIZER, True),
    ("/address", "GET"): (ORGANIZER, True),
    ("/address", "POST"): (ORGANIZER, True),
    ("/again", "GET"): (BOTH, False),
    ("/again", "POST"): (BOTH, False),
    ("/audit", "GET"): (BOTH, False),
    ("/audit.jsonl", "GET"): (ORGANIZER, False),
    ("/deliveries", "GET"): (ORGANIZER, False),
    ("/deliveries/<delivery>", "GET"): (ORGANIZER, False),
    ("/deliveries/<delivery>/<what>", "GET"): (ORGANIZER, True),
    ("/deliveries/<delivery>/<what>", "POST"): (ORGANIZER, True),
    ("/emails", "GET"): (ORGANIZER, False),
    ("/emails", "POST"): (ORGANIZER, False),
    ("/emergency", "GET"): (ORGANIZER, False),
    ("/emergency/author", "GET"): (ORGANIZER, True),
    ("/emergency/author", "POST"): (ORGANIZER, True),
    ("/emergency/testimony", "GET"): (ORGANIZER, True),
    ("/emergency/testimony", "POST"): (ORGANIZER, True),
    ("/enter", "GET"): (ANYONE, False),
    ("/enter", "POST"): (ANYONE, False),
    ("/exports", "GET"): (ORGANIZER, False),
    ("/exports", "POST"): (ORGANIZER, False),
    ("/exports/take", "GET"): (ORGANIZER, False),
    ("/exports/take", "POST"): (ORGANIZER, True),
    ("/going-public", "GET"): (ORGANIZER, False),
    ("/inquiries", "GET"): (ORGANIZER, False),
    ("/inquiries", "POST"): (ORGANIZER, False),
    ("/inquiries/<int:number>", "GET"): (ORGANIZER, False),
    ("/inquiries/<int:number>", "POST"): (ORGANIZER, False),
    ("/key", "GET"): (ORGANIZER, True),
    ("/key", "POST"): (ORGANIZER, True),
    ("/leave", "POST"): (BOTH, False),
    ("/news", "GET"): (ORGANIZER, True),
    ("/news", "POST"): (ORGANIZER, True),
    ("/offices/<key>", "GET"): (ORGANIZER, False),
    ("/offices/<key>", "POST"): (ORGANIZER, False),
    ("/offices/<key>/package", "GET"): (ORGANIZER, False),
    ("/offices/<key>/package", "POST"): (ORGANIZER, False),
    ("/plan", "GET"): (ORGANIZER, True),
    ("/plan", "POST"): (ORGANIZER, True),
    ("/removals", "GET"): (BOTH, False),
    ("/removals/<int:number>", "GET"): (BOTH, False),
    ("/removals/<int:number>", "POST"): (BOTH, False),
    ("/requests", "GET"): (ORGANIZER, False),
    ("/requests", "POST"): (ORGANIZER, True),
    ("/requests/more", "POST"): (ORGANIZER, False),
    ("/review", "GET"): (BOTH, False),
    ("/review", "POST"): (BOTH, False),
    ("/review/wave/<int:number>", "GET"): (BOTH, False),
    ("/review/wave/<int:number>", "POST"): (BOTH, False),
    ("/set-up/<token:token>", "GET"): (ANYONE, False),
    ("/set-up/<token:token>", "POST"): (ANYONE, False),
    ("/signatures", "GET"): (BOTH, False),
    ("/signatures", "POST"): (BOTH, False),
    ("/signatures/<record>", "GET"): (BOTH, False),
    ("/signatures/<record>", "POST"): (BOTH, False),
    ("/signatures/<record>/sealed", "GET"): (ORGANIZER, True),
    ("/signatures/<record>/sealed", "POST"): (ORGANIZER, True),
    ("/switch/<name>", "GET"): (ORGANIZER, False),
    ("/switch/<name>", "POST"): (ORGANIZER, False),
    ("/trends", "GET"): (BOTH, False),
    ("/trends/<name>", "GET"): (BOTH, False),
    ("/words", "GET"): (ORGANIZER, False),
    ("/words/<piece>", "GET"): (ORGANIZER, False),
    ("/words/<piece>", "POST"): (ORGANIZER, False),
    ("/words/<piece>/<part>", "GET"): (ORGANIZER, False),
    ("/words/<piece>/<part>", "POST"): (ORGANIZER, False),
    ("/words/<piece>/earlier", "GET"): (ORGANIZER, False),
    ("/words/<piece>/preview", "GET"): (ORGANIZER, False),
    ("/words/<piece>/publish", "GET"): (ORGANIZER, True),
    ("/words/<piece>/publish", "POST"): (ORGANIZER, True),
}


@on_sqlite
def test_every_address_and_method_of_the_desk_has_the_guard_of_this_table(app):
    found = {}
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("organizers."):
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            view = app.view_functions[rule.endpoint]
            roles, again = getattr(view, "required_roles", ANYONE), getattr(view, "reauthenticate", False)
            found[rule.rule.removeprefix("/<lang:lang>/organize"), method] = roles, again

    assert found == GUARDS
