"""Thousands of generated queries of several actors give the same bytes compiled and stock.

EQUALITY_SEED explores other operations than those of each run, EQUALITY_OPERATIONS another number of them. How many of
which kind there were is logged: `--log-cli-level=info` shows it.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Any

import orjson
from graphql import GraphQLSchema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.errors import Rejected
from graphql_api.operations.counters import OPERATIONS
from tests.equality.dataset import Dataset
from tests.equality.operations import SETS, Generated, generate
from tests.equality.operations import operations as generated
from tests.equality.values import Pool
from tests.equality.ways import Answer, Bench, alike

log = logging.getLogger(__name__)

SEED = int(os.environ.get("EQUALITY_SEED", "0"))
NUMBER = int(os.environ.get("EQUALITY_OPERATIONS", "5000"))

ACTORS = ("ann", "bob", "olga", "ann", "anonymous", "bob", "ann", "answering")
"""Who asks, in turn: two people with rows, an operator, a stranger, a service."""

AT_LEAST = {
    "valid": 0.95,
    "compiled": 0.6,
    "without errors": 0.6,
    "rows": 0.2,
    "errors in fields": 0.03,
    "nulls propagated": 0.01,
    "nulls": 0.2,
    "__typename": 0.3,
    "aliases": 0.3,
    "directives": 0.3,
    "fragments": 0.3,
    "fragments used twice": 0.05,
    "inline": 0.3,
    "merged": 0.3,
    "variables": 0.3,
}
"""Share of the operations that are of each kind, so that the test cannot quietly come to compare nothing."""


async def test_generated_queries_give_the_same_bytes(bench: Bench, dataset: Dataset) -> None:
    kinds, differences, done = Counter[str](), list[str](), set[str]()
    compiled_before = OPERATIONS["query", "compiled"]
    for asked, variables, actor in _asked(bench.operations.schema, dataset.pool):
        try:
            one, other = await bench.both(asked.text, variables, actor)
            done |= bench.operations.prepare(asked.text, None).root_fields
        except Rejected:
            continue
        kinds.update(["valid", *asked.features, *_kinds(other)])
        if not alike(one, other) and len(differences) < 3:
            differences.append(await bench.difference(asked.text, asked.variables, actor))
    kinds["compiled"] = OPERATIONS["query", "compiled"] - compiled_before
    log.info("of %d operations: %s", NUMBER, ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    assert not differences, "\n".join(differences)
    few = {kind: kinds[kind] for kind, share in AT_LEAST.items() if kinds[kind] < share * NUMBER}
    assert not few, f"Too few of {NUMBER} operations are of these kinds: {few}"
    query = bench.operations.schema.query_type
    assert query is not None
    missed = set(query.fields) - done
    assert not missed, f"Never asked: {sorted(missed)}"


@given(data=st.data())
@settings(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
async def test_hypothesis_finds_no_difference(bench: Bench, dataset: Dataset, data: st.DataObject) -> None:
    asked = data.draw(generated(bench.operations.schema, dataset.pool))
    for variables in asked.variables:
        one, other = await bench.both(asked.text, variables, "ann")
        assert alike(one, other)


def _asked(schema: GraphQLSchema, pool: Pool) -> Iterator[tuple[Generated, dict[str, Any], str]]:
    """Operations with their variables and who asks: each operation is asked by several."""
    random, actors = Random(SEED), cycle(ACTORS)  # noqa: S311 - the same operations each time
    for _ in range(NUMBER // SETS):
        asked = generate(schema, pool, random)
        yield from ((asked, variables, next(actors)) for variables in asked.variables)


def _kinds(answered: Answer) -> Iterator[str]:
    errors = [orjson.loads(error) for error in answered.errors]
    paths = [error["path"] for error in errors if "path" in error]
    data = orjson.loads(answered.data)
    found = {
        "without errors": not errors,
        "errors before the first field": bool(errors) and not paths,
        "errors in fields": bool(paths),
        "nulls propagated": any(_propagated(data, path) for path in paths),
        "nulls": b"null" in answered.data,
        "rows": len(answered.data) > 200,
    }
    yield from (kind for kind, holds in found.items() if holds)


def _propagated(data: Any, path: list[str | int]) -> bool:
    """Whether the error at the path has taken more than its own field with it."""
    for step in path:
        if data is None:
            return True
        data = data[step]
    return False
