"""Private columns: what the caller may not read of a row that he may read is taken out before anyone sees it."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

from models.actor import Actor
from models.policy import Rule
from models.store.ask import Ask
from models.store.pipeline import overlap


def redact(ask: Ask, actor: Actor, rows: Iterable[dict[Any, Any]]) -> None:
    """Blank, in place, each fetched private column of each row whose rule does not admit the actor."""
    guarded: dict[Rule, list[list[str]]] = defaultdict(list)
    for path, rule in ask.table.policy.private.items():
        if any(overlap(path, column) for column in ask.fetched):
            guarded[rule].append(path.split("."))
    if guarded:
        for row in rows:
            # Decide all before blanking any: a rule may read a column that is itself private.
            hidden = [paths for rule, paths in guarded.items() if not rule.admits(actor, row)]
            for place in chain.from_iterable(hidden):
                _blank(row, place)


def _blank(row: dict[Any, Any], path: list[str]) -> None:
    *outer, last = path
    for part in outer:
        inner = row.get(part)
        if not isinstance(inner, dict):
            return
        row = inner
    row.pop(last, None)
