"""A server on a MongoDB that fails, lists that are followed on it, and writers that go on whatever happens."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import orjson
from bson import ObjectId
from pymongo.errors import AutoReconnect, ConnectionFailure, DuplicateKeyError, OperationFailure

from graphql_api.app import build_server
from graphql_api.context import Server
from models import global_id
from models.account.account import ACCOUNTS
from models.advisor.advisor import ADVISORS, AdvisorRow
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.message import MESSAGES, MessageRow
from models.advisor.persona import Persona
from models.advisor.user import USERS
from models.clock import now
from models.row import Row
from models.store.connection import Database, connect
from models.store.indexes import sync
from models.table import Table, document
from tests.fixtures.live import Answer, Lists
from tests.fixtures.wire import SETTINGS, Caller, Calls, People
from tests.models.store.live.copies import Copy, of

SECONDS = 60.0
"""How long lists may take to be as the database is; it takes them a moment, unless the machine is very busy."""

WRITERS = 4
ROWS = 12
"""Messages that a writer keeps at most, so that all of them fit a page."""

PAUSE_SECONDS = 0.04
"""Between two writes of a writer: of what is written in an absence of some seconds, all may wait for a list."""

MESSAGES_OF = """subscription ($id: ID!, $after: String) {
  advisorMessageChanges(conversationId: $id, first: 100, after: $after) {
    kind cursor id node { id content version advisor { persona { name } } }
  }
}"""

CONVERSATIONS_OF = """subscription ($after: String) {
  advisorConversationChanges(first: 100, after: $after) { kind cursor id node { id title messageCount } }
}"""


async def insistently(write: Callable[[], Awaitable[Any]]) -> None:
    """Write until it is acknowledged; what is sent twice does the same twice."""
    while True:
        try:
            await write()
        except DuplicateKeyError:
            # It was written, and only its acknowledgement was lost.
            return
        except (AutoReconnect, OperationFailure) as error:
            if isinstance(error, OperationFailure) and not error.has_error_label("RetryableWriteError"):
                raise
            await asyncio.sleep(0.05)
        else:
            return


class Scene:
    """Ada, one conversation of hers, and what becomes of it. `database` is the server's, `written` the writers'."""

    def __init__(self, server: Server, database: Database, written: Database, ada: Caller, stack: AsyncExitStack):
        self.server = server
        self.database = database
        self.written = written
        self.ada = ada
        self.lists = Lists(server, Calls(), stack)
        self.conversation: Answer = {}
        self.advisor: Answer = {}
        self._following: list[asyncio.Task[None]] = []
        self._written: list[list[ObjectId]] = [[] for _ in range(WRITERS)]

    async def furnish(self) -> None:
        """The rows with which all begins."""
        persona = Persona(name="Grace", title="Strategist", description="Finds the way.")
        given = {"tags": ["strategy"], "category": "business", "isPublic": True}
        self.advisor = await self._insert(ADVISORS, AdvisorRow(persona=persona, **given))
        self.conversation = await self._insert(CONVERSATIONS, ConversationRow(userId=self._owner))

    @property
    def _owner(self) -> ObjectId:
        assert self.ada.profile is not None
        return self.ada.profile

    async def _insert(self, table: Table[Any], row: Row) -> Answer:
        kept = {"_id": ObjectId(), **document(row)}
        await insistently(lambda: self.written[table.collection].insert_one(kept))
        return kept

    def follow(
        self, text: str = MESSAGES_OF, *, copy: Copy | None = None, start: asyncio.Barrier | None = None
    ) -> Copy:
        """A copy of a list that is kept by its events until the scene is over, from where it is.

        With a `start` the caller is known before, and the list is begun after it.
        """
        kept = copy or Copy()
        self._following.append(asyncio.create_task(self._follow(text, kept, start)))
        return kept

    async def _follow(self, text: str, copy: Copy, start: asyncio.Barrier | None) -> None:
        async with self.following(text, copy) as events:
            if start is not None:
                await start.wait()
            async for event in events:
                copy.take(event)

    def come_again(self) -> Copy:
        """A copy that is kept by a client who leaves again and again, and is resumed by the cursor that it has."""
        copy = Copy()
        self._following.append(asyncio.create_task(self._come_again(copy)))
        return copy

    async def _come_again(self, copy: Copy) -> None:
        dice = random.Random(23)  # noqa: S311  # the same dice each time
        while True:
            if copy.cursor is None:
                # Without one nothing can be resumed, and what was heard is of no use.
                copy.rows.clear()
            # Who has to be looked up while MongoDB is away is refused, and comes again.
            with contextlib.suppress(TimeoutError, ConnectionFailure):
                async with asyncio.timeout(dice.uniform(0, 0.3)), self.following(MESSAGES_OF, copy) as events:
                    async for event in events:
                        copy.take(event)
            await asyncio.sleep(dice.uniform(0, 0.1))

    @contextlib.asynccontextmanager
    async def following(self, text: str, copy: Copy) -> AsyncIterator[AsyncIterator[Answer]]:
        """The events of a list from where the copy is; however long they are away."""
        given = of(self.conversation) if "$id" in text else {}
        async with self.lists.following(text, given, by=self.ada, resume=copy.cursor) as live:
            yield _events(live._deliveries)

    async def insert(self, content: str = "") -> Answer:
        """A new message."""
        row = MessageRow(
            conversationId=self.conversation["_id"],
            userId=self._owner,
            sender="user",
            content=content or secrets.token_hex(4),
            advisorId=self.advisor["_id"],
        )
        return await self._insert(MESSAGES, row)

    async def change(self, table: Table[Any], key: ObjectId, **columns: Any) -> None:
        """Other values for a row."""
        change = {"$set": {"updatedAt": now(), **columns}}
        await insistently(lambda: self.written[table.collection].update_one({"_id": key}, change))

    async def delete(self, table: Table[Any], key: ObjectId) -> None:
        """No such row any more."""
        await insistently(lambda: self.written[table.collection].delete_one({"_id": key}))

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Within the block others write; all of it is acknowledged at its end."""
        enough = asyncio.Event()
        writers = [asyncio.create_task(self._write(enough, seed)) for seed in range(WRITERS)]
        try:
            yield
        finally:
            enough.set()
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*writers)

    async def _write(self, enough: asyncio.Event, seed: int) -> None:
        rows = self._written[seed]
        dice, number = random.Random(seed), 0  # noqa: S311  # the same dice each time
        while not enough.is_set():
            number += 1
            throw = dice.random()
            if (throw < 0.3 and len(rows) < ROWS) or not rows:
                rows.append((await self.insert())["_id"])
            elif throw < 0.6:
                await self.change(MESSAGES, dice.choice(rows), content=f"{seed} {number}", version=number)
            elif throw < 0.8:
                await self.change(CONVERSATIONS, self.conversation["_id"], title=f"{seed} {number}")
            else:
                await self.delete(MESSAGES, rows.pop(dice.randrange(len(rows))))
            await asyncio.sleep(PAUSE_SECONDS)

    async def rows(self) -> tuple[dict[str, Answer], dict[str, Answer]]:
        """The messages and the conversations, as the lists are to show them."""
        advisor = {"persona": {"name": self.advisor["persona"]["name"]}}
        messages = {
            key: {"id": key, "content": row["content"], "version": row["version"], "advisor": advisor}
            async for key, row in self._stored(MESSAGES, "conversationId", self.conversation["_id"])
        }
        conversations = {
            key: {"id": key, "title": row["title"], "messageCount": row["messageCount"]}
            async for key, row in self._stored(CONVERSATIONS, "userId", self._owner)
        }
        return messages, conversations

    async def _stored(self, table: Table[Any], column: str, key: ObjectId) -> AsyncIterator[tuple[str, Answer]]:
        async for row in self.written[table.collection].find({column: key}):
            yield global_id.encode(table.tag, row["_id"]), row

    async def agree(self, messages: Sequence[Copy], conversations: Sequence[Copy] = ()) -> None:
        """The copies come to be what the database holds, and so they are after one more change."""
        further: list[Answer] = []
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    while not await self._agree(messages, conversations):
                        self._check()
                        await asyncio.sleep(0.05)
            # Asked for anew each time: what was sent to a frozen mongod may be done long after it was sent again.
            rows = await self.rows()
            for copy in messages:
                assert copy.rows == rows[0]
            for copy in conversations:
                assert copy.rows == rows[1]
            await self.change(CONVERSATIONS, self.conversation["_id"], title=secrets.token_hex(4))
            further.append(await self.insert("after all"))
        for row in further:
            await self.delete(MESSAGES, row["_id"])
        self._check()

    async def _agree(self, messages: Sequence[Copy], conversations: Sequence[Copy]) -> bool:
        rows = await self.rows()
        return all(copy.rows == rows[0] for copy in messages) and all(copy.rows == rows[1] for copy in conversations)

    def _check(self) -> None:
        for task in self._following:
            if task.done():
                task.result()
                raise AssertionError("A subscription has ended.")

    async def close(self) -> None:
        """Follow no list any more."""
        await ended(*self._following)


async def ended(*tasks: asyncio.Task[None]) -> None:
    """End the tasks. One cancellation may be lost on Python 3.11, where the driver waits with `wait_for`."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=1)


async def _events(deliveries: Any) -> AsyncIterator[Answer]:
    async for delivery in deliveries:
        answer = orjson.loads(delivery.body)
        assert "errors" not in answer, answer["errors"]
        (event,) = answer["data"].values()
        yield event


@contextlib.asynccontextmanager
async def scene(uri: str, writers: Any) -> AsyncIterator[Scene]:
    """A server by this address, and `writers`, a client of the same MongoDB that nothing ever stops."""
    name = f"failover_{secrets.token_hex(4)}"
    async with connect(uri) as client, AsyncExitStack() as stack:
        await sync(client[name], [ACCOUNTS, USERS, ADVISORS, CONVERSATIONS, MESSAGES])
        server = build_server(SETTINGS, client[name])
        await server.open()
        stack.push_async_callback(server.close)
        ada = await People(server.store).person("ada")
        found = Scene(server, client[name], writers[name], ada, stack)
        stack.push_async_callback(found.close)
        await found.furnish()
        yield found
