"""Where a story is played: the server, who takes part or comes by, and the lists that they follow meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from bson import ObjectId

from models import global_id
from models.ending import ended
from models.estate import TABLES as ESTATE
from models.mail.mail import MAILS
from models.store.connection import Database
from models.table import Table
from tests.fixtures.live import QUIET_SECONDS, SECONDS, Lists, Live
from tests.fixtures.wire import ANONYMOUS, Api, Caller
from tests.resolvers.advisor.writing import done, refusal, rows

Heard = tuple[str, Any]
"""An event of a list: its kind, and what it shows of the row."""


class Ear:
    """Somebody who follows a list, and keeps what is told until the story asks for it."""

    def __init__(self, live: Live) -> None:
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()
        self.listening = asyncio.create_task(self._listen(live))

    async def _listen(self, live: Live) -> None:
        try:
            async for delivery in live._deliveries:
                answer = orjson.loads(delivery.body)
                [event] = answer["data"].values() if "errors" not in answer else [{"kind": "ERROR", "node": answer}]
                self.heard.put_nowait((event["kind"], event["node"]))
        finally:
            # No chapter tells of it: a list that is followed no more is not taken for a silent one.
            self.heard.put_nowait(("ENDED", None))

    async def next(self, number: int) -> list[Heard]:
        """So many next events, or fewer if they do not come; and whatever else has come already."""
        found: list[Heard] = []
        try:
            async with asyncio.timeout(SECONDS):
                while len(found) < number:
                    found.append(await self.heard.get())
        except TimeoutError:
            return found
        return [*found, *self.rest()]

    def rest(self) -> list[Heard]:
        """What has come and was not asked for."""
        return [self.heard.get_nowait() for _ in range(self.heard.qsize())]


class Scene:
    """`cast` is everybody by the part that he plays, `ids` are global ids and `codes` secrets, by the story's names
    for them.

    `tables` are those in which nothing may change while somebody is refused.
    """

    def __init__(
        self, api: Api, lists: Lists, database: Database, cast: dict[str, Caller], tables: Sequence[Table[Any]] = ESTATE
    ) -> None:
        self.api = api
        self.lists = lists
        self.database = database
        self.cast = {**cast, "anonymous": ANONYMOUS}
        self.ids: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self._tables = (*tables, MAILS)
        self._ears: dict[str, Ear] = {}

    def named(self, name: str, table: Table[Any]) -> str:
        """A new global id that the story's client chooses, remembered under this name."""
        self.ids[name] = global_id.encode(table.tag, ObjectId())
        return self.ids[name]

    async def does(self, who: str, mutation: str, shown: str, **given: Any) -> dict[str, Any]:
        """Somebody writes: the payload without its errors, of which there are none."""
        return await done(self.api, mutation, self.cast[who], shown, **given)

    async def sees(self, who: str, document: str, **variables: Any) -> dict[str, Any]:
        """Somebody reads."""
        return await self.api.data(document, variables, by=self.cast[who])

    async def refused(
        self,
        mutation: str,
        otherwise: str,
        told: Mapping[str, str] | None = None,
        /,
        *,
        but: Sequence[str],
        **given: Any,
    ) -> None:
        """Everybody but these tries to write, is told one code or, by name, another one, and changes nothing."""
        codes = {"anonymous": "UNAUTHENTICATED", **(told or {})}
        wrong = {name: caller for name, caller in self.cast.items() if name not in but}
        before = await rows(self.database, *self._tables)
        answers = {name: (await refusal(self.api, mutation, by, **given))[0] for name, by in wrong.items()}
        assert answers == {name: codes.get(name, otherwise) for name in wrong}, mutation
        assert await rows(self.database, *self._tables) == before, mutation

    async def hidden(self, document: str, nothing: Any, *, but: Sequence[str], **variables: Any) -> None:
        """Everybody but these reads, and is shown `nothing` in the one field of the document."""
        wrong = [name for name in self.cast if name not in but]
        answers = {name: [*(await self.sees(name, document, **variables)).values()] for name in wrong}
        assert answers == {name: [nothing] for name in wrong}, document

    async def follow(
        self, ear: str, who: str, field: str, node: str, arguments: str = "", shown: Sequence[Any] = ()
    ) -> None:
        """Somebody begins to follow a list, which shows these rows now."""
        live = await self.lists.follow(_subscription(field, node, arguments), by=self.cast[who])
        assert await live.synced() == [*shown], ear
        self._ears[ear] = Ear(live)

    async def kept_out(self, field: str, node: str, arguments: str, told: Mapping[str, str]) -> None:
        """These may not even begin to follow a list, and are told so by codes."""
        codes = {}
        for who in told:
            live = await self.lists.follow(_subscription(field, node, arguments), by=self.cast[who])
            [error] = (await live.answer())["errors"]
            codes[who] = error["extensions"]["code"]
        assert codes == told

    async def hear(self, told: Mapping[str, Sequence[Heard]]) -> None:
        """These events arrive, and no others anywhere."""
        heard = {name: await ear.next(len(told.get(name, ()))) for name, ear in self._ears.items()}
        assert {name: events for name, events in heard.items() if events} == told

    async def silence(self) -> None:
        """Nothing more arrives anywhere."""
        await asyncio.sleep(QUIET_SECONDS)
        assert {name: heard for name, ear in self._ears.items() if (heard := ear.rest())} == {}

    async def over(self) -> None:
        """Nobody follows anything any more."""
        await ended([ear.listening for ear in self._ears.values()])


Chapter = Callable[[Scene], Awaitable[None]]


async def play(scene: Scene, chapters: Sequence[Chapter]) -> None:
    """Play the chapters in their order; after each of them nothing may arrive that it has not told of."""
    for chapter in chapters:
        try:
            await chapter(scene)
            await scene.silence()
        except BaseException as error:
            error.add_note(f"In the chapter {chapter.__module__}.{chapter.__name__}: {chapter.__doc__}")
            raise


def _subscription(field: str, node: str, arguments: str) -> str:
    given = f"({arguments})" if arguments else ""
    return f"subscription {{ {field}{given} {{ kind node {{ {node} }} }} }}"
