"""Generated mutations do the same compiled and stock: the same answers, and the same rows afterwards.

Rows are written through documents that know one database, so both ways write in the same one, and between them all rows
are put back as they were.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Any

import orjson
from bson import ObjectId
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_input_field,
)

from graphql_api.errors import Rejected
from graphql_api.operations.counters import OPERATIONS
from models import global_id
from models.store.connection import Database
from models.tables import TABLES
from resolvers.context import Context
from tests.equality.dataset import Dataset
from tests.equality.operations import generate
from tests.equality.rows import Mask, Rows, kept, put_back
from tests.equality.values import Pool
from tests.equality.ways import Bench, Way, answer, compiled, encoded, stock

log = logging.getLogger(__name__)

NUMBER = int(os.environ.get("EQUALITY_MUTATIONS", "300"))
SEED = int(os.environ.get("EQUALITY_SEED", "0"))
ACTORS = ("ann", "olga", "ann", "answering", "bob", "anonymous", "ann")

PERSONAS: tuple[Any, ...] = (
    {"persona": {"name": "Eve", "title": "Guide"}},
    {"persona": {"name": 5}},
    {"persona": None},
    [],
    1,
)

AT_LEAST = {"valid": 0.95, "compiled": 0.5, "written": 0.15, "refused": 0.2, "every mutation": 1.0}
"""Share of the operations (of the mutations, for the last) that are of each kind."""


async def test_generated_mutations_do_the_same(bench: Bench, dataset: Dataset, database: Database) -> None:
    before, mask, kinds = await kept(database), Mask(), Counter[str]()
    compiled_before, done = OPERATIONS["mutation", "compiled"], set[str]()
    for text, variables, actor in _asked(bench.operations.schema, dataset.pool):
        try:
            done |= bench.operations.prepare(text, None).root_fields
        except Rejected:
            continue
        one, other = [
            mask(await _outcome(bench, database, before, way, text, variables, actor)) for way in (compiled, stock)
        ]
        assert encoded(one) == encoded(other), (
            f"{actor} asks with {variables}:\n{text}\ncompiled {one}\nstock    {other}"
        )
        written, refused = other["rows"] != mask(before), bool(other["refused"])
        kinds.update(["valid", *["written"] * written, *["refused"] * refused])
    kinds["compiled"] = OPERATIONS["mutation", "compiled"] - compiled_before
    kinds["every mutation"] = NUMBER * len(done - {"__typename"}) // len(_mutations(bench.operations.schema))
    log.info("of %d operations: %s", NUMBER, ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    few = {kind: kinds[kind] for kind, share in AT_LEAST.items() if kinds[kind] < share * NUMBER}
    assert not few, f"Too few of {NUMBER} operations are of these kinds: {few}"


async def _outcome(
    bench: Bench, database: Database, before: Rows, way: Way, text: str, variables: dict[str, Any], actor: str
) -> dict[str, Any]:
    """What is answered, and the rows afterwards, which are then put back."""
    context = Context(bench.actors[actor], bench.store)
    answered = answer(await way(bench.operations.prepare(text, None), variables, context))
    after = await kept(database)
    await put_back(database, before, after)
    errors = [orjson.loads(error) for error in answered.errors]
    return {
        "data": orjson.loads(answered.data),
        "errors": errors,
        "rows": after,
        "refused": b'"code"' in answered.data or bool(errors),
    }


def _asked(schema: GraphQLSchema, pool: Pool) -> Iterator[tuple[str, dict[str, Any], str]]:
    random, actors = Random(SEED), cycle(ACTORS)  # noqa: S311 - the same operations each time
    named = {**pool, "ID": {**pool["ID"], **_ids(schema, pool)}, "Int": {**pool["Int"], "expectedVersion": [1, 1, 2]}}
    named["String"] = {**pool["String"], **dict.fromkeys(("image", "imageUrl", "icon"), ("https://example.com/a.png",))}
    named["JSON"] = {"json": PERSONAS}
    for _ in range(NUMBER):
        asked = generate(schema, named, random, "mutation")
        yield asked.text, asked.variables[0], next(actors)


def _ids(schema: GraphQLSchema, pool: Pool) -> dict[str, list[str]]:
    """What stands for `id` in each input: a row of what the mutation is called after, or the client's choice."""
    tables = {table.type_name[0].lower() + table.type_name[1:]: table for table in TABLES}
    ids: dict[str, list[str]] = {}
    for name, definition in _mutations(schema).items():
        offered = get_named_type(definition.args["input"].type)
        assert isinstance(offered, GraphQLInputObjectType)
        table = tables[max((noun for noun in tables if name.startswith(noun)), key=len, default="advisor")]
        if "id" in offered.fields:
            chosen = [global_id.encode(table.tag, ObjectId(f"{number:024x}")) for number in range(1, 4)]
            known = [key for key in pool["ID"]["every"] if key.startswith(table.tag)]
            ids[f"Mutation.{name}.input.id"] = known if is_required_input_field(offered.fields["id"]) else chosen
    return ids


def _mutations(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    assert schema.mutation_type is not None
    fields: dict[str, GraphQLField] = schema.mutation_type.fields
    return fields
