"""Private columns: what the caller may not read of a row that he may read is taken out before anyone sees it."""

from collections.abc import Iterable
from typing import Any

from models.actor import Actor
from models.store.ask import Ask
from models.store.pipeline import overlap


def redact(ask: Ask, actor: Actor, rows: Iterable[dict[Any, Any]]) -> None:
    """Blank, in place, each asked private column of each row whose rule does not admit the actor."""
    asked = [
        (path.split("."), rule)
        for path, rule in ask.table.policy.private.items()
        if any(overlap(path, column) for column in ask.columns)
    ]
    if asked:
        for row in rows:
            # Decide all before blanking any: a rule may read a column that is itself private.
            hidden = [path for path, rule in asked if not rule.admits(actor, row)]
            for path in hidden:
                _blank(row, path)


def _blank(row: dict[Any, Any], path: list[str]) -> None:
    *outer, last = path
    for part in outer:
        inner = row.get(part)
        if not isinstance(inner, dict):
            return
        row = inner
    row.pop(last, None)
