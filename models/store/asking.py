"""Sends reads to MongoDB as commands: what the driver's cursors cost beyond that is a tenth of a whole request."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson.timestamp import Timestamp
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from models.policy import Filter
from models.store.connection import Database
from models.store.wire import question
from models.store.written import transaction

Document = dict[Any, Any]


class Asking:
    """Asks one database, which works on no question for longer than so many milliseconds."""

    def __init__(self, database: Database, milliseconds: int) -> None:
        self._database = database
        self.milliseconds = milliseconds

    async def find(
        self,
        collection: str,
        condition: Filter,
        projection: Mapping[str, Any],
        limit: int,
        *,
        sort: Sequence[tuple[str, int]] = (),
        hint: str | None = None,
        at: Timestamp | None = None,
    ) -> list[Document]:
        """The first `limit` rows that match, by the index named as hint where there is one, as they are now or were
        `at` a time of the cluster."""
        command: Document = {"find": collection, "filter": condition, "projection": projection, "limit": limit}
        if sort:
            command["sort"] = dict(sort)
        if hint is not None:
            command["hint"] = hint
        if at is not None:
            command["readConcern"] = {"level": "snapshot", "atClusterTime": at}
        # A batch as large as the answer saves the second round trip that a cursor makes to learn that it is at its end.
        return await self._rows(command | {"batchSize": limit + 1, "maxTimeMS": self.milliseconds})

    async def time(self) -> Timestamp:
        """The time of the cluster: not before that of any change that anyone has been told of."""
        found: Timestamp = (await self._answered({"ping": 1}))["operationTime"]
        return found

    async def aggregate(
        self, collection: str | None, stages: Sequence[Document], limit: int, *, hint: str | None = None
    ) -> list[Document]:
        """What a pipeline answers, at most about `limit` documents; None for one that begins with its own documents."""
        command: Document = {"aggregate": collection or 1, "pipeline": stages, "cursor": {"batchSize": limit + 1}}
        if hint is not None:
            command["hint"] = hint
        return await self._rows(command | {"maxTimeMS": self.milliseconds})

    async def _rows(self, command: Document) -> list[Document]:
        cursor = (await self._answered(command))["cursor"]
        if cursor["id"]:
            # More than a message holds. The driver's own cursor reads on, within the session that it began in.
            collection = cursor["ns"].partition(".")[2]
            await self._database.command({"killCursors": collection, "cursors": [cursor["id"]]})
            return await (await self._database.cursor_command(command)).to_list()
        rows: list[Document] = cursor["firstBatch"]
        return rows

    async def _answered(self, command: Document) -> Document:
        """The answer. As the driver does with its own reads, it asks once more when the connection or the primary is
        lost on the way; within a transaction, which is lost with them, its writer begins anew."""
        session = transaction()
        if session is not None:
            return await question(self._database, command, session)
        try:
            return await question(self._database, command)
        except ServerSelectionTimeoutError:
            raise
        except AutoReconnect:
            return await question(self._database, command)
