"""The worker: sends the mails that are due, one after the other, until it is told to stop."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from enum import StrEnum

import structlog

from graphql_api.mail.addresses import sender, smtp_server
from graphql_api.mail.delivery import Delivery, Failed, Refused
from graphql_api.mail.log import ToLog
from graphql_api.mail.smtp import SEND_SECONDS, Smtp
from graphql_api.settings import Settings
from models.clock import now
from models.ending import ended
from models.store import Store
from models.store.mails import Away, Claimed, Mails

log = structlog.get_logger(__name__)

LEASE_SECONDS = 3 * SEND_SECONDS
"""How long a mail is one worker's: if that one dies, another sends it then."""

POLL_SECONDS = 1.0
AWAY_SECONDS = 2.0
"""Between two questions while the database is away."""

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 3600.0
"""Before a mail is tried again: doubled each time, up to this."""

DOUBLINGS = 10
"""After so many the pause is the longest one, however many more there are."""

STOP_SECONDS = 5.0
"""How long a mail under way may take when the worker is told to stop; then it is left to another."""


class Outcome(StrEnum):
    """What became of a mail that was claimed, as the log calls it."""

    SENT = "sent"
    FAILED = "failed"
    """It is tried again later."""

    GIVEN_UP = "given up"
    """It was refused for good, or tried for a day."""

    STOPPED = "stopped"
    """The worker was told to stop; another sends it."""


def pause(attempt: int) -> float:
    """The seconds between an attempt that failed, counted from 1, and the next one."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(attempt - 1, DOUBLINGS), LONGEST_PAUSE_SECONDS)


class Worker:
    """Takes mails out of the outbox and has them delivered."""

    def __init__(
        self, mails: Mails, delivery: Delivery, *, lease_seconds: float = LEASE_SECONDS, poll: float = POLL_SECONDS
    ) -> None:
        self._mails = mails
        self._delivery = delivery
        self._lease_seconds = lease_seconds
        self._poll = poll
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let `run` return when the mail that is under way is done with."""
        self._stopping.set()

    async def run(self) -> None:
        """Send mails until told to stop; no mail, and no absence of the database, ends this.

        Who cancels it leaves the mail that is under way to another worker.
        """
        while not self._stopping.is_set():
            try:
                seconds = await self._next()
            except Away as error:
                log.warning("no word of mails that are due", error=str(error))
                seconds = AWAY_SECONDS
            except Exception as fault:  # noqa: BLE001  # a row that nobody can read must not keep the others waiting
                log.warning("a mail broke the worker", error=_place(fault))
                seconds = AWAY_SECONDS
            await self._rest(seconds)

    async def _next(self) -> float:
        """Handle the mail that is due; how many seconds there is nothing to do then."""
        claimed = await self._mails.claim(self._lease_seconds)
        if claimed is None:
            return self._poll
        await self._handle(claimed)
        return 0.0

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _handle(self, claimed: Claimed) -> None:
        try:
            outcome, error = await self._delivered(claimed)
        except asyncio.CancelledError:
            _tell(claimed, Outcome.STOPPED)
            with suppress(Away):
                await self._mails.release(claimed)
            raise
        _tell(claimed, outcome, error)
        await self._settle(claimed, outcome)

    async def _delivered(self, claimed: Claimed) -> tuple[Outcome, str]:
        """What came of it, and why."""
        try:
            await self._delivery.deliver(claimed)
        except Refused as refused:
            return Outcome.GIVEN_UP, str(refused)
        except Failed as failed:
            why = str(failed)
        except Exception as fault:  # noqa: BLE001  # its words may quote the mail, so no traceback
            why = _place(fault)
        else:
            return Outcome.SENT, ""
        over = now() + pause(claimed.attempt) * 1000 >= claimed.expires
        return Outcome.GIVEN_UP if over else Outcome.FAILED, why

    async def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        """Write down what came of it, as long as the mail is ours: else it would be sent again for no reason."""
        while True:
            try:
                if outcome is Outcome.FAILED:
                    await self._mails.release(claimed, pause_seconds=pause(claimed.attempt))
                else:
                    await self._mails.remove(claimed)
            except Away as error:
                if now() >= claimed.until:
                    log.warning(
                        "mail is sent again, since the database is away", mail=str(claimed.id), error=str(error)
                    )
                    return
                await asyncio.sleep(AWAY_SECONDS)
            else:
                return


def _tell(claimed: Claimed, outcome: Outcome, error: str = "") -> None:
    tell = {Outcome.FAILED: log.warning, Outcome.GIVEN_UP: log.error}.get(outcome, log.info)
    known = {"mail": str(claimed.id), "kind": claimed.mail.kind, "attempt": claimed.attempt, "outcome": str(outcome)}
    tell("mail", **known, **({"error": error} if error else {}))


def _place(fault: Exception) -> str:
    """A fault without its words, which may quote a mail."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {last.name}, line {last.lineno}"


@asynccontextmanager
async def at_work(delivery: Delivery, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    """A worker beside whatever is done inside."""
    worker = Worker(store.mails, delivery)
    # In a context of its own: neither a request nor its transaction are the worker's.
    task = asyncio.get_running_loop().create_task(worker.run(), name="mail", context=Context())
    try:
        yield task
    finally:
        worker.stop()
        await asyncio.wait([task], timeout=STOP_SECONDS)
        await ended([task])


@asynccontextmanager
async def in_server(settings: Settings, store: Store) -> AsyncIterator[None]:
    """A worker beside a server, where that is to send mails: when it is told to, and always on the bundled MongoDB."""
    own = settings.mongodb_uri is None
    if settings.smtp_url is None and not own:
        log.warning(
            "mails wait: set SMTP_URL and MAIL_FROM for `python -m graphql_api mail`, or here with MAIL_IN_SERVER"
        )
    if own or (settings.mail_in_server and settings.smtp_url is not None):
        async with at_work(by_smtp(settings) or ToLog(), store):
            yield
    else:
        yield


def by_smtp(settings: Settings) -> Smtp | None:
    """The SMTP server of the settings; None where none is named."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    return Smtp(smtp_server(settings.smtp_url), sender(settings.mail_from))
