"""What waits for a person at the desk: each kind of thing with its number and since when, the oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.content.pages import Texts
from campaign.organizers import export_jobs, four_eyes, reviews
from campaign.organizers.models import FILE_LIFETIME, Account
from campaign.outbox import outage, queue
from campaign.outbox.queue import OutboxMessage
from campaign.outbox.quota import Quota
from campaign.petition import inquiries, plan
from campaign.petition.timelines import read_timelines

DAY_IS_NEAR = timedelta(days=7)
NUMBERED = REVIEW, REQUESTS, EXPORTS, INQUIRIES = "review", "requests", "exports", "inquiries"  # pages with a number


@dataclass(frozen=True)
class Task:
    """One kind of thing that waits for a person; templates/organizers/_tasks.html has its words."""

    kind: str
    number: int = 1
    since: date | None = None
    page: str = ""  # of the navigation
    detail: Any = None


@dataclass(frozen=True)
class Refusals:
    """E-mails that were refused with one answer, which is a code; empty where it is not known."""

    answer: str
    number: int
    since: datetime


def find_tasks(
    session: Session,
    account: Account,
    *,
    at: datetime,
    texts: Mapping[str, Texts],
    is_key_here: bool,
    unready: int,
    quota: Quota | None,
) -> list[Task]:
    """Return all that waits for the owner of an account.

    `is_key_here` says whether a private key is on the server, `unready` how much is to be done before going public.
    """
    found = page_tasks(session, account, at)
    if account.is_organizer:
        found += _emails(session, at, quota) + _stale_texts(texts) + _near_days(session, at.date())
        found += [Task("public", detail=unready)] if unready else []
        found += _deliveries(session, at.date())
        found += [Task("key")] if is_key_here else []
    return sorted(found, key=lambda task: (task.since is None, task.since or date.max))


def page_tasks(session: Session, account: Account, at: datetime) -> list[Task]:
    """Return what waits on the pages of the navigation."""
    found = [_names(session), _held(session), _waves(session)]
    if account.is_organizer:
        found += [_requests(session, account), _files(session, account, at), _inquiries(session, at.date())]
    return [task for task in found if task.number]


def numbers_by_page(tasks: list[Task]) -> dict[str, int]:
    """Return how many things wait on each page of the navigation."""
    return {page: sum(task.number for task in tasks if task.page == page) for page in NUMBERED}


def refusals(session: Session) -> list[Refusals]:
    """Return the e-mails that were refused and whose link still lives, by what the mail server answered, most first."""
    number, answer = sa.func.count(), sa.func.coalesce(OutboxMessage.answer, "")
    refused = sa.select(answer, number, sa.func.min(OutboxMessage.failed_at)).where(OutboxMessage.failed_at.is_not(None))
    found = session.execute(refused.group_by(answer).order_by(number.desc(), answer))
    return [Refusals(code, count, since) for code, count, since in found if since]


def _names(session: Session) -> Task:
    number, oldest = reviews.count_pending(session)
    return Task("names", number, oldest, REVIEW)


def _held(session: Session) -> Task:
    groups = reviews.held_groups(session)
    return Task("held", sum(group.number for group in groups), min((group.day for group in groups), default=None), REVIEW)


def _waves(session: Session) -> Task:
    waves = reviews.pending_bursts(session)
    return Task("waves", len(waves), min((wave.day for wave in waves), default=None), REVIEW)


def _requests(session: Session, account: Account) -> Task:
    """Return what others have asked for, with the day on which the first of it is over."""
    asked = [request.asked_at for request in four_eyes.pending(session) if request.asked_by != account.email]
    ends_on = (min(asked) + four_eyes.REQUEST_LIFETIME).date() if asked else None
    return Task("requests", len(asked), min(asked).date() if asked else None, REQUESTS, ends_on)


def _files(session: Session, account: Account, at: datetime) -> Task:
    """Return the exports that can be downloaded, with the moment at which the first of them is over."""
    ready = [job.prepared_at for job in export_jobs.list_jobs(session, account) if job.prepared_at and job.is_ready(at)]
    return Task("files", len(ready), at.date() if ready else None, EXPORTS, min(ready) + FILE_LIFETIME if ready else None)


def _inquiries(session: Session, today: date) -> Task:
    """Return what people asked that is to be answered within a week, with the first of the last days."""
    due = inquiries.due_inquiries(session, today)
    return Task("inquiries", len(due), min((one.came_on for one in due), default=None), INQUIRIES, due[0].due_on if due else None)


def _emails(session: Session, at: datetime, quota: Quota | None) -> list[Task]:
    found, refused = [], refusals(session)
    if trouble := outage.current_outage(session, at):
        found.append(Task("outage", since=trouble.since.date(), detail=trouble))
    elif overdue := queue.count_messages(session, at, quota).overdue:
        found.append(Task("overdue", overdue, at.date()))
    if refused:
        number, oldest = sum(one.number for one in refused), min(one.since for one in refused).date()
        found.append(Task("refused", number, oldest, detail=refused[0].answer))
    return found


def _stale_texts(texts: Mapping[str, Texts]) -> list[Task]:
    """Return the languages in which texts are behind the source, with the number of these texts."""
    found = []
    for code, ours in texts.items():
        behind = [text for field in fields(ours) if (text := getattr(ours, field.name)).is_behind or _has_note(text)]
        found += [Task("stale", len(behind), detail=code)] if behind else []
    return found


def _has_note(text: Any) -> bool:
    return any(paragraph.note for paragraph in text.paragraphs)


def _near_days(session: Session, today: date) -> list[Task]:
    """Return the days of the plan that come within a week, each with its name."""
    days = plan.current_days(session)
    named = {field.name: getattr(days, field.name) for field in fields(days)}
    return [Task("plan", detail=(name, day)) for name, day in named.items() if day and today <= day <= today + DAY_IS_NEAR]


def _deliveries(session: Session, today: date) -> list[Task]:
    """Return the offices that are to be asked again, and the handovers whose planned day has come, with its delivery."""
    found = []
    for one in read_timelines(session):
        if since := one.reminder(today):
            found.append(Task("silent", since=since, detail=(one.office, one.silent_since, one.key)))
        elif one.planned_for and one.planned_for <= today:
            found.append(Task("hand over", since=one.planned_for, detail=(one.office, one.planned_for, one.key)))
    return found
