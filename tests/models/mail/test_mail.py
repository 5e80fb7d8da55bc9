"""The outbox: a mail goes in with its transaction or not at all, and is one worker's at a time."""

import asyncio
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from pydantic import ValidationError

from models import global_id
from models.actor import Actor, ActorKind, service
from models.clock import now
from models.errors import Code, Refusal
from models.mail.mail import KEPT, MAILS, TEXT_CHARACTERS, Mail, MailRow
from models.mail.outbox import post
from models.policy import NOBODY
from models.store import Store
from models.store.ask import Ask
from models.store.connection import Database, connect
from models.store.mails import Away
from tests.factories import mail as make
from tests.fixtures.wire import ANONYMOUS, Api, People

HELLO = Mail("ann@example.com", "Welcome", "Set your password: https://app.example/#secret", "setup")
NAMES = ("to", "subject", "text", "kind")


@pytest.fixture(autouse=True)
async def _outbox(store: Store, empty: None) -> None:
    """The outbox, empty, in an open database."""


async def test_a_mail_waits_as_it_was_posted(store: Store, database: Database) -> None:
    before = now()
    await post(store, HELLO)
    [row] = await database["mails"].find({}).to_list()
    assert tuple(row[name] for name in NAMES) == tuple(getattr(HELLO, name) for name in NAMES)
    assert before <= row["createdAt"] <= row["dueAt"] <= now()
    assert row["attempts"] == 0
    assert {"lease", "leaseUntil"}.isdisjoint(row)
    lasts = row["expiresAt"].replace(tzinfo=UTC).timestamp() - row["createdAt"] / 1000
    assert lasts == pytest.approx(KEPT.total_seconds(), abs=1)


async def test_a_mail_is_there_when_its_transaction_is(store: Store, database: Database) -> None:
    async def undone() -> None:
        await post(store, HELLO)
        raise Refusal(Code.WRONG_STATE, "No.")

    with pytest.raises(Refusal):
        await store.write.transact(undone)
    assert await database["mails"].count_documents({}) == 0
    seen: list[int] = []

    async def others_see() -> None:
        seen.append(await database["mails"].count_documents({}))

    async def done() -> None:
        await post(store, HELLO)
        await asyncio.create_task(others_see(), context=Context())

    await store.write.transact(done)
    assert (seen, await database["mails"].count_documents({})) == ([0], 1)


@pytest.mark.parametrize("name", ["to", "subject", "kind"])
@pytest.mark.parametrize(
    "ending", ["\r\n", "\n", "\r", "\0", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\t", "\x7f"], ids=repr
)
def test_no_header_is_injected(name: str, ending: str) -> None:
    given = {"to": "ann@example.com", "subject": "Welcome", "text": "Hello.", "kind": "setup"}
    with pytest.raises(ValueError, match=f"^A mail's `{name}` must be one line of text.$"):
        Mail(**{**given, name: f"{given[name]}{ending}Bcc: eve@example.com"})


@pytest.mark.parametrize("name", ["to", "subject", "kind"])
def test_nothing_is_no_line(name: str) -> None:
    given = {"to": "ann@example.com", "subject": "Welcome", "text": "Hello.", "kind": "setup"}
    with pytest.raises(ValueError, match=f"^A mail's `{name}` must be one line of text.$"):
        Mail(**{**given, name: " "})


async def test_a_text_that_is_too_long_is_refused_without_being_shown(store: Store, database: Database) -> None:
    with pytest.raises(ValidationError) as error:
        await post(store, Mail("ann@example.com", "Welcome", "secret" + "x" * TEXT_CHARACTERS, "setup"))
    assert "secret" not in str(error.value)
    assert await database["mails"].count_documents({}) == 0


def test_a_text_is_not_shown() -> None:
    assert repr(HELLO) == "Mail(to='ann@example.com', subject='Welcome', kind='setup')"


async def test_the_oldest_due_mail_is_claimed_once(store: Store, database: Database) -> None:
    later, first = await make.mail(dueAt=2_000), await make.mail(dueAt=1_000)
    await make.mail(dueAt=now() + 60_000)
    at = now()
    claims = [await store.mails.claim(30) for _ in range(3)]
    assert [claim and claim.id for claim in claims] == [first["_id"], later["_id"], None]
    claimed = claims[0]
    assert claimed is not None
    row = await database["mails"].find_one({"_id": first["_id"]})
    assert row is not None
    assert (row["lease"], row["leaseUntil"], row["attempts"]) == (claimed.lease, claimed.until, 1)
    assert at + 30_000 <= claimed.until <= now() + 30_000
    assert claimed.mail == Mail("ann@example.com", "Welcome", "Hello.", "setup")
    assert (claimed.attempt, claimed.created) == (1, first["createdAt"])


async def test_of_many_who_claim_at_once_each_mail_is_one_ones(store: Store) -> None:
    ids = {(await make.mail())["_id"] for _ in range(5)}
    claims = await asyncio.gather(*(store.mails.claim(30) for _ in range(12)))
    assert sorted(str(claim.id) for claim in claims if claim) == sorted(map(str, ids))


async def test_a_mail_whose_time_is_over_is_not_claimed(store: Store) -> None:
    await make.mail(expiresAt=datetime.now(UTC) - timedelta(seconds=1))
    assert await store.mails.claim(30) is None


async def test_a_lease_ends(store: Store, database: Database) -> None:
    row = await make.mail()
    first = await store.mails.claim(0)
    await asyncio.sleep(0.002)
    second = await store.mails.claim(30)
    assert first is not None
    assert second is not None
    assert (second.id, second.attempt, second.lease == first.lease) == (row["_id"], 2, False)
    # Whoever was late changes nothing any more.
    await store.mails.remove(first)
    await store.mails.release(first)
    [held] = await database["mails"].find({}).to_list()
    assert held["lease"] == second.lease
    await store.mails.remove(second)
    assert await database["mails"].count_documents({}) == 0


async def test_a_released_mail_is_due_after_its_pause(store: Store, database: Database) -> None:
    await make.mail()
    claimed = await store.mails.claim(30)
    assert claimed is not None
    at = now()
    await store.mails.release(claimed, pause_seconds=10)
    [row] = await database["mails"].find({}).to_list()
    assert {"lease", "leaseUntil"}.isdisjoint(row)
    assert at + 10_000 <= row["dueAt"] <= now() + 10_000
    assert await store.mails.claim(30) is None
    await store.mails.release(claimed)
    assert await store.mails.claim(30) is None, "It is not his any more."


async def test_without_a_database_the_outbox_says_so(mongodb_uri: str) -> None:
    client = connect(mongodb_uri)
    await client.close()
    with pytest.raises(Away, match="InvalidOperation"):
        await Store(client["nothing"]).mails.claim(30)


async def test_the_question_for_due_mails_is_carried_by_an_index(store: Store, database: Database) -> None:
    for _ in range(20):
        await make.mail(dueAt=now() + 3_600_000)
    command = {"find": "mails", "filter": {"dueAt": {"$lte": now()}}, "sort": {"dueAt": 1}, "limit": 1}
    told = await database.command({"explain": command, "verbosity": "executionStats"})
    assert told["executionStats"]["totalKeysExamined"] <= 1
    assert told["executionStats"]["totalDocsExamined"] == 0


def test_nobody_may_anything() -> None:
    policy = MAILS.policy
    assert [policy.read, policy.create, policy.update, policy.delete] == [NOBODY] * 4
    assert policy.private == {}


@pytest.mark.parametrize("kind", list(ActorKind))
async def test_no_actor_reaches_a_mail(kind: ActorKind, store: Store, database: Database) -> None:
    row = await make.mail()
    key = row["_id"]
    actor = service("mail") if kind is ActorKind.SERVICE else Actor(kind, "somebody", ObjectId())
    assert await store.read.one(Ask(MAILS, frozenset({"text"}), where={"_id": key}), actor) is None
    for write in (
        store.write.insert(MAILS, MailRow(to="eve@example.com", subject="s", text="t", kind="k"), actor),
        store.write.update(MAILS, key, actor, {"to": "eve@example.com"}),
        store.write.delete(MAILS, key, actor),
    ):
        with pytest.raises(Refusal):
            await write
    assert [found["to"] for found in await database["mails"].find({}).to_list()] == ["ann@example.com"]


async def test_no_caller_finds_a_mail_by_its_id(api: Api, people: People) -> None:
    row = await make.mail()
    document = "query($id: ID!) { node(id: $id) { id } }"
    ann, olga = await people.person("ann"), await people.operator("olga")
    for caller in (ann, olga, people.service("answering"), ANONYMOUS):
        found = await api.data(document, {"id": global_id.encode(MAILS.tag, row["_id"])}, by=caller)
        assert found == {"node": None}
