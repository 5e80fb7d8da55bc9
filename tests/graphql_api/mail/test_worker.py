"""The worker: a mail is sent once, tried again, given up, left to another; and its text is in no log."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.mail.log import ToLog
from graphql_api.mail.worker import STOP_SECONDS, at_work, pause
from models.clock import now
from models.ending import ended
from models.mail.mail import Mail
from models.mail.outbox import post
from models.store import Store
from models.store.connection import Database
from models.store.mails import Claimed, Mails
from tests.graphql_api.mail.conftest import SECRET, WAIT_SECONDS, Outbox, Start, smtp
from tests.graphql_api.mail.server import BREAK_OFF, Server, serving


async def _in_time(work: Awaitable[Any]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        await work


async def test_a_mail_is_sent_once_and_not_kept(start: Start, outbox: Outbox, server: Server) -> None:
    row = await outbox.post("ann@example.com", "Welcome", f"Open {SECRET}")
    with capture_logs() as logs:
        await start(smtp(server))
        await outbox.emptied()
    [taken] = server.taken
    assert (taken.recipient, taken.message["Subject"]) == ("ann@example.com", "Welcome")
    assert taken.message.get_content().strip() == f"Open {SECRET}"
    assert taken.message["Message-ID"] == f"<{row['_id']}@product.example>"
    told = {"mail": str(row["_id"]), "kind": "setup", "attempt": 1, "outcome": "sent"}
    assert logs == [{"event": "mail", "log_level": "info", **told}]


async def test_mails_of_a_mutation_that_is_undone_are_not_sent(start: Start, outbox: Outbox, server: Server) -> None:
    async def undone() -> None:
        await post(outbox.store, Mail("ann@example.com", "Welcome", "Undone.", "setup"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await outbox.store.write.transact(undone)
    await outbox.post("bob@example.com")
    await start(smtp(server))
    await outbox.emptied()
    assert [taken.recipient for taken in server.taken] == ["bob@example.com"]


def test_pauses_grow_up_to_an_hour() -> None:
    assert [pause(attempt) for attempt in (1, 2, 3, 9, 10, 5_000)] == [10, 20, 40, 2_560, 3_600, 3_600]


@pytest.mark.parametrize(
    ("command", "reply", "error"),
    [
        ("RCPT", f"450 4.2.1 later, {SECRET}", "the server refuses the address (450 4.2.1)"),
        ("MAIL", "550 5.7.1 not you", "the server refuses the sender (550 5.7.1)"),
        (".", BREAK_OFF, "the server cannot be used (SMTPServerDisconnected"),
    ],
)
async def test_what_goes_wrong_now_is_tried_again_later(
    start: Start, outbox: Outbox, server: Server, command: str, reply: str, error: str
) -> None:
    row, at = await outbox.post(), now()
    server.replies = {command: [reply]}
    with capture_logs() as logs:
        await start(smtp(server))
        [waiting] = await outbox.until(lambda rows: rows[0]["attempts"] == 1 and "lease" not in rows[0])
    assert at + 10_000 <= waiting["dueAt"] <= now() + 10_000
    [line] = logs
    assert line.pop("error").startswith(error)
    told = {"mail": str(row["_id"]), "kind": "setup", "attempt": 1, "outcome": "failed"}
    assert line == {"event": "mail", "log_level": "warning", **told}
    assert server.taken == []
    # The pause is over.
    await outbox.rows.update_one({}, {"$set": {"dueAt": now()}})
    await outbox.emptied()
    assert len(server.taken) == 1


async def test_a_server_that_is_not_there_is_tried_again_when_it_is(start: Start, outbox: Outbox) -> None:
    await outbox.post()
    async with serving(Server()) as server:
        pass
    await start(smtp(server))
    await outbox.until(lambda rows: rows[0]["attempts"] == 1 and "lease" not in rows[0])
    async with serving(Server(port=server.port)) as server:
        await outbox.rows.update_one({}, {"$set": {"dueAt": now()}})
        await outbox.emptied()
        assert len(server.taken) == 1


async def test_a_refused_mail_is_given_up_and_holds_up_no_other(start: Start, outbox: Outbox, server: Server) -> None:
    row = await outbox.post("gone@example.com")
    server.replies = {"RCPT": [f"550 5.1.1 no such box, {SECRET}"]}
    with capture_logs() as logs:
        await start(smtp(server))
        await outbox.emptied()
        await outbox.post("ann@example.com")
        await outbox.emptied()
    assert [taken.recipient for taken in server.taken] == ["ann@example.com"]
    told = {"mail": str(row["_id"]), "kind": "setup", "attempt": 1, "outcome": "given up"}
    error = "the server refuses the address (550 5.1.1)"
    assert logs[0] == {"event": "mail", "log_level": "error", **told, "error": error}


async def test_a_mail_to_no_address_is_given_up(start: Start, outbox: Outbox, server: Server) -> None:
    await outbox.post("ann@example.com,eve@example.com")
    with capture_logs() as logs:
        await start(smtp(server))
        await outbox.emptied()
    assert (logs[0]["outcome"], logs[0]["error"], server.connections) == ("given up", "the address is none", 0)


async def test_what_fails_for_a_day_is_given_up(start: Start, outbox: Outbox, server: Server) -> None:
    await outbox.post()
    over = datetime.now(UTC) + timedelta(seconds=9)
    await outbox.rows.update_one({}, {"$set": {"expiresAt": over}})
    server.replies = {"RCPT": ["450 4.2.1 later"]}
    with capture_logs() as logs:
        await start(smtp(server))
        await outbox.emptied()
    assert [(line["outcome"], line["log_level"]) for line in logs] == [("given up", "error")]
    assert server.taken == []


async def test_several_workers_send_each_mail_once(start: Start, outbox: Outbox, server: Server) -> None:
    wanted = [f"person-{number}@example.com" for number in range(12)]
    for to in wanted:
        await outbox.post(to)
    for _ in range(3):
        await start(smtp(server))
    await outbox.emptied()
    assert sorted(taken.recipient for taken in server.taken) == sorted(wanted)


class Dying(Mails):
    """The outbox of a worker that is killed when its mail is sent: it writes down nothing."""

    async def remove(self, claimed: Claimed) -> None:  # noqa: ARG002  # nobody is there any more
        """It takes for ever."""
        await asyncio.Event().wait()

    async def release(self, claimed: Claimed, *, pause_seconds: float = 0) -> None:
        """Nobody is there any more."""


async def test_what_a_dead_worker_held_is_sent_when_its_lease_is_over(
    start: Start, outbox: Outbox, server: Server, database: Database
) -> None:
    dead = Store(database)
    dead.mails = Dying(database, 10)
    row = await outbox.post()
    first = await start(smtp(server), at=dead, lease_seconds=0.5)
    await _in_time(server.at("QUIT").wait())
    await ended([first])
    held = await outbox.only()
    assert (held["attempts"], "lease" in held) == (1, True)
    await start(smtp(server))
    await outbox.emptied()
    # Twice, under one Message-ID: the server had taken it, and nobody could know.
    assert [taken.message["Message-ID"] for taken in server.taken] == [f"<{row['_id']}@product.example>"] * 2


async def test_a_held_mail_is_nobody_elses_until_its_lease_is_over(
    start: Start, outbox: Outbox, server: Server
) -> None:
    go = asyncio.Event()
    await outbox.post("ann@example.com")
    server.replies = {".": [go]}
    await start(smtp(server))
    await _in_time(server.at(".").wait())
    await start(smtp(server))
    await outbox.post("bob@example.com")
    await outbox.until(lambda rows: len(rows) == 1)
    assert [taken.recipient for taken in server.taken] == ["bob@example.com"]
    go.set()
    await outbox.emptied()
    assert [taken.recipient for taken in server.taken] == ["bob@example.com", "ann@example.com"]


async def test_a_cancelled_worker_leaves_its_mail_at_once(start: Start, outbox: Outbox, server: Server) -> None:
    hang = asyncio.Event()
    await outbox.post()
    server.replies = {"DATA": [hang]}
    with capture_logs() as logs:
        first = await start(smtp(server))
        await _in_time(server.at("DATA").wait())
        await ended([first])
    assert [line["outcome"] for line in logs] == ["stopped"]
    left = await outbox.only()
    assert ("lease" in left, left["dueAt"] <= now()) == (False, True)
    await start(smtp(server))
    await outbox.emptied()
    assert len(server.taken) == 1
    hang.set()


async def test_a_worker_that_is_told_to_stop_ends_the_mail_under_way(outbox: Outbox, server: Server) -> None:
    go = asyncio.Event()
    for to in ("ann@example.com", "bob@example.com"):
        await outbox.post(to)
    server.replies = {".": [go]}
    async with at_work(smtp(server), outbox.store):
        await _in_time(server.at(".").wait())
        asyncio.get_running_loop().call_later(0.2, go.set)
    assert [taken.recipient for taken in server.taken] == ["ann@example.com"]
    left = await outbox.only()
    assert (left["to"], left["attempts"]) == ("bob@example.com", 0)
    assert STOP_SECONDS >= 1


async def test_without_a_server_the_mail_stands_in_the_log(start: Start, outbox: Outbox) -> None:
    await outbox.post("ann@example.com", "Welcome", f"Hello Ann,\n\n{SECRET}\n")
    with capture_logs() as logs:
        await start(ToLog())
        await outbox.emptied()
    assert [{**line, "mail": None} if "outcome" in line else line for line in logs] == [
        {
            "event": "mail, written here because SMTP_URL is not set",
            "log_level": "info",
            "to": "ann@example.com",
            "subject": "Welcome",
        },
        {"event": "mail", "log_level": "info", "text": "Hello Ann,"},
        {"event": "mail", "log_level": "info", "text": SECRET},
        {"event": "mail", "log_level": "info", "mail": None, "kind": "setup", "attempt": 1, "outcome": "sent"},
    ]
