"""Generated mutations do the same compiled and stock: the same answers, and the same rows afterwards.

Rows are written through documents that know one database, so both ways write in the same one, and between them all rows
are put back as they were. What is drawn by chance (codes, secrets) is the same for both.
"""

import logging
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from random import Random
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
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
from resolvers.buyer import search_run
from resolvers.context import Context
from tests.equality.dataset import Dataset
from tests.equality.gates import PlainGate
from tests.equality.operations import generate
from tests.equality.rows import Mask, Rows, kept, put_back
from tests.equality.values import Pool
from tests.equality.ways import Bench, Way, answer, compiled, encoded, stock

log = logging.getLogger(__name__)

NUMBER = int(os.environ.get("EQUALITY_MUTATIONS", "400"))
SEED = int(os.environ.get("EQUALITY_SEED", "0"))
ACTORS = {
    "advisor": ("ann", "olga", "ann", "answering", "bob", "anonymous", "ann"),
    "estate": ("ann", "estate-buyer", "ann", "olga", "ann", "bob", "estate-seller", "ann", "anonymous"),
    "buyer": ("ann", "buyer-chat", "ann", "search", "ann", "analysis", "ann", "answering", "bob", "anonymous"),
}
"""Who asks, in turn, by the product of the first mutation."""

MEANT_FOR = {
    **dict.fromkeys(("buyerChatMessageSend", "buyerPropertyInteraction", "buyerPropertyNote"), "buyer-chat"),
    **dict.fromkeys(("buyerChatMessage", "estateAgentInteractionLog"), "answering"),
    **dict.fromkeys(("buyerChatAgentInsightCreate", "buyerProfileAnalysis", "estateOfferAnalysis"), "analysis"),
    **dict.fromkeys(("buyerRepliersListings", "buyerSearchTransactionRecord"), "search"),
    **dict.fromkeys(("estateOfferCreate", "estateOfferWithdraw", "estateSavedSearch"), "estate-buyer"),
    **dict.fromkeys(("estateAgentInvite", "estateAgentDeactivate", "estateBuyerSessionErase"), "olga"),
    "estateListingEnrichment": "enrichment",
    "estateOffersExpire": "analysis",
}
"""Who asks every other time, by what the first mutation begins with, where few may do it at all."""

CANDIDATES = 4
"""Operations that are drawn for one that is asked: the one with most mutations that were not asked before."""

PERSONAS: tuple[Any, ...] = (
    {"persona": {"name": "Eve", "title": "Guide"}},
    {"persona": {"name": 5}},
    {"persona": None},
    [],
    1,
)

LINKS = ("image", "imageUrl", "icon", "images", "videos", "virtualTourUrl", "profileImage")

AT_LEAST = {"valid": 0.95, "compiled": 0.5, "written": 0.15, "refused": 0.2}
"""Share of the operations that are of each kind."""


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> Random:
    """What codes and secrets are drawn from: begun anew, it draws the same."""
    drawn = Random()  # noqa: S311 - nobody is kept out by these
    monkeypatch.setattr(secrets, "choice", drawn.choice)
    monkeypatch.setattr(secrets, "token_bytes", drawn.randbytes)
    # A search notes how long it took.
    monkeypatch.setattr(search_run, "time", SimpleNamespace(monotonic=lambda: 0.0))
    return drawn


async def test_generated_mutations_do_the_same(
    bench: Bench, dataset: Dataset, database: Database, chance: Random
) -> None:
    before, mask, kinds = await kept(database), Mask(), Counter[str]()
    compiled_before, done = OPERATIONS["mutation", "compiled"], set[str]()
    for text, variables, actor in _asked(bench.operations.schema, dataset.pool):
        try:
            done |= bench.operations.prepare(text, None).root_fields
        except Rejected:
            continue
        outcomes = []
        for way in (compiled, stock):
            chance.seed(0)
            outcomes.append(mask(await _outcome(bench, database, before, way, text, variables, actor)))
        one, other = outcomes
        assert encoded(one) == encoded(other), (
            f"{actor} asks with {variables}:\n{text}\ncompiled {one}\nstock    {other}"
        )
        kinds.update(["valid", *["written"] * bool(other["rows"]), *["refused"] * bool(other["refused"])])
    kinds["compiled"] = OPERATIONS["mutation", "compiled"] - compiled_before
    missed = set(_mutations(bench.operations.schema)) - done
    log.info("of %d operations: %s", NUMBER, ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    few = {kind: kinds[kind] for kind, share in AT_LEAST.items() if kinds[kind] < share * NUMBER}
    assert not few, f"Too few of {NUMBER} operations are of these kinds: {few}"
    assert not missed, f"Never asked: {sorted(missed)}"


async def _outcome(
    bench: Bench, database: Database, before: Rows, way: Way, text: str, variables: dict[str, Any], actor: str
) -> dict[str, Any]:
    """What is answered, and the rows afterwards where there are others, which are then put back."""
    context = Context(bench.actors[actor], bench.store, address="192.0.2.1", gate=PlainGate())
    answered = answer(await way(bench.operations.prepare(text, None), variables, context))
    return {
        "data": orjson.loads(answered.data),
        "errors": [orjson.loads(error) for error in answered.errors],
        "rows": await put_back(database, before),
        "refused": b'"code"' in answered.data or bool(answered.errors),
    }


def _asked(schema: GraphQLSchema, pool: Pool) -> Iterator[tuple[str, dict[str, Any], str]]:
    random = Random(SEED)  # noqa: S311 - the same operations each time
    actors = {product: cycle(names) for product, names in ACTORS.items()}
    named = {**pool, "ID": {**pool["ID"], **_ids(schema, pool)}, "Int": {**pool["Int"], "expectedVersion": [1, 1, 2]}}
    named["String"] = {**pool["String"], **dict.fromkeys(LINKS, ("https://example.com/a.png",))}
    named["JSON"] = {"json": PERSONAS}
    mutations, asked_before = set(_mutations(schema)), set[str]()
    for number in range(NUMBER):
        drawn = [generate(schema, named, random, "mutation") for _ in range(CANDIDATES)]
        asked = max(drawn, key=lambda each: len(_words(each.text) & mutations - asked_before))
        asked_before |= _words(asked.text)
        first = re.search(rf"\b({'|'.join(ACTORS)})[A-Z]\w*", asked.text)
        meant = next((who for name, who in MEANT_FOR.items() if first and first[0].startswith(name)), None)
        other = next(actors[first[1] if first else "advisor"])
        yield asked.text, asked.variables[0], meant if meant and number % 2 else other


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


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
