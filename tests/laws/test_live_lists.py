"""Lists that stay up to date: their names, and that MongoDB keeps what they are told by."""

from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type

from models.table import Table
from models.tables import TABLES
from resolvers.plan import run_of

EVENT = {"kind", "cursor", "id", "node"}
BY_TYPE: dict[str, Table[Any]] = {table.type_name: table for table in TABLES}


def _fields(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    assert schema.subscription_type is not None
    return dict(schema.subscription_type.fields)


def _row(field: GraphQLField) -> GraphQLObjectType:
    event = get_named_type(field.type)
    assert isinstance(event, GraphQLObjectType)
    assert set(event.fields) == EVENT, f"{event.name} is no event of a list."
    row = get_named_type(event.fields["node"].type)
    assert isinstance(row, GraphQLObjectType)
    return row


def test_there_are_lists_that_stay_up_to_date(schema: GraphQLSchema) -> None:
    assert len(_fields(schema)) >= 6


def test_they_are_named_for_what_they_tell(schema: GraphQLSchema) -> None:
    wrong = [name for name in _fields(schema) if not name.endswith("Changes")]
    assert not wrong, f"End the names of subscription fields in `Changes`: {wrong}"


def test_each_can_be_resumed_and_compiled(schema: GraphQLSchema) -> None:
    fields = _fields(schema)
    assert not [name for name, field in fields.items() if "after" not in field.args], "Make each by `watched`."
    assert not [name for name, field in fields.items() if run_of(field) is None], "Make each by `watched`."
    assert not [name for name, field in fields.items() if {"before", "search", "near", "within"} & set(field.args)]


def test_the_tables_they_list_are_watched(schema: GraphQLSchema) -> None:
    """Without images of a row before and after, every change of it would be a RESYNC."""
    listed = {_row(field).name for field in _fields(schema).values()}
    unwatched = sorted(name for name in listed if not BY_TYPE[name].watched)
    assert not unwatched, f"Give these tables `watched=True`: {unwatched}"
    idle = sorted(table.type_name for table in TABLES if table.watched and table.type_name not in listed)
    assert not idle, f"No list of these tables is kept up to date; images cost each write: {idle}"
