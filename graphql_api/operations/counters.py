"""Counts the operations that this process has run, by kind and by the path of their execution."""

from collections import Counter
from typing import Literal

Kind = Literal["query", "mutation", "subscription"]

How = Literal["compiled", "stock", "rerendered"]
"""`compiled`: by generated functions; `stock`: by graphql-core; `rerendered`: compiled, then again by graphql-core."""

OPERATIONS: Counter[tuple[Kind, How]] = Counter()
"""How many were run, of all applications of the process."""


def count_operation(kind: Kind, how: How) -> None:
    """Count one operation."""
    OPERATIONS[kind, how] += 1
