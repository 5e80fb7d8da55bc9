"""Brings each change to the lists that it may concern, found by the value of one column."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models.policy import Filter
from models.store.changes import Change
from models.store.feed import Feed
from models.store.live.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Route:
    """The changes that concern a list: of rows which have, or had, one of these values in the column.

    Without a column, of all rows of the collection.
    """

    collection: str
    column: str | None = None
    values: tuple[Any, ...] = ()

    @property
    def condition(self) -> Filter:
        """The same for a change stream."""
        here: dict[str, Any] = {"ns.coll": self.collection}
        if self.column is None:
            return here
        wanted = {"$in": list(self.values)}
        images = [{f"{image}.{self.column}": wanted} for image in ("fullDocument", "fullDocumentBeforeChange")]
        # Nobody can say whom it concerned: a change from before the images were kept, or the end of the collection.
        unknown = {"operationType": {"$ne": "insert"}, "fullDocumentBeforeChange": None}
        ended = [{"to.coll": self.collection}, {"operationType": "invalidate"}]
        return {"$or": [{**here, "$or": [*images, unknown]}, *ended]}


def route(collection: str, condition: Filter) -> Route:
    """The narrowest route to the rows that match: by an id where one is demanded, else by any value."""
    equalities = list(_equalities(condition))
    by_id = [found for found in equalities if all(isinstance(value, ObjectId) for value in found[1])]
    for column, values in by_id or equalities:
        return Route(collection, column, values)
    return Route(collection)


class Switchboard:
    """The lists that are being followed; hears the feed for all of them."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._inboxes: dict[str, dict[str | None, dict[Hashable, set[Inbox]]]] = {}

    def join(self, along: Route, inbox: Inbox) -> None:
        """Bring changes along the route into the inbox, until `leave`."""
        if along.collection not in self._inboxes:
            self._inboxes[along.collection] = {}
            self._feed.subscribe([along.collection], self)
        by_value = self._inboxes[along.collection].setdefault(along.column, {})
        for value in _keys(along):
            by_value.setdefault(value, set()).add(inbox)

    def leave(self, along: Route, inbox: Inbox) -> None:
        """Bring him no more changes along the route."""
        by_column = self._inboxes[along.collection]
        by_value = by_column[along.column]
        for value in _keys(along):
            by_value[value].discard(inbox)
            if not by_value[value]:
                del by_value[value]
        if not by_value:
            del by_column[along.column]
        if not by_column:
            del self._inboxes[along.collection]
            self._feed.unsubscribe(along.collection, self)

    def changed(self, change: Change, /) -> None:
        """Bring the change to whom it concerns."""
        for inbox in self._concerned(change):
            if change.whole:
                inbox.put(change)
            else:
                # Its collection was not watched yet when it was made: nobody knows what the row was.
                inbox.lose()

    def reset(self) -> None:
        """All lists may have missed changes."""
        for by_column in self._inboxes.values():
            for by_value in by_column.values():
                for inboxes in by_value.values():
                    for inbox in inboxes:
                        inbox.lose()

    def _concerned(self, change: Change) -> set[Inbox]:
        found: set[Inbox] = set()
        for column, by_value in self._inboxes.get(change.collection, {}).items():
            if column is None or not change.whole:
                found.update(*by_value.values())
                continue
            for row in (change.before, change.after):
                for value in () if row is None else _values(row, column):
                    found |= by_value.get(value, _NOBODY)
        return found


_NOBODY: frozenset[Inbox] = frozenset()


def _keys(along: Route) -> tuple[Hashable, ...]:
    return (None,) if along.column is None else tuple(map(_key, along.values))


def _key(value: Any) -> Hashable:
    # The bytes of an id are hashed in C, the id itself in Python.
    return value.binary if isinstance(value, ObjectId) else value


def _values(row: Mapping[str, Any], column: str) -> Iterator[Hashable]:
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, Hashable):
            yield _key(each)


def _equalities(condition: Filter) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The columns that the condition holds at some values, all of which can be looked up."""
    for name, wanted in condition.items():
        if name == "$and":
            for part in wanted:
                yield from _equalities(part)
        elif not name.startswith("$"):
            values = _wanted(wanted)
            if values and all(isinstance(value, ObjectId | str | bool | int) for value in values):
                yield name, values


def _wanted(test: Any) -> tuple[Any, ...] | None:
    if not isinstance(test, Mapping):
        return (test,)
    if "$eq" in test:
        return (test["$eq"],)
    return tuple(test["$in"]) if "$in" in test else None
