"""What waits, how the campaign goes, its switches, and the audit of what organizers did, as a page and as a file."""

from types import SimpleNamespace

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as Answer
from werkzeug.wsgi import wrap_file

from campaign.database import now
from campaign.health import checklist, conditions
from campaign.languages import LANGUAGES, countries, current
from campaign.organizers import bp, waiting
from campaign.organizers import overview as rules
from campaign.organizers.audit import export_jsonl, newest_entries
from campaign.organizers.auth.guards import current_account, requires_role, say_saved
from campaign.organizers.models import ORGANIZER, ROLES
from campaign.outbox import outage
from campaign.petition import deletion
from campaign.petition.counting import next_goal
from campaign.petition.models import DayCount, Publication
from campaign.state import state
from campaign.web.request_checks import row_number

SWITCH_POSITIONS = {"on": True, "off": False}
ENTRIES_PER_PAGE = 50
SHOWN_BESIDE = {"relay", "providers"}  # the page says these where it shows the e-mails


@bp.get("/")
@requires_role(*ROLES)
def overview() -> str:
    """Show what waits for this person, the numbers, the plots and the outbox."""
    unready = checklist.count_left(state(), now().date())
    with state().database.reading() as session:
        tasks = own_tasks(session, unready)
        numbers, publication = rules.campaign_numbers(session, now(), state().quota), session.get_one(Publication, 1)
        days = rules.signatures_by_day(session, now().date())
        by_country = rules.signatures_by(session, DayCount.country)
        by_language = rules.signatures_by(session, DayCount.language)
        providers = rules.provider_stats(session, now().date())
        mail_outage = outage.current_outage(session, now())
        next_deletion = deletion.next_day(session, now().date())
        found = conditions.read_findings(session, state().settings, now())
    return render_template(
        "organizers/overview.html",
        tasks=tasks,
        numbers=numbers,
        goal=next_goal(numbers.confirmed, state().words.goal),
        publication=publication,
        signed_texts=publication.signed_texts or {},
        switches=_positions(publication),
        days=days,
        columns=rules.column_bars([number for _, number in days], is_rtl=current().is_rtl),
        by_country=_rows(by_country, dict(countries(current().code))),
        by_language=_rows(by_language, {code: language.name for code, language in LANGUAGES.items()}),
        providers=providers,
        outage=mail_outage,
        troubles=[one for one in found.values() if conditions.is_in_trouble(one) and one.name not in SHOWN_BESIDE],
        next_deletion=next_deletion,
        advice=outage.advice(mail_outage.category) if mail_outage else "",
    )


def own_tasks(session: Session, unready: int) -> list[waiting.Task]:
    """Return what waits for the person who asks; `unready` is how many things are to be done before going public."""
    return waiting.find_tasks(
        session,
        current_account(),
        at=now(),
        texts=state().texts,
        is_key_here=state().keys.private is not None,
        unready=unready,
        quota=state().quota,
    )


@bp.get("/emergency")
@requires_role(ORGANIZER)
def emergency() -> str:
    """Show what can be done at once when something is wrong."""
    with state().database.reading() as session:
        publication = session.get_one(Publication, 1)
    return render_template("organizers/emergency.html", switches=_positions(publication))


@bp.route("/switch/<name>", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def switch(name: str) -> Answer | str:
    """Show what turning a switch will do, or turn it."""
    if request.method == "POST":
        return _turn(name)
    with state().database.reading() as session:
        publication = session.get_one(Publication, 1)
    return _switch(name, publication)


def _turn(name: str) -> Answer:
    on = SWITCH_POSITIONS.get(request.form.get("turn", ""))
    if on is None or name not in rules.SWITCHES:
        raise BadRequest
    with state().database.writing() as session:
        rules.set_switch(session, name, on=on, by=current_account().email, today=now().date())
    say_saved()
    return redirect(url_for(".emergency"), 303)


def _switch(name: str, publication: Publication) -> str:
    """Return the page of one switch."""
    positions = _positions(publication)
    since = positions[name] if name in positions else abort(404)
    return render_template("organizers/switch.html", name=name, since=since)


def _positions(publication: Publication) -> dict[str, object]:
    """Return the day on which each switch was turned on, or None."""
    return {name: getattr(publication, switch.since.key) for name, switch in rules.SWITCHES.items()}


def _rows(counted: list[tuple[str, int]], names: dict[str, str]) -> list[tuple[str, str, int, rules.Bar]]:
    """Return code, name, number and bar of each."""
    most = max((number for _, number in counted), default=0)
    rtl = current().is_rtl
    return [(code, names.get(code, code), number, rules.row_bar(number, most, is_rtl=rtl)) for code, number in counted]


@bp.get("/audit")
@requires_role(*ROLES)
def audit() -> str:
    """Show the lines of the audit, the newest first."""
    before = request.args.get("before", type=row_number)
    with state().database.reading() as session:
        lines = newest_entries(session, before, ENTRIES_PER_PAGE + 1)
    older = url_for(".audit", before=lines[ENTRIES_PER_PAGE - 1].number) if len(lines) > ENTRIES_PER_PAGE else None
    return render_template("organizers/audit.html", lines=lines[:ENTRIES_PER_PAGE], older=older)


@bp.get("/audit.jsonl")
@requires_role(ORGANIZER)
def audit_file() -> Response:
    """Send every line, with its hash, as a file that is read piece by piece and never whole in memory."""
    pieces = export_jsonl(state().database)
    file = SimpleNamespace(read=lambda _size: next(pieces, b""), close=pieces.close)
    return Response(
        wrap_file(request.environ, file),  # type: ignore[arg-type]  # it reads bytes, as a file does
        headers={"Content-Disposition": "attachment; filename=audit.jsonl"},
        mimetype="application/jsonl",
        direct_passthrough=True,
    )
