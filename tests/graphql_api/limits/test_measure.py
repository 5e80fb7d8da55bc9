"""How much an operation asks for, counted once per fragment."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_introspection_query, parse, validate

from graphql_api.limits import COST
from graphql_api.limits.measure import SATURATED, Measured, measure

SCHEMA: GraphQLSchema = build_schema("""
    type Query {
        posts(first: Int, last: Int): Posts  post(id: ID): Post  ping: Int
        nodes(ids: [ID!]): [Node]!  teams: TeamConnection  team: Team
    }
    type Posts { nodes: [Post]  totalCount: Int }
    interface Node { id: ID }
    type TeamConnection { nodes: [Team!]!  edges: [TeamEdge!]! }
    type TeamEdge { node: Team! }
    type Team implements Node { id: ID  members: [Team!]!  badges: [Badge!]!  tags: [String!]! }
    type Badge { name: String }
    type Post { id: ID  title: String  comments(first: Int): Comments  self: Post }
    type Comments { nodes: [Comment] }
    type Comment { id: ID  text: String }
""")


TOUR = re.findall(r"```graphql\n(.*?)```", Path("README.md").read_text(), re.DOTALL)

THREE_LEVELS = """query ThreeLevels {
    advisorConversations(first: 20) {
        nodes {
            id title activeAdvisor { id persona { name title } }
            messages(last: 10) { nodes { id sender content createdAt advisor { id persona { name } } } }
        }
    }
}"""


def measured(text: str) -> Measured:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return measure(document, operation, SCHEMA)


def doubling(levels: int, last: str, kind: str = "Query") -> str:
    steps = (f"fragment f{n} on {kind} {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    return " ".join([*steps, f"fragment f{levels} on {kind} {{ {last} }}"])


@pytest.mark.parametrize(
    ("text", "depth", "aliases", "root_fields", "directives"),
    [
        ("{ ping }", 1, 0, 1, 0),
        ("{ a: ping b: ping ping }", 1, 2, 3, 0),
        ("{ post { self { self { id } } } ping }", 4, 0, 2, 0),
        ("{ ... { ... on Query { ping } } }", 1, 0, 1, 0),
        ("{ ...F ...F } fragment F on Query { a: ping post { b: id } }", 2, 4, 4, 0),
        ("{ post { ...F } } fragment F on Post { self { x: id } }", 3, 1, 1, 0),
        ("query @a { ping @b @c ... @d { ping } ...F @e } fragment F on Query { ping @f }", 1, 0, 3, 6),
        ("{ ...Nowhere nothing { at { all } } }", 3, 0, 1, 0),
    ],
)
def test_counts(text: str, depth: int, aliases: int, root_fields: int, directives: int) -> None:
    found = measured(text)
    assert (found.depth, found.aliases, found.root_fields, found.directives) == (
        depth,
        aliases,
        root_fields,
        directives,
    )


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        ("{ ping }", None, 1),
        ("{ post { id title } }", None, 3),
        ("{ posts(first: 5) { nodes { id } } }", None, 1 + 5 * 2),
        ("{ posts(last: 7) { nodes { id } totalCount } }", None, 1 + 7 * 3),
        ("{ posts { nodes { id } } }", None, 1 + 20 * 2),
        ("query ($n: Int) { posts(first: $n) { nodes { id } } }", {"n": 50}, 1 + 50 * 2),
        ("query ($n: Int) { posts(first: $n) { nodes { id } } }", {}, 1 + 20 * 2),
        ("query ($n: Int = 3) { posts(first: $n) { nodes { id } } }", None, 1 + 3 * 2),
        ("query ($n: Int = 3) { posts(first: $n) { nodes { id } } }", {"n": 4}, 1 + 4 * 2),
        ("query ($n: Int) { posts(first: $n) { nodes { id } } }", {"n": "many"}, 1 + 20 * 2),
        ("query ($n: Int) { posts(first: $n) { nodes { id } } }", {"n": -5}, 1 + 2),
        ("{ posts(first: 10) { nodes { comments(first: 4) { nodes { id text } } } } }", None, 1 + 10 * (2 + 4 * 3)),
        (
            """query ($n: Int) { posts(first: 2) { ...P ...P } }
            fragment P on Posts { nodes { comments(first: $n) { nodes { id } } } }""",
            {"n": 3},
            1 + 2 * 2 * (2 + 3 * 2),
        ),
        ("{ posts(first: null, last: 100) { nodes { id } } }", None, 1 + 100 * 2),
        ("{ posts(first: 2, last: 100) { nodes { id } } }", None, 1 + 100 * 2),
        ("{ posts(first: null) { nodes { id } } }", None, 1 + 20 * 2),
        ("query ($n: Int) { posts(first: $n, last: 100) { nodes { id } } }", {}, 1 + 100 * 2),
        ("query ($n: Int) { posts(first: $n, last: 100) { nodes { id } } }", {"n": None}, 1 + 100 * 2),
        ("query ($n: Int, $m: Int) { posts(first: $n, last: $m) { nodes { id } } }", {"n": 2, "m": 90}, 1 + 90 * 2),
        ("query ($n: Int, $m: Int) { posts(first: $n, last: $m) { nodes { id } } }", {"n": None}, 1 + 20 * 2),
        ("query ($n: Int = 3) { posts(first: $n) { nodes { id } } }", {"n": None}, 1 + 20 * 2),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', None, 1 + 3),
        ("{ nodes(ids: []) { id } }", None, 1 + 1),
        ("{ nodes { id } }", None, 1 + 20),
        ("query ($ids: [ID!]) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 100}, 1 + 100),
        ("query ($ids: [ID!]) { nodes(ids: $ids) { id } }", {}, 1 + 20),
        ('query ($ids: [ID!] = ["a", "b"]) { nodes(ids: $ids) { id } }', None, 1 + 2),
        ("{ team { members { id } badges { name } tags } }", None, 1 + (1 + 20) + 2 + 1),
        ("{ teams { nodes { id } edges { node { id } } } }", None, 1 + 2 + 3),
        ("{ posts(first: " + "9" * 5000 + ") { nodes { id } } }", None, SATURATED),
        ("query ($n: Int) { posts(first: $n) { nodes { id } } }", {"n": 2**62}, SATURATED),
    ],
    ids=lambda value: str(value)[:50],
)
def test_the_price_multiplies_by_the_page(text: str, variables: dict[str, Any] | None, cost: int) -> None:
    assert measured(text).cost(variables) == cost


@pytest.mark.parametrize("text", [*TOUR, THREE_LEVELS], ids=lambda text: text.split()[1])
def test_what_the_readme_shows_costs_less_than_half_of_the_limit(schema: GraphQLSchema, text: str) -> None:
    document = parse(text)
    assert validate(schema, document) == []
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert 1 < measure(document, operation, schema).cost() < COST / 2


def test_what_graphiql_asks_is_cheap(schema: GraphQLSchema) -> None:
    document = parse(get_introspection_query())
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert measure(document, operation, schema).cost() < COST / 10


def test_doubling_fragments_saturate() -> None:
    found = measured("{ ...f0 } " + doubling(60, "a: ping b: ping @x"))
    assert (found.depth, found.aliases, found.root_fields, found.directives) == (1, SATURATED, SATURATED, SATURATED)
    assert found.cost() == SATURATED


def test_doubling_fragments_of_lists_saturate() -> None:
    found = measured("{ posts { nodes { ...f0 } } } " + doubling(60, "comments { nodes { id } }", "Post"))
    assert found.cost() == SATURATED
    assert found.depth == 5


def test_doubling_counts_exactly_below_saturation() -> None:
    assert measured("{ ...f0 } " + doubling(10, "a: ping")).aliases == 1024


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { ping ...A }",
        """{ ...A } fragment A on Query { post { ...B } } fragment B on Post { self { ...C } }
        fragment C on Post { id ...B }""",
    ],
)
def test_fragments_in_a_circle_end(text: str) -> None:
    assert measured(text).depth in {1, 3}


def test_long_chains_of_fragments_are_too_deep_and_not_a_crash() -> None:
    chain = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(2000))
    assert measured("{ ...f0 } " + chain).depth == SATURATED
