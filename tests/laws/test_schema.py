"""The schema as it is written down is the schema as it is served, and no root field hides another."""

import pytest
import strawberry
from graphql import build_schema, validate_schema
from strawberry.tools import merge_types

import resolvers.schema
from graphql_api.commands.access import access_text
from graphql_api.schema import schema_text
from tests.laws.sources import ROOT


@strawberry.type
class One:
    """A product's fields."""

    node: int


@strawberry.type
class Other:
    """Another product's, one of them by the same name."""

    node: str


def test_merging_warns_of_a_field_that_hides_another() -> None:
    with pytest.warns(UserWarning, match="Both has overridden fields: node"):
        merge_types("Both", (One, Other))


def test_a_root_field_that_is_there_twice_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers.schema, "ViewerQueries", One)
    with pytest.raises(UserWarning, match="Query has overridden fields: node"):
        resolvers.schema.build_schema()


def test_the_schema_is_valid_on_its_own() -> None:
    assert validate_schema(build_schema(schema_text())) == []


def test_schema_file_is_fresh() -> None:
    path = ROOT / "schema.graphql"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    assert written == schema_text(), "schema.graphql is stale: run `python -m graphql_api schema --write`."


def test_access_file_is_fresh() -> None:
    path = ROOT / "access.txt"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    assert written == access_text(), "access.txt is stale: run `python -m graphql_api access --write`."
