"""What the products' documents demand is there: every field with its type, default and readers, and every index."""

import types
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from bson import ObjectId
from pydantic import BaseModel

from models.store.indexes import shape
from models.table import Index, Table
from models.tables import TABLES
from tests.laws.contracts import CONTRACTS
from tests.laws.probes import PROBES

BY_NAME: dict[str, Table[Any]] = {table.type_name: table for table in TABLES}

FIELDS = [(contract.name, *place) for contract in CONTRACTS.values() for place in contract.fields]
INDEXES = [(contract.name, *place) for contract in CONTRACTS.values() for place in contract.indexes]
EVERY = [(contract.name, name, path) for contract in CONTRACTS.values() for name, path, _ in contract.every]
NAMES = [(contract.name, name) for contract in CONTRACTS.values() for name in contract.tables]

COUNTS = {
    "advisor": (10, 81, 145, 56, 7, 5),
    "agent": (1, 10, 10, 2, 1, 3),
    "estate": (8, 102, 128, 41, 5, 13),
    "buyer": (9, 135, 135, 34, 26, 19),
}
"""Of each contract: tables, fields, these with the fields within, indexes; and of the fields those with a default, and
those that not all readers of the row may read. The tenth table of the buyer chat are the agents."""

MEANINGS = {"number": {"int", "decimal"}, "timestamp": {"int"}}
"""What the contracts' words for numbers allow; Unix milliseconds are stored as a 64-bit integer."""


@pytest.mark.parametrize("product", CONTRACTS)
def test_is_whole(product: str) -> None:
    contract = CONTRACTS[product]
    defaults = sum("default" in field for _, _, field in contract.every)
    private = sum(readers is not None for readers in contract.private.values())
    found = (len(contract.tables), len(contract.fields), len(contract.every), len(contract.indexes))
    assert (*found, defaults, private) == COUNTS[product]


@pytest.mark.parametrize(("product", "name"), NAMES)
def test_collection(product: str, name: str) -> None:
    assert BY_NAME[name].collection == CONTRACTS[product].tables[name]["collection"]


@pytest.mark.parametrize(("product", "name", "field"), FIELDS)
def test_field(product: str, name: str, field: str) -> None:
    contract = CONTRACTS[product]
    difference = contract.differences["fields"].get(f"{name}.{field}", {})
    wanted = {**contract.tables[name]["fields"][field], **difference}
    table = BY_NAME[difference.get("table", name)]
    _check(table.row, difference.get("row", field), wanted, f"{name}.{field}")


@pytest.mark.parametrize(("product", "name", "index"), INDEXES)
def test_index(product: str, name: str, index: str) -> None:
    contract = CONTRACTS[product]
    wanted = contract.tables[name]["indexes"][index] | contract.differences["indexes"].get(f"{name}.{index}", {})
    own_name = wanted.get("name", index)
    found = {there.name: there for there in BY_NAME[wanted.get("table", name)].indexes}.get(own_name)
    assert found is not None, f"Declare the index {index} of {name}: the contract demands it."
    demanded = Index(
        own_name,
        tuple(wanted["columns"]),
        wanted.get("unique", False),
        wanted.get("partial"),
        wanted.get("expires", False),
    )
    assert shape(found) == shape(demanded), f"{name}.{index} is {found}, the contract says {wanted}."
    assert found.partial == wanted.get("partial"), f"{name}.{index} is for {found.partial}, the contract says {wanted}."


@pytest.mark.parametrize(("product", "name", "path"), EVERY)
def test_readers(product: str, name: str, path: str) -> None:
    contract, probes = CONTRACTS[product], PROBES[product]
    policy = BY_NAME[contract.differences["fields"].get(f"{name}.{path}", {}).get("table", name)].policy
    row = probes.row_of(name)
    rows = {probe for probe, actor in probes.callers.items() if policy.read.admits(actor, row)}
    stored = f"{contract.stored(name, path)}."
    rules = [rule for private, rule in policy.private.items() if stored.startswith(f"{private}.")]
    found = {probe for probe in rows if all(rule.admits(probes.callers[probe], row) for rule in rules)}
    readers = contract.readers(f"{name}.{path}")
    assert found == (rows if readers is None else probes.named(readers)), (
        f"{name}.{path}: look at the policy's `private`."
    )


@pytest.mark.parametrize("kind", ["fields", "indexes"])
@pytest.mark.parametrize("product", CONTRACTS)
def test_each_difference_is_one_and_has_its_reason(product: str, kind: str) -> None:
    contract = CONTRACTS[product]
    for path, difference in contract.differences[kind].items():
        name, own = path.split(".")
        demanded = contract.tables[name][kind][own]
        assert difference["why"].endswith(".")
        assert {**demanded, **difference} != {**demanded, "why": difference["why"]}, f"{path} differs in nothing."


@pytest.mark.parametrize("product", CONTRACTS)
def test_each_difference_of_readers_is_one_and_has_its_reason(product: str) -> None:
    contract = CONTRACTS[product]
    for path, difference in contract.differences["private"].items():
        assert difference["why"].endswith(".")
        assert path in contract.private, f"{path} is no field of the contract."
        assert difference["readers"] != contract.private[path], f"{path} differs in nothing."


def _check(row: type[BaseModel], column: str, wanted: dict[str, Any], place: str) -> None:
    info = row.model_fields.get(column)
    assert info is not None, f"Add the column {column} to {row.__name__}: the contract demands {place}."
    options = _options(info.annotation)
    optional = type(None) in options or info.annotation is Any
    # What may be left out in the contract may have a default here, so that no reader has to ask for null.
    assert wanted.get("optional") or wanted["type"] == "json" or not optional, f"{place} must not be null."
    assert not wanted.get("optional") or optional or not info.is_required(), f"{place} may be left out."
    kind = next(option for option in options if option is not type(None))
    assert _holds(_kind(kind), wanted["type"]), f"{place} holds {kind}, the contract says {wanted['type']}."
    if "default" in wanted:
        default = info.get_default(call_default_factory=True, validated_data={})
        assert default == wanted["default"], f"{place} is {default!r} unless given, the contract says {wanted}."
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


def _holds(kind: str, demanded: str) -> bool:
    """Whether it is what the contract demands: a document says "number" where another tells whole ones from others."""
    if demanded.startswith("array<"):
        return kind.startswith("array<") and _holds(kind[6:-1], demanded[6:-1])
    return kind in MEANINGS.get(demanded, {demanded})


def _kind(annotation: Any) -> str:
    """The contract's word for a Python type."""
    if get_origin(annotation) is list:
        return f"array<{_kind(_options(get_args(annotation)[0])[0])}>"
    if annotation is Any:
        return "json"
    if issubclass(annotation, StrEnum):
        return "enum"
    if issubclass(annotation, ObjectId):
        return "id"
    if issubclass(annotation, BaseModel):
        return "geojson_point" if set(annotation.model_fields) == {"type", "coordinates"} else "object"
    return {str: "string", int: "int", float: "decimal", bool: "boolean", datetime: "date"}[annotation]


def _document(annotation: Any) -> type[BaseModel]:
    inner: Any = _options(get_args(annotation)[0])[0] if get_origin(annotation) is list else annotation
    assert issubclass(inner, BaseModel)
    return inner  # type: ignore[no-any-return]  # checked in the line above
