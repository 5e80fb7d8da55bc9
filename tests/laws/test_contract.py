"""What the products' documents demand is there: every field with its type, default and readers, and every index."""

import types
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
import yaml
from bson import ObjectId
from pydantic import BaseModel

from models.actor import ANONYMOUS, Actor, ActorKind, service
from models.store.indexes import shape
from models.table import Index, Table
from models.tables import TABLES

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "advisor_contract.yaml").read_text("utf-8"))
DIFFERENCES = CONTRACT["differences"]
BY_NAME: dict[str, Table[Any]] = {table.type_name: table for table in TABLES}

FIELDS = [(name, field) for name, table in CONTRACT["tables"].items() for field in table["fields"]]
INDEXES = [(name, index) for name, table in CONTRACT["tables"].items() for index in table["indexes"]]

SELF, OTHER = ObjectId(), ObjectId()
PROBES = {
    "owner": Actor(ActorKind.ACCOUNT, "owner", SELF, {"advisor": SELF}),
    "other": Actor(ActorKind.ACCOUNT, "other", OTHER, {"advisor": OTHER}),
    "operator": Actor(ActorKind.OPERATOR, "operator", OTHER, {"advisor": OTHER}),
    "answering": service("answering"),
    "billing": service("billing"),
    "anonymous": ANONYMOUS,
}
"""One caller of every kind."""

ROW = {"_id": SELF, "userId": SELF, "ownerId": SELF, "isPublic": True, "status": "active"}
"""The owner's row, as open to others as a row may be."""


def _paths(fields: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field and the fields within it."""
    for name, field in fields.items():
        yield prefix + name, field
        yield from _paths(field.get("fields", {}), f"{prefix}{name}.")


EVERY = [(name, path, field) for name, table in CONTRACT["tables"].items() for path, field in _paths(table["fields"])]
PRIVATE: dict[str, list[str] | None] = {f"{name}.{path}": field.get("private") for name, path, field in EVERY}


def test_is_whole() -> None:
    assert (len(CONTRACT["tables"]), len(FIELDS), len(EVERY), len(INDEXES)) == (10, 81, 145, 56)
    assert sum("default" in field for _, _, field in EVERY) == 7
    assert sum(readers is not None for readers in PRIVATE.values()) == 5


@pytest.mark.parametrize("name", CONTRACT["tables"])
def test_collection(name: str) -> None:
    assert BY_NAME[name].collection == CONTRACT["tables"][name]["collection"]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_field(name: str, field: str) -> None:
    difference = DIFFERENCES["fields"].get(f"{name}.{field}", {})
    wanted = {**CONTRACT["tables"][name]["fields"][field], **difference}
    _check(BY_NAME[name].row, difference.get("row", field), wanted, f"{name}.{field}")


@pytest.mark.parametrize(("name", "index"), INDEXES)
def test_index(name: str, index: str) -> None:
    wanted = CONTRACT["tables"][name]["indexes"][index] | DIFFERENCES["indexes"].get(f"{name}.{index}", {})
    found = {there.name: there for there in BY_NAME[name].indexes}.get(index)
    assert found is not None, f"Declare the index {index} of {name}: the contract demands it."
    demanded = Index(
        index,
        tuple(wanted["columns"]),
        wanted.get("unique", False),
        wanted.get("partial"),
        wanted.get("expires", False),
    )
    assert shape(found) == shape(demanded), f"{name}.{index} is {found}, the contract says {wanted}."
    assert found.partial == wanted.get("partial"), f"{name}.{index} is for {found.partial}, the contract says {wanted}."


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, path, _ in EVERY])
def test_readers(name: str, path: str) -> None:
    policy = BY_NAME[name].policy
    rows = {probe for probe, actor in PROBES.items() if policy.read.admits(actor, ROW)}
    rules = [rule for private, rule in policy.private.items() if f"{_stored(name, path)}.".startswith(f"{private}.")]
    found = {probe for probe in rows if all(rule.admits(PROBES[probe], ROW) for rule in rules)}
    readers = _readers(f"{name}.{path}")
    assert found == (rows if readers is None else _named(readers)), f"{name}.{path}: look at the policy's `private`."


def _stored(name: str, path: str) -> str:
    return str(DIFFERENCES["fields"].get(f"{name}.{path}", {}).get("row", path))


def _readers(place: str) -> list[str] | None:
    """What the contract or a difference says of the field, or else of the field around it."""
    if place in DIFFERENCES["private"]:
        return list(DIFFERENCES["private"][place]["readers"])
    return PRIVATE[place] or _readers(place.rpartition(".")[0]) if place in PRIVATE else None


def _named(readers: list[str]) -> set[str]:
    return {probe for reader in readers for probe in (("answering", "billing") if reader == "service" else (reader,))}


@pytest.mark.parametrize("kind", ["fields", "indexes"])
def test_each_difference_is_one_and_has_its_reason(kind: str) -> None:
    for path, difference in DIFFERENCES[kind].items():
        name, own = path.split(".")
        demanded = CONTRACT["tables"][name][kind][own]
        assert difference["why"].endswith(".")
        assert {**demanded, **difference} != {**demanded, "why": difference["why"]}, f"{path} differs in nothing."


def test_each_difference_of_readers_is_one_and_has_its_reason() -> None:
    for path, difference in DIFFERENCES["private"].items():
        assert difference["why"].endswith(".")
        assert path in PRIVATE, f"{path} is no field of the contract."
        assert difference["readers"] != PRIVATE[path], f"{path} differs in nothing."


def _check(row: type[BaseModel], column: str, wanted: dict[str, Any], place: str) -> None:
    info = row.model_fields.get(column)
    assert info is not None, f"Add the column {column} to {row.__name__}: the contract demands {place}."
    options = _options(info.annotation)
    optional = type(None) in options or info.annotation is Any
    # What may be left out in the contract may have a default here, so that no reader has to ask for null.
    assert wanted.get("optional") or wanted["type"] == "json" or not optional, f"{place} must not be null."
    assert not wanted.get("optional") or optional or not info.is_required(), f"{place} may be left out."
    kind = next(option for option in options if option is not type(None))
    # Unix milliseconds are stored as a 64-bit integer.
    assert _kind(kind) == wanted["type"].replace("timestamp", "number"), (
        f"{place} holds {kind}, the contract says {wanted['type']}."
    )
    if "default" in wanted:
        assert info.default == wanted["default"], (
            f"{place} is {info.default!r} unless given, the contract says {wanted}."
        )
    if wanted["type"] == "enum":
        assert sorted(value.value for value in kind) == sorted(wanted["enum"])
    for inner, demanded in wanted.get("fields", {}).items():
        _check(_document(kind), inner, demanded, f"{place}.{inner}")


def _options(annotation: Any) -> tuple[Any, ...]:
    """The annotation's alternatives, without the constraints around them."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return tuple(option for part in get_args(annotation) for option in _options(part))
    return (annotation,)


def _kind(annotation: Any) -> str:
    """The contract's word for a Python type."""
    if get_origin(annotation) is list:
        return f"array<{_kind(_options(get_args(annotation)[0])[0])}>"
    if annotation is Any:
        return "json"
    if issubclass(annotation, StrEnum):
        return "enum"
    if issubclass(annotation, BaseModel):
        return "object"
    return {str: "string", int: "number", bool: "boolean", ObjectId: "id", datetime: "date"}[annotation]


def _document(annotation: Any) -> type[BaseModel]:
    inner: Any = _options(get_args(annotation)[0])[0] if get_origin(annotation) is list else annotation
    assert issubclass(inner, BaseModel)
    return inner  # type: ignore[no-any-return]  # checked in the line above
