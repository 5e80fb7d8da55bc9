"""Writes: validated rows in, under the policy, each a single conditional statement inside the caller's transaction."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pymongo
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, WriteError
from pymongo.read_concern import ReadConcern

from models.actor import Actor, ActorKind
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.policy import EVERYTHING, NOTHING, Filter, Rule, both
from models.row import Row
from models.store.connection import BY_ID, MAJORITY, Collections, Database
from models.store.wire import question
from models.store.written import HELD, current, noted, transaction
from models.table import Table, document
from models.validation import check

T = TypeVar("T")
Document = dict[str, Any]
Update = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""Operators by name, or the stages of a pipeline where the new value is computed from the old one."""

Notice = Callable[[str, Iterable[ObjectId] | None], None]

DUPLICATE_KEY = 11000


class Writer:
    """Changes rows of one database; `notice` is told which rows of which collection a transaction has touched.

    The database works on no single call for longer than `seconds`, nor on a commit.
    """

    def __init__(self, database: Database, notice: Notice, seconds: float) -> None:
        self._seconds = seconds
        self._milliseconds = int(seconds * 1000)
        self._database = database
        self._collections = Collections(database)
        self._notice = notice

    async def transact(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` in a transaction: all of it happens or none; it is run again when it met another writer.

        Every call of the store inside belongs to the transaction without being handed the session. The session is bound
        around the transaction and not within it, because a bound session that ends first loses the write silently.
        """

        with noted() as written:

            async def once(session: AsyncClientSession) -> T:
                written.clear()
                written.session = session
                return await work()

            try:
                async with self._database.client.start_session() as session, session.bind(end_session=False):
                    result = await session.with_transaction(
                        once, ReadConcern("snapshot"), MAJORITY, max_commit_time_ms=self._milliseconds
                    )
            finally:
                written.session = None
            for collection, keys in written.touched.items():
                self._notice(collection, keys)
            return result

    async def insert(self, table: Table[Any], row: Row, actor: Actor) -> ObjectId:
        """Store a new row. Raises FORBIDDEN (or UNAUTHENTICATED) by the table's rule, ALREADY_EXISTS by its indexes."""
        fresh = {"_id": row.id or ObjectId(), **document(row)}
        if not table.policy.create.admits(actor, fresh):
            raise forbidden(actor, f"You may not create this {table.noun}.")
        return await self._insert(table, fresh)

    async def effect_insert(self, table: Table[Any], row: Row) -> ObjectId:
        """Store a new row as a consequence of an allowed write, whoever may create such rows by hand.

        Raises ALREADY_EXISTS by the table's indexes.
        """
        return await self._insert(table, {"_id": row.id or ObjectId(), **document(row)})

    async def _insert(self, table: Table[Any], fresh: Document) -> ObjectId:
        reply = await self._answered({"insert": table.collection, "documents": [fresh]})
        if "writeErrors" in reply:
            raise _refused(table, reply["writeErrors"][0])
        if written := current():
            written.stored(table, fresh)
        key: ObjectId = fresh["_id"]
        return key

    async def update(
        self,
        table: Table[Any],
        key: ObjectId,
        actor: Actor,
        changes: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        when: Filter = EVERYTHING,
        otherwise: str = "It is not in a state that allows this.",
    ) -> Document:
        """Change columns of one row in one statement and answer with the row as it then is.

        `when` is a condition on the row's state, and `otherwise` says what a row that does not meet it is told
        (WRONG_STATE). Raises NOT_FOUND, FORBIDDEN, STALE_VERSION, or `Refusals` for values the columns do not take.
        """
        accepted = check(table.row, changes)
        rule = both(table.policy.read.filter(actor), table.policy.update.filter(actor))
        version: Filter = EVERYTHING if expected_version is None else {"version": expected_version}
        condition = both(rule, {"_id": key}, version, when)
        if condition is not NOTHING:
            # An update that names nothing is checked like any other, and writes nothing: nobody's version goes stale.
            changed = await (
                self._change(table, condition, _versioned({"$set": accepted}))
                if accepted
                else self._collections[table.collection].find_one(condition)
            )
            if changed is not None:
                return changed
        raise await self._why_not(table, key, actor, table.policy.update, expected_version, otherwise)

    async def delete(self, table: Table[Any], key: ObjectId, actor: Actor, when: Filter = EVERYTHING) -> Document:
        """Remove one row and answer with what it was. Raises NOT_FOUND, FORBIDDEN or WRONG_STATE (by `when`)."""
        rule = both(table.policy.read.filter(actor), table.policy.delete.filter(actor))
        condition = both(rule, {"_id": key}, when)
        if condition is not NOTHING:
            gone = await self._collections[table.collection].find_one_and_delete(condition)
            if gone is not None:
                _unknown(table, key)
                return gone
        raise await self._why_not(table, key, actor, table.policy.delete, None, "It cannot be deleted as it is now.")

    async def upsert(
        self, table: Table[Any], unique: Mapping[str, Any], row: Row, actor: Actor, changes: Mapping[str, Any]
    ) -> tuple[Document, bool]:
        """Make the row that the `unique` columns name, or apply `changes` to the one there is; whether it was made.

        Of any number of callers at once exactly one makes it: the unique index decides, not a read before.
        Raises FORBIDDEN (or UNAUTHENTICATED) when the rule for creation does not admit the row.
        """
        fresh = document(row)
        if not table.policy.create.admits(actor, fresh):
            raise forbidden(actor, f"You may not create this {table.noun}.")
        fresh.setdefault("_id", ObjectId())
        accepted = check(table.row, changes)
        update = _versioned({"$set": accepted}) if accepted else {}
        settled = {*unique, *update.get("$set", ()), *update.get("$inc", ())}
        update["$setOnInsert"] = {column: value for column, value in fresh.items() if column not in settled}
        collection = self._collections[table.collection]
        try:
            # The row as it was: only its absence tells that it was made now, since a client may send its own id again.
            before = await collection.find_one_and_update(
                dict(unique), update, upsert=True, return_document=ReturnDocument.BEFORE
            )
        except DuplicateKeyError as error:
            raise taken(table, error) from error
        _unknown(table, fresh["_id"] if before is None else before["_id"])
        if before is None:
            return fresh, True
        return ({**before, **update["$set"], "version": before["version"] + 1} if accepted else before), False

    async def effect(
        self, table: Table[Any], condition: Filter, update: Mapping[str, Any], *, quiet: bool = False
    ) -> int:
        """Change rows as a consequence of an allowed write, whoever may edit them by hand; the number changed.

        For cascades and the server's own columns alone: no rule is asked. `quiet` is for what nobody edits (counters,
        touches, sets): the version stays, so that no editor's `expectedVersion` goes stale by it, and so does the time.
        """
        change = update if quiet else _versioned(update)
        _unknown(table, _only(condition))
        with pymongo.timeout(self._seconds):
            return (await self._collections[table.collection].update_many(condition, change)).modified_count

    async def effect_one(
        self, table: Table[Any], condition: Filter, update: Update, *, quiet: bool = False
    ) -> Document | None:
        """Like `effect` for one row: the row as it then is, or None when no row meets the condition."""
        return await self._change(table, condition, update if quiet else _versioned(update))

    async def effect_delete(self, table: Table[Any], condition: Filter) -> int:
        """Remove rows as a consequence of an allowed write, e.g. the children of a deleted one; the number removed."""
        _unknown(table, _only(condition))
        with pymongo.timeout(self._seconds):
            return (await self._collections[table.collection].delete_many(condition)).deleted_count

    async def effect_read(self, table: Table[Any], condition: Filter, *columns: str) -> Document | None:
        """A row on which an allowed write depends, whoever may read it; None when no row meets the condition."""
        return await self._collections[table.collection].find_one(condition, dict.fromkeys(columns or ("_id",), 1))

    async def hold(self, table: Table[Any], condition: Filter) -> Document | None:
        """Keep a row as it is until the transaction ends, and answer with it; None when no row meets the condition.

        What a transaction only reads, others may change meanwhile. A held row they may not: whoever writes it too is
        run again afterwards. No rule is asked, and neither version nor times change.
        """
        return await self._collections[table.collection].find_one_and_update(condition, {"$set": {HELD: ObjectId()}})

    async def _change(self, table: Table[Any], condition: Filter, update: Update) -> Document | None:
        command: Document = {
            "findAndModify": table.collection,
            "query": condition,
            "update": update,
            "new": True,
            "maxTimeMS": self._milliseconds,
        }
        if _only(condition) is not None:
            command["hint"] = BY_ID
        try:
            # As a command, like reads: the driver's helpers cost as much again.
            found: Document | None = (await self._answered(command))["value"]
        except DuplicateKeyError as error:
            raise taken(table, error) from error
        if found is not None and (written := current()):
            written.changed(table, found)
        return found

    async def _answered(self, command: Document) -> Document:
        session = transaction()
        if session is None:
            return await self._database.command(command)
        return await question(self._database, command, session)

    async def _why_not(
        self, table: Table[Any], key: ObjectId, actor: Actor, rule: Rule, expected: int | None, otherwise: str
    ) -> Refusal:
        row = await self._collections[table.collection].find_one({"_id": key})
        if row is None or not table.policy.read.admits(actor, row):
            return not_found(table.noun, "id")
        if not rule.admits(actor, row):
            return forbidden(actor, f"You may see this {table.noun}, and not do this with it.")
        if expected is not None and row["version"] != expected:
            return Refusal(
                Code.STALE_VERSION,
                f"The {table.noun} is at version {row['version']}, not {expected}.",
                "expectedVersion",
            )
        return Refusal(Code.WRONG_STATE, otherwise)


def _only(condition: Filter) -> ObjectId | None:
    """The id of the one row that a condition can meet, where it names one."""
    parts = condition["$and"] if len(condition) == 1 and "$and" in condition else (condition,)
    keys = (part.get("_id") for part in parts)
    return next((key for key in keys if isinstance(key, ObjectId)), None)


def _unknown(table: Table[Any], key: ObjectId | None = None) -> None:
    if written := current():
        written.unknown(table, key)


def forbidden(actor: Actor, message: str) -> Refusal:
    """The refusal of something that may be seen but not done."""
    if actor.kind is ActorKind.ANONYMOUS:
        return Refusal(Code.UNAUTHENTICATED, "Sign in first: send a bearer token.")
    return Refusal(Code.FORBIDDEN, message)


def _refused(table: Table[Any], error: Document) -> Exception:
    """What an insertion is refused for: a value that another row has, or whatever else MongoDB says."""
    kind = DuplicateKeyError if error["code"] == DUPLICATE_KEY else WriteError
    refusal = kind(error["errmsg"], error["code"], error)
    return taken(table, refusal) if isinstance(refusal, DuplicateKeyError) else refusal


def taken(table: Table[Any], error: DuplicateKeyError) -> Refusal:
    """The refusal of a value that another row has, naming the column that differs from row to row."""
    columns = list((error.details or {}).get("keyPattern", {}))
    field = "id" if columns == ["_id"] else columns[-1]
    return Refusal(Code.ALREADY_EXISTS, f"There is already a {table.noun} with this {field}.", field)


def _versioned(update: Update) -> Any:
    """Each write raises the version and the time of the last write, whatever else it does."""
    if not isinstance(update, Mapping):
        return [*update, {"$set": {"updatedAt": now(), "version": {"$add": ["$version", 1]}}}]
    return {
        **update,
        "$set": {"updatedAt": now(), **update.get("$set", {})},
        "$inc": {"version": 1, **update.get("$inc", {})},
    }
