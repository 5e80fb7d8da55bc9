"""Whether MongoDB would find a row by a filter, told without asking it, for the filters that this server sends."""

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bson import Code, Int64, ObjectId

from models.policy import Admits, Filter, RowData

Test = Callable[[Any], bool]
"""Whether a value fulfils a condition. What is missing comes as None: no condition here tells the two apart."""

Key = Callable[[Any], Any]
"""From a decoded value to what Python compares as MongoDB compares the value."""


def matcher(condition: Filter) -> Admits:
    """The question whether MongoDB finds a row, as the driver decodes it, by the filter.

    It is asked at each change for each subscriber, so whatever the filter alone decides is decided here, once. Raises
    LookupError for what no filter of this server says, full text included: nothing is guessed.
    """
    return _every([_stated(name, operand) for name, operand in condition.items()])


def _stated(name: str, operand: Any) -> Admits:
    if name in _COMBINED:
        if not isinstance(operand, list) or not operand:
            raise LookupError(f"{name} takes a list of at least one filter.")
        return _COMBINED[name]([matcher(part) for part in operand])
    path = name.split(".")
    # A number in a path is a place in an array, or a name, as the row has it.
    if name.startswith("$") or not all(path) or any(part.isdecimal() for part in path):
        raise LookupError(f"Only MongoDB can tell what it finds by {name!r}.")
    return _column(path, operand)


def _column(path: Sequence[str], operand: Any) -> Admits:
    said = operand if _says(operand) else {"$eq": operand}
    return _every([_compared(path, name, value) for name, value in said.items()])


def _says(operand: Any) -> bool:
    """Whether the operand holds operators; else it is a value to be equal to."""
    return isinstance(operand, Mapping) and next(iter(operand), "").startswith("$")


def _compared(path: Sequence[str], name: str, value: Any) -> Admits:
    if name == "$ne":
        return _none([_column(path, {"$eq": value})])
    if name == "$not" and _says(value):
        return _none([_column(path, value)])
    if name == "$all" and isinstance(value, list) and value:
        return _every([_column(path, {"$eq": item}) for item in value])
    if name not in _TESTS:
        raise LookupError(f"Only MongoDB can tell what it finds by {'.'.join(path)}: {name}.")
    return _somewhere(path, _TESTS[name](value))


def _somewhere(path: Sequence[str], test: Test) -> Admits:
    """Whether the value at the path passes the test; of an array each element is tried, and the array itself."""
    name, *rest = path
    if rest:
        return _within(name, _somewhere(rest, test), missing=test(None))

    def somewhere(row: RowData) -> bool:
        value = row.get(name)
        return test(value) or (type(value) is list and any(map(test, value)))

    return somewhere


def _within(name: str, below: Admits, *, missing: bool) -> Admits:
    """The same of a path that goes on below `name`, in an object or in those of an array."""

    def within(row: RowData) -> bool:
        value = row.get(name)
        if isinstance(value, dict):
            return below(value)
        if isinstance(value, list):
            # Whatever else is in an array has nothing at the path, not even nothing that could equal null.
            return any(below(item) for item in value if isinstance(item, dict))
        return missing

    return within


def _every(parts: Sequence[Admits]) -> Admits:
    if len(parts) == 1:
        return parts[0]

    def every(row: RowData) -> bool:
        for part in parts:  # noqa: SIM110  # three times as fast as `all` over a generator
            if not part(row):
                return False
        return True

    return every


def _some(parts: Sequence[Admits]) -> Admits:
    if len(parts) == 1:
        return parts[0]

    def some(row: RowData) -> bool:
        for part in parts:  # noqa: SIM110  # as above
            if part(row):
                return True
        return False

    return some


def _none(parts: Sequence[Admits]) -> Admits:
    some = _some(parts)
    return lambda row: not some(row)


def _itself(value: Any) -> Any:
    return value


def _utc(moment: datetime) -> datetime:
    """As MongoDB stores a time: in UTC, which a time without a zone is in already, to the millisecond."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    beyond = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - beyond) if beyond else moment


_KINDS: tuple[tuple[type | tuple[type, ...], frozenset[type], Key], ...] = (
    (bool, frozenset({bool}), _itself),
    ((int, float), frozenset({int, Int64, float}), _itself),
    # The order of code points is that of their bytes.
    (str, frozenset({str}), _itself),
    # Bytes are compared in C, ids in Python.
    (ObjectId, frozenset({ObjectId}), operator.attrgetter("binary")),
    (datetime, frozenset({datetime}), _utc),
)
"""The kinds of values, none of which compares with another: of what types an operand is, and of what a row's value."""


def _kind(operand: Any) -> tuple[frozenset[type], Key]:
    for given, found, key in _KINDS:
        # To Python code is a text, to MongoDB it is not.
        if isinstance(operand, given) and not isinstance(operand, Code):
            return found, key
    raise LookupError(f"Only MongoDB can compare with a {type(operand).__name__}.")


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _is_null(value: Any) -> bool:
    return value is None


def _never(_value: Any) -> bool:
    return False


def _equal(operand: Any) -> Test:
    if operand is None:
        return _is_null
    if _is_nan(operand):
        return _is_nan
    if isinstance(operand, list):
        return _equal_items(operand)
    return _equal_object(operand) if isinstance(operand, Mapping) else _ordered(operator.eq, operand)


def _equal_items(operand: Sequence[Any]) -> Test:
    tests = [_equal(item) for item in operand]
    return lambda value: type(value) is list and len(value) == len(tests) and _all_pass(tests, value)


def _equal_object(operand: Mapping[str, Any]) -> Test:
    names, tests = list(operand), [_equal(item) for item in operand.values()]
    if any(name.startswith("$") for name in names):
        raise LookupError(f"Only MongoDB can tell what equals an object of {names}.")
    # To MongoDB the order of names is part of an object.
    return lambda value: isinstance(value, dict) and list(value) == names and _all_pass(tests, value.values())


def _all_pass(tests: Sequence[Test], values: Iterable[Any]) -> bool:
    return all(test(value) for test, value in zip(tests, values, strict=True))


def _ordered(compare: Callable[[Any, Any], bool], operand: Any) -> Test:
    if operand is None or _is_nan(operand):
        # Neither lies before or after anything, but each is level with itself.
        return _equal(operand) if compare in {operator.le, operator.ge} else _never
    kind, key = _kind(operand)
    mine = key(operand)
    if key is _itself:
        return lambda value: type(value) in kind and compare(value, mine)
    return lambda value: type(value) in kind and compare(key(value), mine)


def _among(operand: Any) -> Test:
    if not isinstance(operand, list):
        raise LookupError("$in takes a list.")  # noqa: TRY004  # as for all else that is no filter of this server
    keys: dict[type, Key] = {}
    known: dict[type, set[Any]] = {}
    tests: list[Test] = []
    for item in operand:
        if item is None or _is_nan(item) or isinstance(item, list | Mapping):
            tests.append(_equal(item))
            continue
        kind, key = _kind(item)
        for found in kind:
            keys[found] = key
            known.setdefault(found, set()).add(key(item))

    def among(value: Any) -> bool:
        found = type(value)
        return (found in known and keys[found](value) in known[found]) or any(test(value) for test in tests)

    return among


def _beginning(operand: Any) -> Test:
    """Of patterns only those that are a text's beginning and nothing else."""
    prefix = re.sub(r"\\(.)", r"\1", operand[1:], flags=re.DOTALL) if isinstance(operand, str) else ""
    if operand != f"^{re.escape(prefix)}" or "\0" in prefix:
        raise LookupError(f"Only MongoDB can tell what the pattern {operand!r} finds.")
    return lambda value: type(value) is str and value.startswith(prefix)


_COMBINED = {"$and": _every, "$or": _some, "$nor": _none}

_TESTS: dict[str, Callable[[Any], Test]] = {
    "$eq": _equal,
    "$in": _among,
    "$lt": partial(_ordered, operator.lt),
    "$lte": partial(_ordered, operator.le),
    "$gt": partial(_ordered, operator.gt),
    "$gte": partial(_ordered, operator.ge),
    "$regex": _beginning,
}
