"""What the mail tests stand on: one round of the mail worker, a certificate, a wire that is listened to."""

import contextlib
import dataclasses
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from campaign.outbox.queue import OutboxMessage
from campaign.server import worker
from tests.people import rows
from tests.servers import Mailbox


@pytest.fixture
def outbox(app):
    """The letters that the database holds."""
    return lambda: rows(app, OutboxMessage)


@pytest.fixture
def send(app):
    """One round of the mail worker; returns what it said."""

    def once():
        said = []
        worker.deliver_due(app, threading.Event(), said.append)
        return said

    return once


@pytest.fixture
def mail_to(app, monkeypatch):
    """Sends the letters another way."""

    def use(url):
        site = app.extensions["campaign"]
        changed = site.settings.model_copy(update={"mail_url": url})
        monkeypatch.setitem(app.extensions, "campaign", dataclasses.replace(site, settings=changed))

    return use


class Choosy(Mailbox):
    """A mail server that answers each step as it is told."""

    def __init__(self, **smtp) -> None:
        self.to_mail = self.to_rcpt = "250 OK"
        super().__init__(**smtp)

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802
        envelope.mail_from, envelope.mail_options = address, options
        return self.to_mail

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.to_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_rcpt


@pytest.fixture
def choosy(mail_to):
    """The site's mail server answers each step as it is told."""
    with Choosy() as server:
        mail_to(server.url)
        yield server


@dataclasses.dataclass
class Certificate:
    """A self-signed certificate for localhost, and for no other name."""

    file: Path
    key: Path

    @property
    def server(self) -> ssl.SSLContext:
        """What a server with this certificate needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory, openssl):
    """A self-signed certificate, made by the openssl command."""
    folder = tmp_path_factory.mktemp("certificate")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *names, "-out", made.file, "-keyout", made.key], check=True, capture_output=True)
    return made


class Wire:
    """A wire to a port of this machine that notes all that the caller says over it."""

    def __init__(self, port: int) -> None:
        self.heard = b""
        self._port = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._take_calls, daemon=True).start()

    def _take_calls(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for here, there in ((caller, server), (server, caller)):
                threading.Thread(target=self._carry, args=(here, there, here is caller), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, is_caller: bool) -> None:
        try:
            with contextlib.suppress(OSError):
                while said := here.recv(65536):
                    self.heard += said if is_caller else b""
                    there.sendall(said)
        finally:
            for end in (here, there):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)  # closing alone does not wake the other thread
                end.close()

    def close(self) -> None:
        """Takes no more calls."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def wire():
    """Lays wires that are listened to."""
    wires: list[Wire] = []

    def lay(port):
        wires.append(Wire(port))
        return wires[-1]

    yield lay
    for one in wires:
        one.close()
