"""What a change of the schema means for those who use it."""

from pathlib import Path

import pytest
from graphql import GraphQLSyntaxError

from graphql_api.commands.schema import breaking_changes, compare, dangerous_changes, show
from graphql_api.schema import schema_text

OLD = """
type Query { post(id: ID!): Post }
type Post { title: String! votes: Int views: Int kind: Kind }
enum Kind { SHORT LONG }
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("votes: Int", ""), ["Field Post.votes was removed."]),
        (("title: String!", "title: String"), ["Field Post.title changed type from String! to String."]),
        (("id: ID!", "id: ID!, in: ID!"), ["A required argument Query.post(in:) was added."]),
        (("SHORT LONG", "SHORT"), ["Enum value Kind.LONG was removed."]),
        (("votes: Int", "votes: Int seen: Int"), []),
    ],
)
def test_what_breaks(change: tuple[str, str], told: list[str]) -> None:
    assert breaking_changes(OLD, OLD.replace(*change)) == told


def test_what_may_surprise() -> None:
    new = OLD.replace("SHORT LONG", "SHORT LONG VAST")
    assert breaking_changes(OLD, new) == []
    assert dangerous_changes(OLD, new) == ["Enum value Kind.VAST was added."]


def test_what_is_no_schema() -> None:
    with pytest.raises(GraphQLSyntaxError):
        breaking_changes("type {", OLD)


def test_compares_with_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same, older = tmp_path / "same.graphql", tmp_path / "older.graphql"
    same.write_text(schema_text())
    older.write_text(schema_text() + "\ntype Gone { id: ID! }\n")
    assert compare(same) == 0
    assert capsys.readouterr().out == f"Nothing breaks the clients of {same}.\n"
    assert compare(older) == 1
    assert capsys.readouterr().out == "Breaking: Gone was removed.\n"


def test_is_written_to_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    show(write=True)
    assert (tmp_path / "schema.graphql").read_text() == schema_text()
