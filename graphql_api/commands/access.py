"""Shows and writes `access.txt`: who may do what with each table, in words, so that review sees a change of rights."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from models.table import Table
from models.tables import TABLES

TITLE = "Who may do what. Written by `python -m graphql_api access --write` from the policies beside the rows.\n"
PRIVATE = "A line `read column` names who sees that column, of those who may read the row; the others get null.\n"

FILE = Path("access.txt")
VERBS = ("read", "create", "update", "delete")


def show(*, write: bool) -> None:
    """Print the text, or write it to its file in the working directory."""
    if write:
        FILE.write_text(access_text())
        typer.echo(f"Wrote {FILE}.")
    else:
        typer.echo(access_text(), nl=False)


def access_text() -> str:
    """A line for each table and verb, and for each private column, ordered by the names of the types."""
    lines = [line for table in sorted(TABLES, key=lambda table: table.type_name) for line in _lines(table)]
    names, whats = (max(len(line[column]) for line in lines) for column in (0, 1))
    blocks = [TITLE + PRIVATE]
    for table in sorted({name for name, _, _ in lines}):
        own = (line for line in lines if line[0] == table)
        blocks.append("".join(f"{name:<{names}}  {what:<{whats}}  {who}\n" for name, what, who in own))
    return "\n".join(blocks)


def _lines(table: Table[Any]) -> Iterator[tuple[str, str, str]]:
    """(type, what, who) of one table."""
    for verb in VERBS:
        yield table.type_name, verb, getattr(table.policy, verb).words
    for path, rule in sorted(table.policy.private.items()):
        yield table.type_name, f"read {path}", rule.words
