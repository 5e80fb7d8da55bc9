"""Gathers what concurrent requests ask by id in the same turn of the event loop into one question to MongoDB."""

import asyncio
import contextvars
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from models.actor import Actor
from models.policy import Filter, both
from models.store import pipeline
from models.store.ask import Ask
from models.store.asking import Asking
from models.store.connection import BY_ID
from models.store.written import transaction
from models.table import Table

Document = dict[Any, Any]

GATHERED = 1_000
"""Ids in one question; more are asked for by the next one."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """A request that waits for rows."""

    actor: Actor
    rule: Filter
    ids: Sequence[ObjectId]
    answer: "asyncio.Future[list[Document]]"


@dataclass(eq=False, slots=True)
class _Question:
    """What is asked together: rows of one table, with the same columns."""

    ask: Ask
    waiting: list[_Waiting] = field(default_factory=list)
    size: int = 0


class Gathering:
    """Rows by id.

    A question costs the driver far more than a row does. So whoever asks for rows of a table waits until the turn of
    the event loop ends, and shares the question with all who ask for the same columns in it. Each still sees what his
    rule admits alone: MongoDB is asked for what any of the rules admits, and then each rule is asked of each row.
    Who leaves meanwhile does not stop a question, which is short: it may be others' as well.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._open: dict[tuple[Table[Any], frozenset[str]], _Question] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def rows(self, ask: Ask, rule: Filter, ids: Sequence[ObjectId], actor: Actor) -> list[Document]:
        """The rows among `ids` that the rule, which is the actor's filter, admits; each a dict of one's own."""
        if transaction() is not None:
            # What a transaction reads is its own affair.
            return await self._find(ask, rule, ids)
        loop = asyncio.get_running_loop()
        key = (ask.table, ask.columns)
        question = self._open.get(key)
        if question is None or question.size + len(ids) > GATHERED:
            question = self._open[key] = _Question(ask)
            # In a context of its own: neither a session nor a deadline of the first who asks is the others'.
            loop.call_soon(self._put, key, question, context=contextvars.Context())
        waiting = _Waiting(actor, rule, ids, loop.create_future())
        question.waiting.append(waiting)
        question.size += len(ids)
        return await waiting.answer

    def _put(self, key: tuple[Table[Any], frozenset[str]], question: _Question) -> None:
        if self._open.get(key) is question:
            del self._open[key]
        task = asyncio.get_running_loop().create_task(self._answer(question))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, question: _Question) -> None:
        try:
            if len(question.waiting) == 1:
                [only] = question.waiting
                _give(only, await self._find(question.ask, only.rule, only.ids))
            else:
                await self._share(question)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer of all who wait
            for waiting in question.waiting:
                if not waiting.answer.done():
                    waiting.answer.set_exception(error)

    async def _share(self, question: _Question) -> None:
        ids = {key.binary: key for waiting in question.waiting for key in waiting.ids}
        # Concurrent requests of one person have the same actor: his rule is said once.
        rules = {id(waiting.actor): waiting.rule for waiting in question.waiting}
        open_to_all = any(not rule for rule in rules.values())
        condition = both(_among(list(ids.values())), {} if open_to_all else {"$or": list(rules.values())})
        table, columns = question.ask.table, question.ask.columns
        # With the columns that the rule is decided by.
        projection = pipeline.projection(Ask(table, columns | table.policy.read.columns))
        rows = await self._asking.find(table.collection, condition, projection, len(ids), hint=BY_ID)
        found = {row["_id"].binary: row for row in rows}
        for waiting in question.waiting:
            admits = table.policy.read.bound(waiting.actor)
            mine = [found[key.binary] for key in waiting.ids if key.binary in found]
            _give(waiting, [dict(row) for row in mine if admits(row)])

    async def _find(self, ask: Ask, rule: Filter, ids: Sequence[ObjectId]) -> list[Document]:
        condition = both(rule, _among(ids))
        return await self._asking.find(ask.table.collection, condition, pipeline.projection(ask), len(ids), hint=BY_ID)


def _among(ids: Sequence[ObjectId]) -> Filter:
    return {"_id": ids[0] if len(ids) == 1 else {"$in": sorted(ids)}}


def _give(waiting: _Waiting, rows: list[Document]) -> None:
    # Who was cancelled meanwhile waits no more.
    if not waiting.answer.done():
        waiting.answer.set_result(rows)
