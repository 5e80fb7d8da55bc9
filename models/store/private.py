"""Private columns: what the caller may not read of a row that he may read is taken out before anyone sees it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from models.actor import Actor
from models.policy import Rule
from models.store.ask import Ask
from models.store.pipeline import SELECTIONS, touched
from models.table import Table


def redact(ask: Ask, actor: Actor, rows: Iterable[dict[Any, Any]]) -> None:
    """Blank, in place, each fetched private column of each row whose rule does not admit the actor."""
    guarded = [(rule.bound(actor), paths) for rule, paths in _guarded(ask.table, ask.columns)]
    if guarded:
        for row in rows:
            # Decide all before blanking any: a rule may read a column that is itself private.
            hidden = [paths for admits, paths in guarded if not admits(row)]
            for place in chain.from_iterable(hidden):
                _blank(row, place)


@lru_cache(SELECTIONS)
def _guarded(table: Table[Any], columns: frozenset[str]) -> tuple[tuple[Rule, Sequence[Sequence[str]]], ...]:
    """The rules that guard these columns, each with the paths of what it guards."""
    guarded: dict[Rule, list[Sequence[str]]] = defaultdict(list)
    for path, rule in touched(table, columns).items():
        guarded[rule].append(path.split("."))
    return tuple(guarded.items())


def _blank(row: dict[Any, Any], path: Sequence[str]) -> None:
    *outer, last = path
    for part in outer:
        inner = row.get(part)
        if not isinstance(inner, dict):
            return
        # The document inside may be another request's as well, whose rule admits it.
        row[part] = row = dict(inner)
    row.pop(last, None)
