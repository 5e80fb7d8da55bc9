"""Each table has a type, a factory and a test, and each column is shown by the type or hidden by name."""

import types
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Union, get_args, get_origin

import pytest
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type, is_non_null_type
from pydantic import BaseModel

from models.row import Row
from models.table import Table
from models.tables import TABLES
from resolvers.plan import Columns, ToOne, need_of
from resolvers.table import computed
from tests.laws.sources import ROOT

INTERNAL: dict[str, str] = {
    "AccountSignIn": "refresh tokens are proven by it; it holds hashes of them alone, and who signs in has them",
    "EstateAgentCredential": "passwords and mailed secrets are proven by it; it holds hashes of them alone",
    "Mail": "mails wait in it for the worker that sends them; what they hold is nobody's but the receiver's",
}
"""Type names of tables that clients never see, each with the reason."""

SHOWN = tuple(table for table in TABLES if table.type_name not in INTERNAL)

TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.type_name)
SHOWN_TABLE = pytest.mark.parametrize("table", SHOWN, ids=lambda table: table.type_name)


def _place(table: Table[Any]) -> tuple[str, str]:
    """The domain and the file of a table: ("advisor", "team_template")."""
    _, domain, file = table.row.__module__.split(".")
    return domain, file


def _type(schema: GraphQLSchema, table: Table[Any]) -> GraphQLObjectType:
    kind = schema.get_type(table.type_name)
    assert isinstance(kind, GraphQLObjectType)
    return kind


@TABLE
def test_has_a_type(schema: GraphQLSchema, table: Table[Any]) -> None:
    if table.type_name in INTERNAL:
        assert schema.get_type(table.type_name) is None
        return
    domain, file = _place(table)
    kind = schema.get_type(table.type_name)
    assert isinstance(kind, GraphQLObjectType), (
        f"Write the type {table.type_name} in resolvers/{domain}/{file}.py, or give INTERNAL the reason for none."
    )
    assert "Node" in {interface.name for interface in kind.interfaces}, f"{table.type_name} must be a Node."


@TABLE
def test_has_a_factory(table: Table[Any]) -> None:
    domain, file = _place(table)
    factories = import_module(f"tests.factories.{domain}")
    assert callable(getattr(factories, file, None)), f"Write `{file}` in tests/factories/{domain}.py."


@TABLE
def test_has_a_test(table: Table[Any]) -> None:
    domain, file = _place(table)
    room = "models" if table.type_name in INTERNAL else "resolvers"
    path = ROOT / "tests" / room / domain / f"test_{file}.py"
    assert path.exists(), f"Write tests/{room}/{domain}/test_{file}.py: each rule, as each kind of actor."


@SHOWN_TABLE
def test_shows_each_column_or_hides_it(schema: GraphQLSchema, table: Table[Any]) -> None:
    shown = {path.split(".")[0] for _, _, paths in _shown(_type(schema, table)) for path in paths}
    assert shown <= table.columns, f"{table.type_name} shows {sorted(shown - table.columns)}, which no row has."
    assert table.hidden <= table.columns, f"`hidden` names {sorted(table.hidden - table.columns)}, which no row has."
    missing = table.columns - shown - table.hidden
    assert not missing, f"{table.type_name}: show {sorted(missing)}, or name them in the table's `hidden`."
    both = shown & table.hidden
    assert not both, f"{table.type_name} shows {sorted(both)}: take them out of the table's `hidden`."


@SHOWN_TABLE
def test_may_be_null_where_the_row_may(schema: GraphQLSchema, table: Table[Any]) -> None:
    wrong = list(_too_strict(_type(schema, table), table, table.row, ""))
    assert not wrong, f"These may be missing in a row, or blanked by a private rule; make them nullable: {wrong}"


@TABLE
def test_private_columns_exist(table: Table[Any]) -> None:
    wrong = [path for path in table.policy.private if not _exists(table.row, path.split("."))]
    assert not wrong, f"{table.type_name}: the policy keeps {wrong} private, which no row has."
    rules = [getattr(table.policy, verb) for verb in ("read", "create", "update", "delete")]
    named = frozenset().union(*(rule.columns for rule in (*rules, *table.policy.private.values())))
    assert named <= table.columns, f"{table.type_name}: rules read {sorted(named - table.columns)}, which no row has."


@TABLE
def test_private_columns_lie_in_no_list(table: Table[Any]) -> None:
    wrong = [path for path in table.policy.private if _in_a_list(table.row, path.split("."))]
    assert not wrong, (
        f"{table.type_name}: the store blanks documents, not elements of lists; keep {wrong} private whole."
    )


@TABLE
def test_names_its_shard_key(table: Table[Any]) -> None:
    assert table.shard_key, f"{table.type_name}: name the columns by which its collection would be sharded."
    assert set(table.shard_key) <= table.columns


def _shown(kind: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField, tuple[str, ...]]]:
    """The fields that show columns, with the columns' paths; what the caller may do is no column."""
    for name, field in kind.fields.items():
        need = need_of(field)
        if isinstance(need, Columns) and not name.startswith("viewerCan"):
            yield name, field, need.paths or (name,)
        elif isinstance(need, ToOne):
            yield name, field, (need.column,)


def _too_strict(kind: GraphQLObjectType, table: Table[Any], row: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field, paths in _shown(kind):
        need = need_of(field)
        blanked = any(_blanked(table, prefix + path) for path in paths)
        missing = isinstance(need, Columns) and not _computed(field) and _may_be_none(row, paths[0])
        if is_non_null_type(field.type) and (blanked or missing or _one(need)):
            yield f"{kind.name}.{name}"
        inner = _inner(row, name)
        if isinstance(need, Columns) and need.embedded and inner is not None:
            below = get_named_type(field.type)
            assert isinstance(below, GraphQLObjectType)
            yield from _too_strict(below, table, inner, f"{prefix}{name}.")


def _computed(field: GraphQLField) -> bool:
    """Whether the field's own function makes a value of the columns, whatever they hold."""
    resolver = field.extensions["strawberry-definition"].base_resolver
    return resolver is not None and resolver.wrapped_func.__qualname__.startswith(f"{computed.__name__}.")


def _one(need: object) -> bool:
    """Whether the field shows another row, which may be gone or not for the caller to see."""
    return isinstance(need, ToOne) and not need.many


def _blanked(table: Table[Any], path: str) -> bool:
    """Whether a private rule stands over exactly this column; what lies outside of it is nullable itself."""
    return path in table.policy.private


def _may_be_none(row: type[BaseModel], column: str) -> bool:
    info = row.model_fields.get(column)
    if info is None:
        return False
    # Free content that must be given is never null: the input's type says so.
    return not info.is_required() if info.annotation is Any else type(None) in _options(info.annotation)


def _options(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)


def _inner(row: type[BaseModel], column: str) -> type[BaseModel] | None:
    """The document that a column holds, once or in a list."""
    waiting = [row.model_fields[column].annotation] if column in row.model_fields else []
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not issubclass(annotation, Row):
            return annotation
        waiting += get_args(annotation)
    return None


def _exists(row: type[BaseModel], path: list[str]) -> bool:
    name, *below = path
    if name == "_id":
        return not below
    inner = _inner(row, name)
    return name in row.model_fields and (not below or (inner is not None and _exists(inner, below)))


def _in_a_list(row: type[BaseModel], path: list[str]) -> bool:
    """Whether a part of the path before the last one holds a list."""
    name, *below = path
    inner = _inner(row, name)
    if not below or inner is None:
        return False
    return list in _containers(row.model_fields[name].annotation) or _in_a_list(inner, below)


def _containers(annotation: Any) -> set[Any]:
    """What holds the values of an annotation, at any depth of it."""
    return {get_origin(annotation)}.union(*(_containers(part) for part in get_args(annotation)))
