"""Hands mails to an SMTP server, and tells what is refused for good from what may go well later."""

import asyncio
import re
from contextlib import suppress
from email.headerregistry import Address

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from graphql_api.mail.addresses import SmtpServer, recipient
from graphql_api.mail.delivery import Failed, Refused
from graphql_api.mail.letter import letter
from models.store.mails import Claimed

SEND_SECONDS = 60.0
"""How long a server may take over a mail, from the connection to its word that it has it."""

GOODBYE_SECONDS = 2.0
"""How long it may take over the goodbye, when it has the mail."""

FOR_GOOD = 500
"""From here on, a server's answer means that the same would be answered again (RFC 5321, 4.2.1)."""

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class Smtp:
    """A server for outgoing mail, which gets a connection for each mail `by` the sender."""

    def __init__(self, server: SmtpServer, by: Address, *, seconds: float = SEND_SECONDS) -> None:
        self._server = server
        self._by = by
        self._seconds = seconds

    async def deliver(self, claimed: Claimed) -> None:
        """Return once the server has the mail. Raises `Refused` or `Failed`."""
        try:
            to = recipient(claimed.mail.to)
        except ValueError as error:
            raise Refused(str(error)) from error
        client = self._client()
        try:
            await self._send(client, claimed, to)
            # It has the mail: whatever becomes of the goodbye is no reason to send it again.
            with suppress(SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await client.quit()
        finally:
            client.close()

    def _client(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            # Without a password TLS is taken where it is offered; a password is told to nobody without it.
            start_tls=None if server.user is None or server.tls else True,
            # What this machine is called inside is nobody's affair.
            local_hostname=self._by.domain,
            timeout=self._seconds,
        )

    async def _send(self, client: SMTP, claimed: Claimed, to: Address) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
                message = letter(claimed, self._by, to)
                await client.send_message(message, sender=self._by.addr_spec, recipients=[to.addr_spec])
        except SMTPRecipientsRefused as error:
            raise _answered("the address", error.recipients[0]) from error
        except SMTPDataError as error:
            raise _answered("the mail", error) from error
        except SMTPResponseException as error:
            # Greeting, TLS, sign-in and sender are the same for all mails: the settings are to be mended, and no mail
            # is lost meanwhile.
            raise Failed(f"the server refuses {_WHAT.get(type(error), 'the connection')} ({_code(error)})") from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise Failed(f"the server cannot be used ({_name(error)})") from error


_WHAT: dict[type[SMTPException], str] = {SMTPAuthenticationError: "the sign-in", SMTPSenderRefused: "the sender"}


def _answered(what: str, error: SMTPResponseException) -> Refused | Failed:
    kind = Refused if error.code >= FOR_GOOD else Failed
    return kind(f"the server refuses {what} ({_code(error)})")


def _code(error: SMTPResponseException) -> str:
    # Codes alone: some servers quote in words what they do not like about a mail.
    status = _STATUS.match(error.message)
    return f"{error.code} {status[0]}" if status else str(error.code)


def _name(error: BaseException) -> str:
    cause = error.__cause__
    return type(error).__name__ if cause is None else f"{type(error).__name__}: {type(cause).__name__}"
