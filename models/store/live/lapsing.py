"""Rows that time alone changes: signs that end by themselves, people who have not been heard of for a while."""

import heapq
import time
from collections.abc import Callable, Iterator

from bson import ObjectId

from models.clock import now
from models.store.live.membership import Row


class Lapsing:
    """The rows of a list that time alone changes, each with its moment; nothing where `until` is None."""

    def __init__(self, until: Callable[[Row], int | None] | None) -> None:
        self.kept = until is not None
        """Whether the list has such rows, and so is remembered."""
        self._until = until
        self._moments: dict[ObjectId, int | None] = {}
        self._coming: list[tuple[int, ObjectId]] = []

    def has(self, key: ObjectId) -> bool:
        """Whether the row is in the list."""
        return key in self._moments

    def clear(self) -> None:
        """The list begins anew."""
        self._moments.clear()
        self._coming.clear()

    def note(self, row: Row) -> None:
        """Note a row of the list, as it is now."""
        if self._until is None:
            return
        key, moment = row["_id"], self._until(row)
        # A moment that was noted before is waited for, or has come: it does not come twice.
        if moment is not None and moment != self._moments.get(key):
            heapq.heappush(self._coming, (moment, key))
        self._moments[key] = moment

    def forget(self, key: ObjectId) -> None:
        """The row has left the list."""
        self._moments.pop(key, None)

    def seconds(self) -> float | None:
        """How long until the first moment; None where there is none."""
        return max(0.0, self._coming[0][0] / 1000 - time.time()) if self._coming else None

    def due(self) -> Iterator[ObjectId]:
        """The rows whose moment has come, but for those that have another one by now."""
        while self._coming and self._coming[0][0] <= now():
            moment, key = heapq.heappop(self._coming)
            if self._moments.get(key) == moment:
                yield key
