"""How fast news is handed over, and which addresses get none any more because the mail server refuses them for good."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from campaign.exports.news_mailing import refusal_of
from campaign.exports.warning_record import CannotWarn, WarningRecord
from campaign.mail_url import rate_of
from campaign.outbox.quota import MARGIN
from campaign.outbox.smtp_answers import PermanentFailure

IN_A_ROW = 10  # refusals without an e-mail that is taken: then it is not the addresses
ALL_REFUSED = (
    f"The mail server refused {IN_A_ROW} e-mails in a row ({{answer}}), which is hardly for their addresses: ask the provider,"
    " then run the command again."
)


class Pace:
    """The rate that the address of the mail server names, over all runs."""

    def __init__(
        self,
        mail_url: str,
        sent: Iterable[float],
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin with the moments, in seconds, at which earlier e-mails were sent."""
        self._rate, self._clock, self._sleep = rate_of(mail_url), clock, sleep
        self._sent = deque(sorted(sent), maxlen=self._rate[0] if self._rate else 0)

    def wait(self) -> None:
        """Wait until one more may be sent."""
        if self._rate and len(self._sent) == self._rate[0]:
            left = self._sent[0] + self._rate[1] * MARGIN - self._clock()
            if left > 0:
                self._sleep(left)

    def note(self) -> None:
        """Note that one was handed over."""
        self._sent.append(self._clock())


@dataclass
class RefusedReaders:
    """Addresses that the mail server refuses for good; they count where it takes other e-mails, else it refuses all of ours."""

    record: WarningRecord
    note: Callable[[], str]
    waiting: list[str] = field(default_factory=list)  # who
    has_taken_some: bool = False

    def add(self, person: str, refusal: PermanentFailure) -> None:
        """Note a refusal; raise CannotWarn after many in a row. One that was not the server's, which has no answer, is none."""
        if not refusal.answer:
            return
        self.waiting.append(person)
        if len(self.waiting) >= IN_A_ROW:
            raise CannotWarn(ALL_REFUSED.format(answer=refusal.answer))

    def confirm(self) -> None:
        """Record them: the mail server has taken an e-mail."""
        self.has_taken_some = True
        self._record()

    def end(self) -> None:
        """Record the last ones, unless it has taken none."""
        if self.has_taken_some:
            self._record()

    def _record(self) -> None:
        for person in self.waiting:
            self.record.add(refusal_of(person), self.note())
        self.waiting.clear()
