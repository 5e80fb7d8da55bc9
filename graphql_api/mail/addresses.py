"""Reads addresses: of the SMTP server, which may carry a password and is never shown, of senders and of recipients."""

import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from typing import Annotated
from urllib.parse import unquote

from pydantic import AfterValidator

PORTS = {"smtp": 587, "smtps": 465}
"""The ports for mail that is handed in, where the address names none."""

_URL = re.compile(
    r"(?P<scheme>smtps?)://"
    r"(?:(?P<user>[^\s:@/?#]+):(?P<password>[^\s:@/?#]+)@)?"
    r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)
_NAMED = re.compile(r"(?P<name>[^<>]*) *<(?P<address>[^<>]+)>")
_SERVER = "must be like smtp://user:password@host:587 or smtps://user:password@host:465, with %40 for an @ in a name"
_SENDER = "must be an address such as no-reply@example.com or Product <no-reply@example.com>"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed in; `tls` is from the first byte on. Who signs in asks for TLS in any case."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_server(url: str) -> SmtpServer:
    """The server that an address names. Raises ValueError, which does not repeat the address."""
    found = _URL.fullmatch(url)
    port = int(found["port"] or PORTS[found["scheme"]]) if found else 0
    if found is None or not 0 < port < 65536:
        raise ValueError(_SERVER)
    user, password = (part and unquote(part) for part in (found["user"], found["password"]))
    return SmtpServer(found["host"].strip("[]"), port, found["scheme"] == "smtps", user, password)


def sender(text: str) -> Address:
    """The one address that mails come from. Raises ValueError for anything else."""
    found = _NAMED.fullmatch(text)
    address = _parsed(found["address"] if found else text)
    if address is None or not text.isprintable() or not address.addr_spec.isascii():
        raise ValueError(_SENDER)
    name = found["name"].strip(' "') if found else ""
    return Address(display_name=name, addr_spec=address.addr_spec)


def recipient(to: str) -> Address:
    """The address that a mail goes to, its domain as the DNS has it. Raises ValueError for what is no address."""
    local, _, domain = to.rpartition("@")
    try:
        address = _parsed(f"{local}@{domain.encode('idna').decode()}")
    except UnicodeError:
        address = None
    if address is None:
        # Outside of the handler: the error there quotes the address.
        raise ValueError("the address is none")
    return address


def _parsed(text: str) -> Address | None:
    try:
        address = Address(addr_spec=text)
    except (MessageError, IndexError, ValueError):
        return None
    return address if address.username and address.domain else None


def _server(url: str) -> str:
    smtp_server(url)
    return url


def _sender(text: str) -> str:
    sender(text)
    return text


SmtpUrl = Annotated[str, AfterValidator(_server)]
MailFrom = Annotated[str, AfterValidator(_sender)]
