"""A true mail server on this machine, that does what a test tells it to."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port of this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Received:
    """A mail as the server took it."""

    recipients: list[str]
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        """Its headers and texts."""
        return message_from_bytes(self.content, policy=default)


@dataclass
class MailServer:
    """Takes everything, but what ``refused`` names; ``answer`` is said at the end of a mail."""

    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)
    # recipient → what is said of it, "550 …" or "451 …".
    refused: dict[str, str] = field(default_factory=dict)
    sender_answer: str = ""
    answer: str = "250 OK"
    # A process killed as soon as a mail is read, before the server has taken it.
    victim: Callable[[], int] | None = None

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.victim is not None:
            os.kill(self.victim(), signal.SIGKILL)
            return "451 4.3.0 the client is gone"
        if self.answer.startswith("250"):
            self.received.append(Received(list(envelope.rcpt_tos), envelope.content))
        return self.answer

    @property
    def recipients(self) -> list[str]:
        """Who got a mail, in order."""
        return [one for mail in self.received for one in mail.recipients]

    @contextmanager
    def running(self) -> Iterator["MailServer"]:
        """Listen, until the end of the block."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that accepts connections and never says a word: its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
