"""What need not be asked: a rule that the other conditions of a question imply already."""

from collections.abc import Iterator, Mapping
from typing import Any

from bson import ObjectId

from models.policy import Filter, both

PLAIN = (str, bool, int, float, ObjectId)


def unsaid(rule: Filter, where: Filter) -> Filter:
    """The rule without those of its parts which every row that meets `where` meets as well.

    Only choices are looked at: MongoDB plans each alternative for every question, which takes it longer than the whole
    answer does, and reads rows for a column that may have several values. Where the one that counts is said beside
    them, they change nothing.
    """
    parts = rule["$and"] if len(rule) == 1 and "$and" in rule else (rule,)
    if not any(map(_chooses, parts)):
        return rule
    told = dict(_equalities(where))
    left = [part for part in parts if not (_chooses(part) and _settled(part, told))]
    return rule if len(left) == len(parts) else both(*left)


def _chooses(part: Filter) -> bool:
    """Whether rows may meet the condition in several ways."""
    if len(part) != 1:
        return False
    [(name, wanted)] = part.items()
    return name == "$or" or (isinstance(wanted, Mapping) and set(wanted) == {"$in"})


def _settled(choice: Filter, told: Mapping[str, Any]) -> bool:
    """Whether a row with these values surely meets the condition."""
    return any(_implied(each, told) for each in choice["$or"]) if "$or" in choice else _implied(choice, told)


def _equalities(condition: Filter) -> Iterator[tuple[str, Any]]:
    """The columns that every row which meets the condition holds at one value."""
    for name, wanted in condition.items():
        if name == "$and":
            for part in wanted:
                yield from _equalities(part)
        elif not name.startswith("$"):
            value = wanted["$eq"] if isinstance(wanted, Mapping) and set(wanted) == {"$eq"} else wanted
            if isinstance(value, PLAIN):
                yield name, value


def _implied(condition: Filter, told: Mapping[str, Any]) -> bool:
    """Whether a row with these values surely meets the condition; False where it is too much to tell."""
    return bool(condition) and all(_leaf(name, wanted, told) for name, wanted in condition.items())


def _leaf(name: str, wanted: Any, told: Mapping[str, Any]) -> bool:
    if name == "$and":
        return all(_implied(part, told) for part in wanted)
    if name.startswith("$") or name not in told:
        return False
    values = wanted["$in"] if isinstance(wanted, Mapping) and set(wanted) == {"$in"} else [wanted]
    # Equality as BSON has it: to Python True equals 1.
    return any(type(value) is type(told[name]) and value == told[name] for value in values)
