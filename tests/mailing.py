"""Real servers of mail, of the tests' own: one takes messages as well or badly as it is told, one keeps them."""

from __future__ import annotations

import asyncio
import grp
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from core.mail.server import Server, Way
from tests.postgresql import free_port

USER, PASSWORD = "buzon", "una clave: /@%"
STARTS_WITHIN_S = 60.0


def certificate(folder: Path) -> Path:
    """A certificate for this machine and its key, in one file."""
    file = folder / "machine.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", file, "-out", folder / "public"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + (folder / "public").read_bytes())
    return file


@dataclass
class Sent:
    """What the server took, as it came over the wire."""

    to: list[str]
    sender: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        found = BytesParser(policy=default).parsebytes(self.raw)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class Manners:
    """How the server behaves: what it answers to whom and of what, on whom it hangs up, and whether it goes on."""

    to_recipient: dict[str, str] = field(default_factory=dict)
    to_sender: str = ""
    to_message: dict[str, str] = field(default_factory=dict)
    hangs_up_on: set[str] = field(default_factory=set)
    hangs_up_after_taking: set[str] = field(default_factory=set)
    goes_on: threading.Event = field(default_factory=threading.Event)


class SmtpServer:
    """A server of SMTP in a thread of this process; `box` holds what it took."""

    def __init__(self, pem: Path) -> None:
        self.box: list[Sent] = []
        self.manners = Manners()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)
        self._doors = {
            Way.CLEAR: self._door(),
            Way.STARTTLS: self._door(tls_context=context, authenticator=_knows, auth_required=True),
            Way.TLS: self._door(ssl_context=context),
        }
        for door in self._doors.values():
            door.start()

    def _door(self, **more: Any) -> Controller:
        return Controller(self, hostname="127.0.0.1", port=free_port(), data_size_limit=40_000_000, **more)

    def at(self, way: Way = Way.CLEAR, password: str = PASSWORD) -> Server:
        """How to speak to it."""
        user, word = (USER, password) if way is Way.STARTTLS else ("", "")
        host = "127.0.0.1" if way is Way.CLEAR else "localhost"
        return Server(way, host, self._doors[way].port, user, word)

    def forget(self) -> None:
        """As good as new."""
        self.box.clear()
        self.manners = Manners()
        self.manners.goes_on.set()

    def stop(self) -> None:
        for door in self._doors.values():
            door.stop()

    async def handle_MAIL(self, _server: Any, _talk: Session, envelope: Envelope, who: str, _more: Any) -> str:
        if self.manners.to_sender:
            return self.manners.to_sender
        envelope.mail_from = who
        return "250 OK"

    async def handle_RCPT(self, server: Any, _talk: Session, envelope: Envelope, who: str, _more: Any) -> str:
        while not self.manners.goes_on.is_set():
            await asyncio.sleep(0.01)
        if who in self.manners.hangs_up_on:
            server.transport.abort()
        envelope.rcpt_tos.append(who)
        return self.manners.to_recipient.get(who, "250 OK")

    async def handle_DATA(self, server: Any, _talk: Session, envelope: Envelope) -> str:
        (to,) = envelope.rcpt_tos
        answer = self.manners.to_message.get(to, "250 2.0.0 queued as 1A2B")
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.box.append(Sent(envelope.rcpt_tos, envelope.mail_from or "", envelope.content))
        if to in self.manners.hangs_up_after_taking:
            server.transport.abort()
        return answer


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, told: Any) -> AuthResult:
    good = isinstance(told, LoginPassword) and told == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
disable_plaintext_auth = no
auth_failure_delay = 0
ssl_cert = <{pem}
ssl_key = <{pem}
mail_location = maildir:~/mail
mail_fsync = never
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/boxes/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {clear}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
"""


class ImapServer:
    """A Dovecot of the tests' own, as an ordinary process; whoever signs in has a mailbox of their own."""

    def __init__(self, pem: Path) -> None:
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise RuntimeError("dovecot is missing: run tests/machine.sh")
        self.folder = Path(tempfile.mkdtemp(prefix="town-hall-mail-"))
        own = shutil.copy(pem, self.folder)
        root = os.geteuid() == 0
        user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        self.ports = {Way.CLEAR: free_port(), Way.TLS: free_port()}
        file = self.folder / "dovecot.conf"
        file.write_text(
            CONFIGURATION.format(
                folder=self.folder, pem=own, password="clave", user=user.pw_name,
                group=_group(user.pw_gid), clear=self.ports[Way.CLEAR], tls=self.ports[Way.TLS],
            )
        )  # fmt: skip
        for path in (self.folder, file, Path(own)):
            shutil.chown(path, user.pw_name)
        who: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if root else {}
        self._process = subprocess.Popen([program, "-F", "-c", str(file)], cwd="/", **who)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        until = monotonic() + STARTS_WITHIN_S
        while True:
            try:
                self.open("nobody").logout()
                return
            except OSError:
                if monotonic() > until or self._process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                sleep(0.05)

    def at(self, user: str, way: Way = Way.CLEAR) -> Server:
        host = "localhost" if way is Way.TLS else "127.0.0.1"
        return Server(way, host, self.ports[Way.TLS if way is Way.TLS else Way.CLEAR], user, "clave")

    def open(self, user: str) -> imaplib.IMAP4:
        """Sign in as this person."""
        opened = imaplib.IMAP4("127.0.0.1", self.ports[Way.CLEAR], timeout=30)
        opened.login(f'"{user}"', "clave")
        return opened

    def put(self, user: str, *messages: bytes) -> None:
        """What others wrote to this person."""
        opened = self.open(user)
        for message in messages:
            opened.append("INBOX", "", None, message)  # type: ignore[arg-type]
        opened.logout()

    def folder_of(self, user: str, name: str) -> list[bytes]:
        """Every message of a folder."""
        opened = self.open(user)
        answer, _ = opened.select(f'"{name}"', readonly=True)
        found = []
        if answer == "OK":
            _, (numbers,) = opened.search(None, "UNDELETED")
            for number in numbers.split():
                _, told = opened.fetch(number.decode(), "(BODY.PEEK[])")
                found.append(told[0][1])
        opened.logout()
        return found

    def stop(self) -> None:
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STARTS_WITHIN_S)
        shutil.rmtree(self.folder, ignore_errors=True)


def _group(number: int) -> str:
    return grp.getgrgid(number).gr_name
