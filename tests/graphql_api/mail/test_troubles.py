"""What goes wrong around a mail: a database that is away, a fault of ours, a row that nobody can read."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from models.store import Store
from models.store.connection import Database, connect
from models.store.mails import Away, Claimed, Mails
from tests.graphql_api.mail.conftest import SECRET, WAIT_SECONDS, Outbox, Start, smtp
from tests.graphql_api.mail.server import Server


async def _logged(logs: list[EventDict], event: str = "mail") -> EventDict:
    async with asyncio.timeout(WAIT_SECONDS):
        while not (found := [line for line in logs if line["event"] == event]):  # noqa: ASYNC110  # the log has no event
            await asyncio.sleep(0.02)
    return found[0]


class Shaky(Mails):
    """An outbox whose database is away now and then."""

    away = 0

    async def remove(self, claimed: Claimed) -> None:
        """Away for the first time."""
        if not self.away:
            self.away += 1
            raise Away("AutoReconnect")
        await super().remove(claimed)


async def test_a_mail_that_is_sent_while_the_database_is_away_is_not_sent_again(
    start: Start, outbox: Outbox, server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphql_api.mail.worker.AWAY_SECONDS", 0.05)
    shaky = Store(database)
    shaky.mails = Shaky(database, 10)
    await outbox.post()
    await start(smtp(server), at=shaky)
    await outbox.emptied()
    assert len(server.taken) == 1


async def test_a_worker_waits_for_its_database(start: Start, server: Server, mongodb_uri: str) -> None:
    client = connect(mongodb_uri)
    await client.close()
    with capture_logs() as logs:
        working = await start(smtp(server), at=Store(client["nothing"]))
        line = await _logged(logs, "no word of mails that are due")
        assert not working.done()
    assert (line["log_level"], line["error"]) == ("warning", "InvalidOperation")


class Faulty:
    """A way with a fault, whose words quote the mail."""

    async def deliver(self, claimed: Claimed) -> None:
        """Nothing is delivered."""
        raise LookupError(claimed.mail.text)


async def test_a_fault_of_ours_neither_stops_the_worker_nor_tells_the_text(start: Start, outbox: Outbox) -> None:
    await outbox.post()
    with capture_logs() as logs:
        working = await start(Faulty())
        await outbox.until(lambda rows: rows[0]["attempts"] == 1 and "lease" not in rows[0])
    [line] = logs
    assert (line["outcome"], line["error"].startswith("LookupError in deliver, line ")) == ("failed", True)
    assert SECRET not in str(logs)
    assert not working.done()


async def test_a_row_that_nobody_can_read_holds_up_no_other(
    start: Start, outbox: Outbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphql_api.mail.worker.AWAY_SECONDS", 0.05)
    await outbox.rows.insert_one({"dueAt": 1, "expiresAt": datetime.now(UTC) + timedelta(hours=1), "text": SECRET})
    await outbox.post("ann@example.com")
    with capture_logs() as logs:
        await start(smtp(server))
        await outbox.until(lambda rows: len(rows) == 1)
    assert [taken.recipient for taken in server.taken] == ["ann@example.com"]
    assert [line["event"] for line in logs] == ["a mail broke the worker", "mail"]
    assert SECRET not in str(logs)
