"""A name server on this machine, for the questions that the site asks the DNS."""

import socket
import threading
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

IN_ORDER = {
    "example.org.": ["some-other=record", "v=spf1 mx -all"],
    "key1._domainkey.example.org.": ["v=DKIM1; p=MCowBQYDK2VwAyEA"],
    "_dmarc.example.org.": ["v=DMARC1; p=none"],
}


class NameServer:
    """Answers questions for TXT records over UDP; a name that is only above others exists and has none."""

    def __init__(self, records: dict[str, list[str]]) -> None:
        self.records, self.is_silent, self.is_open = records, False, True
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_open = False
        self.socket.sendto(b"", self.socket.getsockname())  # wakes the thread, which closes

    def _serve(self) -> None:
        with self.socket:
            while self.is_open:
                packet, sender = self.socket.recvfrom(4096)
                if packet and not self.is_silent:
                    self.socket.sendto(self._answer(dns.message.from_wire(packet)), sender)

    def _answer(self, question: dns.message.Message) -> bytes:
        name = question.question[0].name.to_text().lower()
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.AA
        if texts := self.records.get(name):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{text}"' for text in texts)))
        elif not any(known.endswith(f".{name}") for known in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
