"""Compiled execution: what runs compiled, what is left to the stock executor, and that nothing is done twice for it."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, OperationType, parse, validate

from graphql_api.app import FIRST_QUERY
from graphql_api.limits import VARIANTS
from graphql_api.operations.compilation import Pace
from graphql_api.operations.counters import OPERATIONS
from graphql_api.operations.prepare import Operations
from graphql_api.operations.run import run
from models import global_id
from models.actor import ANONYMOUS
from models.advisor.conversation import CONVERSATIONS
from models.store import Store
from models.store.connection import Database
from resolvers.context import Context
from tests.factories import advisor as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, Caller, People
from tests.golden.world import GOLDEN, PAPERS, definition, world


@pytest.fixture
def counted() -> Iterator[Counter[Any]]:
    """How many operations ran in which way since the test began."""
    before = Counter(OPERATIONS)
    OPERATIONS.clear()
    yield OPERATIONS
    OPERATIONS.update(before)


@pytest.fixture
async def ann(people: People) -> Caller:
    """Somebody."""
    return await people.person("ann")


@pytest.mark.parametrize("text", [*GOLDEN.values(), *PAPERS.values()], ids=[*GOLDEN, *PAPERS])
async def test_every_documented_operation_runs_compiled(
    api: Api, people: People, parties: Parties, schema: GraphQLSchema, counted: Counter[Any], text: str
) -> None:
    assert validate(schema, parse(text)) == []
    if definition(text).operation is OperationType.SUBSCRIPTION:
        return
    here = await world(people, parties)
    await api.data(text, here.variables(text), by=here.ann)
    assert {how for _, how in counted} == {"compiled"}


async def test_the_first_query_of_graphiql_runs_compiled(api: Api, ann: Caller, counted: Counter[Any]) -> None:
    await api.data(FIRST_QUERY, by=ann)
    assert counted == {("query", "compiled"): 1}


@pytest.mark.parametrize("text", ["{ __schema { description } }", '{ __typename a: __type(name: "ID") { name } }'])
async def test_introspection_is_the_executors(api: Api, counted: Counter[Any], text: str) -> None:
    await api.data(text)
    assert counted == {("query", "stock"): 1}


async def test_what_names_no_field_is_answered_at_once(api: Api, counted: Counter[Any]) -> None:
    assert await api.data("{ a: __typename __typename }") == {"a": "Query", "__typename": "Query"}
    assert counted == {("query", "compiled"): 1}
    assert api.calls.names == []


async def test_a_resolver_of_another_make_is_the_executors(counted: Counter[Any], store: Store) -> None:
    @strawberry.type
    class Query:
        """Reads in a way of its own."""

        @strawberry.field
        def ping(self) -> int:
            """One."""
            return 1

    operations = Operations(strawberry.Schema(Query)._schema, introspection=False)
    prepared = operations.prepare("{ ping }", None)
    for _ in range(2):
        assert (await run(prepared, None, Context(ANONYMOUS, store), seconds=5, compiled=True)).data == {"ping": 1}
    assert counted == {("query", "stock"): 2}


async def test_a_read_that_ends_badly_is_told_without_asking_again(
    api: Api, ann: Caller, counted: Counter[Any], database: Database
) -> None:
    for name in ("One", "Two"):
        await make.conversation(ann, title=name)
    await database[CONVERSATIONS.collection].update_one({"title": "One"}, {"$unset": {"title": 1}})
    answer = await api.answer("{ advisorConversations { nodes { title } } advisorMe { name } }", by=ann)
    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTERNAL"]
    assert answer["errors"][0]["path"][:2] == ["advisorConversations", "nodes"]
    assert counted == {("query", "rerendered"): 1}
    assert sorted(api.calls.names) == ["aggregate", "find", "find"]


async def test_a_write_whose_answer_ends_badly_is_not_done_twice(
    api: Api, ann: Caller, counted: Counter[Any], database: Database
) -> None:
    nameless = await make.advisor(name="Ada")
    await database["advisor_advisors"].update_one({"_id": nameless["_id"]}, {"$unset": {"persona.name": 1}})
    text = """mutation($input: AdvisorConversationCreateInput!) {
        advisorConversationCreate(input: $input) { conversation { title activeAdvisor { persona { name } } } } }"""
    given = {"title": "Once", "activeAdvisorId": global_id.encode("aAdv", nameless["_id"])}
    answer = await api.answer(text, {"input": given}, by=ann)
    assert answer["data"] == {"advisorConversationCreate": {"conversation": {"title": "Once", "activeAdvisor": None}}}
    assert [error["path"][-1] for error in answer["errors"]] == ["name"]
    assert counted == {("mutation", "rerendered"): 1}
    assert await database[CONVERSATIONS.collection].count_documents({}) == 1


THREE = """mutation($first: Int) {
    a: advisorConversationCreate(input: {title: "A"}) { conversation { title messages(first: 1) { totalCount } } }
    b: advisorConversationCreate(input: {title: "B"}) { conversation { title messages(first: $first) { totalCount } } }
    c: advisorConversationCreate(input: {title: "C"}) { conversation { title } }
}"""


async def test_mutations_follow_each_other_until_one_fails(
    api: Api, ann: Caller, counted: Counter[Any], database: Database
) -> None:
    conversations = database[CONVERSATIONS.collection]
    answer = await api.answer(THREE, {"first": 0}, by=ann)
    assert (answer["data"], [error["path"] for error in answer["errors"]]) == (None, [["b"]])
    assert [row["title"] for row in await conversations.find({}).sort("_id").to_list()] == ["A"]
    data = await api.data(THREE, {"first": 1}, by=ann)
    assert [payload["conversation"]["title"] for payload in data.values()] == ["A", "B", "C"]
    assert [row["title"] for row in await conversations.find({}).sort("_id").to_list()] == ["A", "A", "B", "C"]
    assert counted == {("mutation", "rerendered"): 1, ("mutation", "compiled"): 1}


async def test_directives_make_variants_and_these_are_bounded(
    store: Store, schema: GraphQLSchema, counted: Counter[Any], empty: None
) -> None:
    operations = Operations(schema, introspection=True)
    text = """query($a: Boolean!, $b: Boolean!, $c: Boolean = true, $d: Boolean!) {
        a: viewer @include(if: $a) { kind @skip(if: $b) ...F @include(if: $c) }
        b: viewer { ... @include(if: $d) { __typename } account { id } } }
        fragment F on Viewer { advisorUser { id } kind @skip(if: $d) }"""
    prepared = operations.prepare(text, None)
    for a, b, c, d in product((True, False), repeat=4):
        given = {"a": a, "b": b, "c": c, "d": d}
        found = [
            await run(prepared, given, Context(ANONYMOUS, store), seconds=5, compiled=compiled)
            for compiled in (True, False, True)
        ]
        assert [repr(one.data) for one in found] == [repr(found[0].data)] * 3
    assert counted == {("query", "compiled"): VARIANTS * 2, ("query", "stock"): 32 - VARIANTS * 2}


@pytest.mark.parametrize("text", ["{ a: __typename @skip(if: $v) }", "{ viewer { kind @include(if: $v) } }"])
async def test_a_directive_that_is_given_null_is_told_by_the_executor(
    store: Store, schema: GraphQLSchema, empty: None, text: str
) -> None:
    prepared = Operations(schema, introspection=True).prepare(f"query($v: Boolean = true) {text}", None)
    found = [
        await run(prepared, {"v": None}, Context(ANONYMOUS, store), seconds=5, compiled=compiled)
        for compiled in (True, False)
    ]
    assert found[0].errors
    assert [error.formatted for error in found[0].errors or ()] == [error.formatted for error in found[1].errors or ()]
    assert found[0].data == found[1].data


def test_the_pace_counts_by_the_second() -> None:
    now = [0.0]
    pace = Pace(2, lambda: now[0])
    assert [pace.allows() for _ in range(3)] == [True, True, False]
    now[0] = 0.99
    assert not pace.allows()
    now[0] = 1.0
    assert [pace.allows() for _ in range(3)] == [True, True, False]


async def test_beyond_the_pace_an_operation_is_compiled_when_it_comes_again(
    store: Store, schema: GraphQLSchema, counted: Counter[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphql_api.operations.prepare.COMPILED_AT_SIGHT", 1)
    operations = Operations(schema, introspection=True)
    ways = []
    for alias in ("a", "b", "b", "b"):
        prepared = operations.prepare(f"{{ {alias}: __typename }}", None)
        await run(prepared, None, Context(ANONYMOUS, store), seconds=5)
        ways.append([how for (_, how), number in counted.items() if number])
        counted.clear()
    assert ways == [["compiled"], ["stock"], ["compiled"], ["compiled"]]
