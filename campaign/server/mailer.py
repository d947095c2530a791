"""The mail of one worker: several conversations with the mail server at once, each kept open for many e-mails."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Self

from flask import Flask
from sqlalchemy.orm import Session

from campaign.database import DATABASE_UNAVAILABLE, now
from campaign.organizers import daily_email
from campaign.outbox import delivery, queue, smtp
from campaign.petition import counting
from campaign.state import AppState

TICK = 0.2  # seconds between two queries of the outbox; one takes less than a millisecond
IDLE_AFTER = 10  # seconds without an e-mail, after which the conversations are ended
CAREFUL_FOR = 120  # seconds after trouble, in which one conversation is enough
log = logging.getLogger(__name__)


class Mailer:
    """The conversations of one worker. The first is always there; the others join while more is due than one has claimed."""

    def __init__(self, app: Flask, stop: threading.Event, say: Callable[[str], None], *, by: bytes | None = None) -> None:
        self.app, self.stop, self.say, self.by = app, stop, say, by
        self.site: AppState = app.extensions["campaign"]
        settings = self.site.settings
        self.quota = self.site.quota
        most = 1 if settings.mail_url.startswith("file:") else settings.mail_connections
        self.transports = [smtp.make_transport(settings, say) for _ in range(most)]
        self.others: list[Future[None]] = []
        self.is_held = False  # the mail server wants nothing more of this round
        self.last_sent = self.careful_until = 0.0  # seconds of the monotonic clock
        self.takes_utf8: bool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self) -> None:
        """Send due e-mails until a stop is requested; finish the e-mails being sent first."""
        is_away = False
        with self:
            while not self.stop.is_set():
                try:
                    self.deliver_due()
                except DATABASE_UNAVAILABLE as error:
                    if not is_away:
                        log.warning("The mail cannot use the database (%s) and tries again until it can.", type(error).__name__)
                    is_away = True
                else:
                    if is_away:
                        log.info("The mail uses the database again.")
                    is_away = False
                self.stop.wait(TICK)

    def deliver_due(self) -> None:
        """Send due e-mails until none is left or the mail server fails."""
        claimed = self._claim(self.transports[0], takes_up=True)
        if not claimed:
            if time.monotonic() > self.last_sent + IDLE_AFTER:
                self.close()
            return
        self.is_held = False
        with ThreadPoolExecutor(len(self.transports), thread_name_prefix="mail") as pool:
            self.others = []
            self._send_all(self.transports[0], claimed, lambda: self._invite_others(pool))
        for one in self.others:
            one.result()
        self.last_sent = time.monotonic()

    def close(self) -> None:
        """End the conversations."""
        for transport in self.transports:
            transport.close()

    def _invite_others(self, pool: ThreadPoolExecutor) -> None:
        """Begin the other conversations, unless they still go on."""
        if all(one.done() for one in self.others):
            self.others += [pool.submit(self._join, transport) for transport in self.transports[1:]]

    def _join(self, transport: smtp.Transport) -> None:
        """Send due e-mails over one more connection; claim none before the mail server accepts it."""
        if not self._is_any_due():
            return
        if transport.open():
            self._send_all(transport, self._claim(transport), lambda: None)
        else:
            self._be_careful()

    def _send_all(self, transport: smtp.Transport, claimed: list[queue.OutboxMessage], when_full: Callable[[], None]) -> None:
        """Send what was claimed, and claim again until nothing is due; alone where there was trouble lately."""
        with self.app.app_context():
            while claimed:
                is_more_due = self.quota or len(claimed) == queue.CLAIM_BATCH
                if is_more_due and not self._is_careful() and transport.open():
                    when_full()
                goes_on = self._send_batch(transport, claimed)
                self._record_capabilities(transport)
                claimed = self._claim(transport) if goes_on else []

    def _send_batch(self, transport: smtp.Transport, claimed: list[queue.OutboxMessage]) -> bool:
        """Send what was claimed; return whether more can be sent now."""
        for entry in claimed:
            is_over = self.is_held or self.stop.is_set() or queue.is_lease_ending(entry, now())
            if is_over or not self._deliver(transport, entry):
                queue.release(self.site.database, claimed, quota=self.quota)
                return False
        return not (self.is_held or self.stop.is_set())

    def _deliver(self, transport: smtp.Transport, entry: queue.OutboxMessage) -> bool:
        """Send one e-mail; return whether more can be sent, as far as the server and the organizers are concerned."""
        try:
            if delivery.deliver(self.site.database, self.site.keys, transport, compose_unless_stopped, entry):
                return True
            self._be_careful()
        except delivery.MailStopped:
            pass
        self.is_held = True
        return False

    def _claim(self, transport: smtp.Transport, *, takes_up: bool = False) -> list[queue.OutboxMessage]:
        """Claim e-mails that are due; most of the time there is none, and looking costs no writer's turn.

        With a quota the conversation is begun first, so that the moment which is noted is that of the handing over; after trouble
        it is not, as each try to begin one can be a login that fails.
        """
        if not self._is_any_due(takes_up=takes_up):
            return []
        if self.quota and not self._is_careful() and not transport.open():
            self._be_careful()
        return queue.claim(self.site.database, now(), by=self.by, takes_up=takes_up, quota=self.quota)

    def _is_any_due(self, *, takes_up: bool = False) -> bool:
        """Return whether there is an e-mail to claim; none while organizers have stopped the mail."""
        with self.site.database.reading() as session:
            if is_mail_stopped(session):
                return False
            return queue.is_any_due(session, now(), by=self.by if takes_up else None, quota=self.quota)

    def _be_careful(self) -> None:
        """Remember that there was trouble with the mail server."""
        self.careful_until = time.monotonic() + CAREFUL_FOR

    def _is_careful(self) -> bool:
        return time.monotonic() <= self.careful_until

    def _record_capabilities(self, transport: smtp.Transport) -> None:
        """Remember what the mail server takes, where that is not known yet."""
        if transport.takes_utf8 not in (None, self.takes_utf8):
            smtp.record_capabilities(self.site.database, transport)
            self.takes_utf8 = transport.takes_utf8


def is_mail_stopped(session: Session) -> bool:
    """Return whether organizers have stopped the mail."""
    return session.scalar(counting.SELECT_MAIL_STOPPED) is not None


def compose_unless_stopped(session: Session, entry: queue.OutboxMessage, envelope: queue.Envelope) -> EmailMessage | None:
    """Write an e-mail. Each asks whether the mail is stopped, so that a stop takes effect within seconds."""
    if is_mail_stopped(session):
        raise delivery.MailStopped
    return daily_email.compose_any(session, entry, envelope)


@contextmanager
def working(mailer: Mailer) -> Iterator[None]:
    """Run the mailer in a separate thread within the block, and ask it to stop at the end. If it fails, the worker ends."""
    with ThreadPoolExecutor(1, thread_name_prefix="mailer") as pool:
        future = pool.submit(mailer.run)
        future.add_done_callback(lambda _: mailer.stop.set())
        try:
            yield
        finally:
            mailer.stop.set()
    future.result()
