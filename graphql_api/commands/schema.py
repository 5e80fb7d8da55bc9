"""Shows and writes `schema.graphql`, and tells what a change of it would break for clients."""

from pathlib import Path

import typer
from graphql import build_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

from graphql_api.schema import schema_text

FILE = Path("schema.graphql")


def show(*, write: bool) -> None:
    """Print the schema, or write it to its file in the working directory."""
    if write:
        FILE.write_text(schema_text())
        typer.echo(f"Wrote {FILE}.")
    else:
        typer.echo(schema_text(), nl=False)


def compare(since: Path) -> int:
    """Print what changed for clients since an older schema; the exit code, 1 when something breaks them."""
    old, new = since.read_text(), schema_text()
    breaking = breaking_changes(old, new)
    for change in breaking:
        typer.echo(f"Breaking: {change}")
    for change in dangerous_changes(old, new):
        typer.echo(f"Dangerous: {change}")
    if not breaking:
        typer.echo(f"Nothing breaks the clients of {since}.")
    return 1 if breaking else 0


def breaking_changes(old: str, new: str) -> list[str]:
    """What in the `new` schema breaks operations that were valid under the `old` one, a sentence each.

    Raises GraphQLSyntaxError or TypeError for a text that is no schema.
    """
    return sorted(change.description for change in find_breaking_changes(build_schema(old), build_schema(new)))


def dangerous_changes(old: str, new: str) -> list[str]:
    """What breaks no operation and may still surprise a client: a new enum value, another default."""
    return sorted(change.description for change in find_dangerous_changes(build_schema(old), build_schema(new)))
