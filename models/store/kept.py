"""What was loaded, kept until a row that it was made from changes: what is known costs the database nothing."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from bson import ObjectId

from models.store.changes import Change
from models.store.feed import Feed

FRESH_SECONDS = 1.0
"""Within this time of a change anywhere nothing from before it is used, whatever befalls the feed."""

H = TypeVar("H", bound=Hashable)
V = TypeVar("V")

Source = tuple[str, ObjectId]
"""A row that something was made from, by its collection and its id."""

Columns = Mapping[str, frozenset[str] | None]

Told = Callable[[], None]
"""Who wants to know that a row may have changed; it must neither wait nor raise."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a load began: after how many changes, and on which opening of the feed."""

    changes: int
    opening: int


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    sources: tuple[Source, ...]
    opening: int
    until: float


class Kept(Generic[H, V]):
    """What was loaded, by what it was asked for with, while the feed vouches for it; `capacity` values, the least
    recently used leaving first. `hits` counts how often something was found.

    `columns` says which columns of which collections the values are made from; None where any may matter.
    """

    def __init__(self, feed: Feed, columns: Columns, capacity: int) -> None:
        feed.subscribe(columns, self)
        self.hits = 0
        self._feed = feed
        self._columns = columns
        self._capacity = capacity
        self._entries: OrderedDict[H, _Entry[V]] = OrderedDict()
        self._made_from: dict[Source, set[H]] = {}
        self._changes = 0
        self._changed: dict[Source, int] = {}
        self._unsure_before = 0
        self._watchers: dict[Source, dict[Told, int]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def warranted(self) -> bool:
        """Whether the feed vouches for anything at present."""
        return self._feed.fresh(FRESH_SECONDS)

    def find(self, key: H) -> V | None:
        """The value of a key, if it is known and surely what the database would say."""
        entry = self._entries.get(key)
        if entry is None or entry.opening != self._feed.openings:
            return None
        if not self.warranted or time.monotonic() > entry.until:
            return None
        self._entries.move_to_end(key)
        self.hits += 1
        return entry.value

    def moment(self) -> Moment:
        """The present, to be taken before a load begins."""
        return Moment(self._changes, self._feed.openings)

    def keep(self, key: H, value: V, sources: Sequence[Source], began: Moment, seconds: float = math.inf) -> None:
        """Keep a value for so many seconds, unless one of the rows it was made from has changed since the load began.

        Nothing is kept without a feed that has been listening since before the load.
        """
        heard = 0 < began.opening == self._feed.openings and began.changes >= self._unsure_before
        if not heard or any(self._changed.get(source, 0) > began.changes for source in sources):
            return
        self._forget(key)
        self._entries[key] = _Entry(value, tuple(sources), began.opening, time.monotonic() + seconds)
        for source in sources:
            self._made_from.setdefault(source, set()).add(key)
        if len(self._entries) > self._capacity:
            self._forget(next(iter(self._entries)))

    def changed(self, change: Change, /) -> None:
        """Forget what the changed row was part of."""
        read = self._columns[change.collection]
        # Nothing was made from a row that was not there yet: no actor is kept without a profile that was asked for, and
        # of no row that it is missing.
        if change.operation == "insert" or not (change.columns is None or read is None or change.columns & read):
            return
        self.drop(change.collection, (change.key,))

    def drop(self, collection: str, keys: Iterable[ObjectId] | None) -> None:
        """Forget what was or is being made from these rows of the collection; None for any of its rows."""
        if collection not in self._columns:
            return
        if keys is None:
            self.reset()
            return
        if len(self._changed) >= self._capacity:
            self._forget_all()
        self._changes += 1
        for source in ((collection, key) for key in keys):
            self._changed[source] = self._changes
            for key in tuple(self._made_from.get(source, ())):
                self._forget(key)
            for told in tuple(self._watchers.get(source, ())):
                told()

    def reset(self) -> None:
        """Forget everything, also what is being made, and tell everybody who watches."""
        self._forget_all()
        for told in {told: None for watchers in self._watchers.values() for told in watchers}:
            told()

    def watch(self, sources: Sequence[Source], told: Told) -> Told:
        """Call `told` whenever one of the rows may have changed, until what this returns is called."""
        for source in sources:
            watchers = self._watchers.setdefault(source, {})
            watchers[told] = watchers.get(told, 0) + 1
        return partial(self._unwatch, sources, told)

    def _unwatch(self, sources: Sequence[Source], told: Told) -> None:
        for source in sources:
            watchers = self._watchers[source]
            watchers[told] -= 1
            if not watchers[told]:
                del watchers[told]
            if not watchers:
                del self._watchers[source]

    def _forget_all(self) -> None:
        self._changes += 1
        self._unsure_before = self._changes
        self._changed.clear()
        self._entries.clear()
        self._made_from.clear()

    def _forget(self, key: H) -> None:
        entry = self._entries.pop(key, None)
        for source in entry.sources if entry is not None else ():
            keys = self._made_from[source]
            keys.discard(key)
            if not keys:
                del self._made_from[source]
