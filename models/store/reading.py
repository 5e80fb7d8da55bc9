"""Reads: an `Ask` and all its descendants in a number of calls that depends on their kinds, never on the rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bson import ObjectId
from bson.timestamp import Timestamp

from models.actor import Actor
from models.policy import EVERYTHING, NOTHING, Filter, both
from models.store import grouping, nearby, pipeline
from models.store.ask import COUNT_CAP, Ask, Child, Many, One, Page, Rows
from models.store.asking import Asking
from models.store.connection import Collections, Database
from models.store.feed import Feed
from models.store.gathering import Gathering
from models.store.private import redact
from models.store.referenced import ById, Referenced
from models.store.written import Written
from models.table import Table

Document = dict[Any, Any]


class Reader:
    """Answers asks from one database.

    The limit of a single call is the same for all and goes with it as a number: a tenth cheaper than a deadline that
    pymongo reckons with at each step. The time of a whole operation is its caller's affair: who cancels it closes the
    connection, and MongoDB stops what it was doing for it.
    """

    def __init__(self, database: Database, asking: Asking, feed: Feed, tables: Iterable[Table[Any]]) -> None:
        self._collections = Collections(database)
        self._milliseconds = asking.milliseconds
        self._asking = asking
        self._gathering = Gathering(asking)
        self.referenced = Referenced(feed, tables, self._gathering)

    async def one(self, ask: Ask, actor: Actor) -> Document | None:
        """The first row of the ask, or None: not there and not the actor's are the same."""
        key = ask.where.get("_id")
        if len(ask.where) == 1 and isinstance(key, ObjectId):
            rows = await self._by_ids(ask, [key], actor, self._gathering)
        else:
            rows = await self._find(ask, actor, limit=1)
        if ask.children:
            await self.attend(ask.children, rows, actor)
        return rows[0] if rows else None

    async def several(self, ask: Ask, ids: Sequence[ObjectId], actor: Actor) -> dict[ObjectId, Document]:
        """The readable rows among `ids`, by id."""
        rows = await self._by_ids(ask, ids, actor, self._gathering)
        await self.attend(ask.children, rows, actor)
        return {row["_id"]: row for row in rows}

    async def some(self, ask: Ask, actor: Actor, limit: int) -> list[Document]:
        """The first `limit` rows of the ask, in no order."""
        rows = await self._find(ask, actor, limit)
        await self.attend(ask.children, rows, actor)
        return rows

    async def snapshot(self, ask: Ask, actor: Actor, at: Timestamp) -> Rows:
        """A page of rows as they were at a time of the cluster; their descendants are as they are now."""
        assert ask.page is not None  # noqa: S101  # a list that is followed has a page
        answer = cut(ask.page, await self._paged(ask, ask.page, actor, at))
        await self.attend(ask.children, answer.rows, actor)
        return answer

    async def shown(self, ask: Ask, actor: Actor, row: Mapping[str, Any], related: Written) -> Document:
        """What the ask shows the actor of a row that he may read, with its descendants; of those that are `related`
        none is asked for again."""
        mine = dict(row)
        redact(ask, actor, (mine,))
        await self.attend(ask.children, (mine,), actor, related)
        return mine

    async def page(self, ask: Ask, actor: Actor) -> Rows:
        """A page of rows with their descendants."""
        assert ask.page is not None  # noqa: S101  # the planner gives every list a page
        answer = Rows(ask.page)
        if pipeline.matching(ask, actor) is not NOTHING:
            if ask.listed:
                answer = await self._found(ask, ask.page, actor)
            if ask.counted:
                count_into(answer, await self.count(ask, actor))
        elif ask.counted:
            count_into(answer, 0)
        await self.attend(ask.children, answer.rows, actor)
        return answer

    async def count(self, ask: Ask, actor: Actor) -> int:
        """How many rows there are, counted to one beyond the cap."""
        condition = both(pipeline.matching(ask, actor), ask.near.circle if ask.near else EVERYTHING)
        if condition is NOTHING:
            return 0
        hint: dict[str, Any] = {"hint": ask.page.index} if ask.page and ask.page.index and not ask.search else {}
        collection = self._collections[ask.table.collection]
        limits: dict[str, Any] = {"limit": COUNT_CAP + 1, "maxTimeMS": self._milliseconds}
        return await collection.count_documents(dict(condition), **limits, **hint)

    async def sums(
        self, table: Table[Any], actor: Actor, where: Filter, *, by: str, of: str, index: str
    ) -> dict[Any, tuple[int, int]]:
        """For each value of the column `by`: the number of readable rows, and the sum of their column `of`.

        MongoDB computes it along the index of that name; what has no number counts as zero.
        """
        group = {"_id": f"${by}", "number": {"$sum": 1}, "sum": {"$sum": f"${of}"}}
        groups = await self.grouped(table, actor, where, [{"$group": group}], index=index)
        return {found["_id"]: (found["number"], found["sum"]) for found in groups}

    async def grouped(
        self, table: Table[Any], actor: Actor, where: Filter, stages: grouping.Stages, *, index: str
    ) -> list[Document]:
        """What the stages make of the readable rows that match, along the index of that name; see `grouping`."""
        return await grouping.grouped(self._asking, table, actor, where, stages, index)

    async def attend(
        self, children: Sequence[Child], parents: Sequence[Document], actor: Actor, written: Written | None = None
    ) -> None:
        """Put every descendant into its parent's slot; rows that were just `written` are not asked for again.

        Lists are fetched as soon as their parents are known; single rows wait until no list is left, so that the same
        table asked for on several levels (a conversation's advisor, its messages' advisors) costs one call.
        """
        waiting = [(child, parents) for child in children]
        while waiting:
            lists = [entry for entry in waiting if isinstance(entry[0], Many)]
            if lists:
                waiting = [entry for entry in waiting if isinstance(entry[0], One)]
                for child, above in lists:
                    waiting += await self._lists(child, above, actor)  # type: ignore[arg-type]  # narrowed above
            else:
                waiting = await self._singles(waiting, actor, written)  # type: ignore[arg-type]  # only One is left

    async def _lists(
        self, child: Many, parents: Sequence[Document], actor: Actor
    ) -> list[tuple[Child, Sequence[Document]]]:
        ask, page = child.ask, child.ask.page
        assert page is not None  # noqa: S101  # the planner gives every list a page
        keys = list(dict.fromkeys(key for parent in parents if (key := parent.get(child.by)) is not None))
        found, counts = await self._below(child, page, keys, actor)
        below: list[Document] = []
        places = {key: place for place, key in enumerate(keys)}
        for parent in parents:
            place = places.get(parent.get(child.by))
            rows = cut(page, [] if place is None else found[place])
            if ask.counted:
                count_into(rows, 0 if place is None else counts[place])
            parent[child.slot] = rows
            below += rows.rows
        redact(ask, actor, below)
        return [(grandchild, below) for grandchild in ask.children]

    async def _below(
        self, child: Many, page: Page, keys: Sequence[ObjectId], actor: Actor
    ) -> tuple[list[list[Document]], list[int]]:
        """The rows below each parent, and their number, in one call."""
        ask = child.ask
        if len(keys) == 1 and ask.listed and not ask.counted:
            # For one parent a `find` says the same, and its answers are rows, where a join's are wrapped.
            return [await self._stretch(ask, page, actor, {child.column: keys[0]})], [0]
        found: list[list[Document]] = [[] for _ in keys]
        counts = [0] * len(keys)
        if keys and pipeline.matching(ask, actor) is not NOTHING:
            stages = pipeline.per_parent(child, keys, actor)
            for answer in await self._asking.aggregate(None, stages, len(keys) * (page.limit + 1)):
                if "row" in answer:
                    found[answer["place"]].append(answer["row"])
                if answer.get("count"):
                    counts[answer["place"]] = answer["count"][0]["number"]
        return found, counts

    async def _singles(
        self, waiting: Sequence[tuple[One, Sequence[Document]]], actor: Actor, written: Written | None
    ) -> list[tuple[Child, Sequence[Document]]]:
        by_table: dict[Table[Any], list[tuple[One, Sequence[Document]]]] = defaultdict(list)
        for child, parents in waiting:
            by_table[child.ask.table].append((child, parents))
        below: list[tuple[Child, Sequence[Document]]] = []
        for table, entries in by_table.items():
            ids = {key.binary: key for child, parents in entries for key in _keys(parents, child)}
            columns = frozenset().union(*(child.ask.columns for child, _ in entries))
            if written:
                await written.fetch(table, ids)
            found = _known(Ask(table, columns), ids, actor, written) if written else {}
            rows = await self._by_ids(Ask(table, columns), list(ids.values()), actor, self.referenced)
            found |= {row["_id"].binary: row for row in rows}
            for child, parents in entries:
                # Each place gets rows of its own: two places may put different children into the same slot.
                mine = {key: dict(row) for key, row in found.items()} if child.ask.children else found
                _settle(child, parents, mine)
                below += [(grandchild, list(mine.values())) for grandchild in child.ask.children]
        return below

    async def _by_ids(self, ask: Ask, ids: Sequence[ObjectId], actor: Actor, source: ById) -> list[Document]:
        rule = pipeline.readable(ask.table, actor)
        if not ids or rule is NOTHING:
            return []
        rows = await source.rows(ask, rule, ids, actor)
        redact(ask, actor, rows)
        return rows

    async def _find(self, ask: Ask, actor: Actor, limit: int) -> list[Document]:
        condition = pipeline.matching(ask, actor)
        if condition is NOTHING:
            return []
        rows = await self._asking.find(ask.table.collection, condition, pipeline.projection(ask), limit)
        redact(ask, actor, rows)
        return rows

    async def _paged(self, ask: Ask, page: Page, actor: Actor, at: Timestamp | None = None) -> list[Document]:
        rows = await self._stretch(ask, page, actor, at=at)
        redact(ask, actor, rows)
        return rows

    async def _stretch(
        self, ask: Ask, page: Page, actor: Actor, within: Filter = EVERYTHING, at: Timestamp | None = None
    ) -> list[Document]:
        condition = both(pipeline.matching(ask, actor), within, pipeline.stretch(page))
        if condition is NOTHING:
            return []
        return await self._asking.find(
            ask.table.collection,
            condition,
            pipeline.projection(ask),
            page.limit + 1,
            sort=pipeline.direction(page).keys,
            hint=page.index,
            at=at,
        )

    async def _found(self, ask: Ask, page: Page, actor: Actor) -> Rows:
        if ask.near is not None:
            answer = await nearby.nearest(self._asking, ask, ask.near, page, actor)
            redact(ask, actor, answer.rows)
            return answer
        if ask.search is None and ask.rank is None:
            return cut(page, await self._paged(ask, page, actor))
        return cut(page, await self._computed(ask, page, actor))

    async def _computed(self, ask: Ask, page: Page, actor: Actor) -> list[Document]:
        """The rows of an order that no index has: by relevance, or by rank."""
        ranked = None if ask.rank is None else pipeline.ranking(ask, ask.rank, page, actor)
        stages = ranked or pipeline.searching(ask, page, actor)
        rows = await self._asking.aggregate(ask.table.collection, stages, page.limit + 1, hint=page.index)
        redact(ask, actor, rows)
        return rows


def cut(page: Page, found: list[Document]) -> Rows:
    """The page from what was found: one row more than its limit says that there is a next one."""
    more = len(found) > page.limit
    rows = found[: page.limit]
    if page.backward:
        return Rows(page, rows[::-1], page.before is not None, more or page.after is not None)
    return Rows(page, rows, more or page.before is not None, page.after is not None)


def count_into(rows: Rows, number: int) -> None:
    """Note a number of rows that was counted to one beyond the cap."""
    rows.count, rows.capped = min(number, COUNT_CAP), number > COUNT_CAP


def _keys(parents: Iterable[Document], child: One) -> Iterator[ObjectId]:
    column = child.column
    for parent in parents:
        value = parent.get(column)
        if isinstance(value, ObjectId):
            yield value
        elif child.many and isinstance(value, list):
            yield from _ids(value)


def _known(ask: Ask, ids: dict[bytes, ObjectId], actor: Actor, written: Written) -> dict[bytes, Document]:
    """The readable ones of the rows that were just written; none of those is left in `ids`."""
    rows = written.rows(ask.table, ids)
    for key in (*rows, *written.settled(ask.table)):
        ids.pop(key, None)
    readable = {key: row for key, row in rows.items() if ask.table.policy.read.admits(actor, row)}
    redact(ask, actor, readable.values())
    return readable


def _ids(values: Iterable[Any]) -> list[ObjectId]:
    return [value for value in values if isinstance(value, ObjectId)]


def _settle(child: One, parents: Iterable[Document], found: Mapping[bytes, Document]) -> None:
    """Give each parent its row or rows; by the bytes of their ids, which are hashed in C."""
    column, slot = child.column, child.slot
    for parent in parents:
        value = parent.get(column)
        if child.many:
            keys = _ids(value if isinstance(value, list) else [value])
            parent[slot] = [found[key.binary] for key in keys if key.binary in found]
        else:
            parent[slot] = found.get(value.binary) if isinstance(value, ObjectId) else None
