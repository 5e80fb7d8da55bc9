"""An SMTP server in process. It takes mails, or answers, waits and breaks off as a test has told it.

Written here, and not taken from aiosmtpd with its three packages: a test must be able to break it off at any step.
"""

import asyncio
import base64
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

BREAK_OFF = "break off"
"""Instead of an answer: the connection ends."""


@dataclass
class Taken:
    """A mail as it came: who it was from and for by the envelope, whether by TLS, and as whom."""

    sender: str
    recipient: str
    raw: bytes
    tls: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        """What the receiver's program reads."""
        return email.message_from_bytes(self.raw, policy=default)


@dataclass
class Server:
    """`replies` are answers by command ("greeting", "MAIL", "DATA", "." for the end of a mail), one for each time.

    A reply that is an event is waited for before the usual answer is given.
    """

    port: int = 0
    password: str | None = None
    certificate: ssl.SSLContext | None = None
    replies: dict[str, list[str | asyncio.Event]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    """The first words of what was said, for what is not a mail's text."""

    reached: dict[str, asyncio.Event] = field(default_factory=dict)
    """Set once a command has come."""

    def at(self, command: str) -> asyncio.Event:
        """An event that is set once this command has come."""
        return self.reached.setdefault(command, asyncio.Event())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client."""
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Talk(self, reader, writer).run()
        writer.close()


class _Ended(Exception):
    """The conversation is over."""


class _Talk:
    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._tls = writer.get_extra_info("sslcontext") is not None
        self._user: str | None = None
        self._sender = self._recipient = ""

    async def run(self) -> None:
        with suppress(_Ended):
            await self._reply("greeting", "220 test ready")
            while True:
                line = (await self._reader.readuntil(b"\r\n")).decode().strip()
                verb = line.split(" ")[0].upper()
                self._server.commands.append(verb)
                await getattr(self, f"_{verb.lower()}")(line)

    async def _reply(self, command: str, usual: str) -> bool:
        """Answer; whether it was the usual answer."""
        self._server.at(command).set()
        told = self._server.replies.get(command)
        reply = told.pop(0) if told else usual
        if isinstance(reply, asyncio.Event):
            await reply.wait()
            reply = usual
        if reply == BREAK_OFF:
            raise _Ended
        self._writer.write(f"{reply}\r\n".encode())
        await self._writer.drain()
        return reply == usual

    async def _ehlo(self, _line: str) -> None:
        offered = ["test", "SIZE 1000000"]
        if self._server.certificate and not self._tls:
            offered.append("STARTTLS")
        if self._server.password:
            offered.append("AUTH PLAIN")
        lines = [f"250-{word}" for word in offered[:-1]] + [f"250 {offered[-1]}"]
        await self._reply("EHLO", "\r\n".join(lines))

    async def _starttls(self, _line: str) -> None:
        assert self._server.certificate is not None
        if await self._reply("STARTTLS", "220 go on"):
            await self._writer.start_tls(self._server.certificate)
            self._tls = True

    async def _auth(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        right = password == self._server.password
        await self._reply("AUTH", "235 2.7.0 welcome" if right else "535 5.7.8 wrong")
        self._user = user if right else None

    async def _mail(self, line: str) -> None:
        self._sender = line.split("<")[1].split(">")[0]
        await self._reply("MAIL", "250 2.1.0 fine")

    async def _rcpt(self, line: str) -> None:
        self._recipient = line.split("<")[1].split(">")[0]
        await self._reply("RCPT", "250 2.1.5 fine")

    async def _data(self, _line: str) -> None:
        if not await self._reply("DATA", "354 go on"):
            return
        raw = (await self._reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        if await self._reply(".", "250 2.0.0 taken"):
            self._server.taken.append(Taken(self._sender, self._recipient, raw, self._tls, self._user))

    async def _rset(self, _line: str) -> None:
        await self._reply("RSET", "250 2.0.0 fine")

    async def _quit(self, _line: str) -> None:
        await self._reply("QUIT", "221 2.0.0 bye")
        raise _Ended


@asynccontextmanager
async def serving(server: Server, *, tls: bool = False) -> AsyncIterator[Server]:
    """The server while it serves, on a port of its own; with `tls` from the first byte on."""
    context = server.certificate if tls else None
    listening = await asyncio.start_server(server.serve, "127.0.0.1", server.port, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
