"""From the text of a document to prepared operations, and every way not to get there."""

import orjson
import pytest
from graphql import GraphQLSchema, build_schema, get_introspection_query

from graphql_api.errors import Rejected, code_of
from graphql_api.limits import ERRORS_BYTES, QUERY_BYTES
from graphql_api.operations.prepare import Kind, Operations

SCHEMA: GraphQLSchema = build_schema("""
    type Query { ping: Int  node(id: ID): Node  nodes(first: Int): [Node] }
    type Node { id: ID  next: Node  nodes(first: Int): [Node] }
    type Mutation { add: Int  drop: Int }
    type Subscription { ticks: Int }
""")


@pytest.fixture
def operations() -> Operations:
    return Operations(SCHEMA, introspection=True, suggestions=True)


@pytest.fixture
def closed() -> Operations:
    return Operations(SCHEMA, introspection=False, suggestions=True)


def refusal(operations: Operations, text: str, name: str | None = None) -> tuple[str | None, str]:
    with pytest.raises(Rejected) as caught:
        operations.prepare(text, name)
    assert caught.value.status == 400
    first = caught.value.errors[0]
    return code_of(first), first.message


@pytest.mark.parametrize(
    ("text", "name", "kind", "root_fields"),
    [
        ("{ ping }", None, "query", {"ping"}),
        ("query A { a: ping } mutation B { b: add drop }", "B", "mutation", {"add", "drop"}),
        ("subscription { ticks }", None, "subscription", {"ticks"}),
        ("{ ...F ... { __typename } } fragment F on Query { n: node { id } ...G } fragment G on Query { ping }",
         None, "query", {"node", "ping", "__typename"}),
    ],
)  # fmt: skip
def test_an_operation_is_prepared(
    operations: Operations, text: str, name: str | None, kind: Kind, root_fields: set[str]
) -> None:
    prepared = operations.prepare(text, name)
    assert (prepared.kind, prepared.name, set(prepared.root_fields)) == (kind, name, root_fields)


def test_the_same_text_is_prepared_once(operations: Operations) -> None:
    text = "query A { ping } query B { ping }"
    assert operations.prepare(text, "A") is operations.prepare(text, "A")
    assert operations.prepare(text, "A").document is operations.prepare(text, "B").document


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ ping } \x00", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A } fragment A on Query { ping ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("type Query { ping: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment A on Query { ping }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ping " + "a" * QUERY_BYTES + " }", "QUERY_TOO_LARGE"),
        ("{ " + "ping " * 1000 + "}", "TOO_MANY_TOKENS"),
        ("{ node " * 250 + "{ id }" + "}" * 250, "TOO_DEEP"),
        ("{ node(id: " + "[" * 400 + "]" * 400 + ") { id } }", "TOO_DEEP"),
        ("{ node(id: " + "{a:" * 230 + "1" + "}" * 230 + ") { id } }", "TOO_DEEP"),
        ("{ node " + "{ next " * 15 + "}" * 15 + "}", "TOO_DEEP"),
        ("{ node { " + " ".join(f"a{n}: id" for n in range(31)) + " } }", "TOO_MANY_ALIASES"),
        ("{ " + "ping " * 21 + "}", "TOO_MANY_ROOT_FIELDS"),
        ("{ ping " + "@skip(if: false) " * 51 + "}", "TOO_MANY_DIRECTIVES"),
        ("query A { ping } query B { " + "ping " * 21 + "}", "TOO_MANY_ROOT_FIELDS"),
    ],
    ids=lambda value: value[:40],
)
def test_a_document_is_refused_with_a_stable_code(operations: Operations, text: str, code: str) -> None:
    for _ in range(2):  # the second answer comes from the shelf of refusals
        assert refusal(operations, text)[0] == code


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("query A { ping } query B { ping }", None, "`operationName`"),
        ("query A { ping }", "B", "'B'"),
        ("{ ping }", "B", "'B'"),
    ],
)
def test_a_name_that_chooses_nothing(operations: Operations, text: str, name: str | None, words: str) -> None:
    code, message = refusal(operations, text, name)
    assert code == "OPERATION_NOT_FOUND"
    assert words in message


def test_a_document_without_operation_is_refused(operations: Operations) -> None:
    assert refusal(operations, "fragment A on Query { ping }")[0] == "GRAPHQL_VALIDATION_FAILED"


def test_doubling_fragments_are_refused_before_validation(operations: Operations) -> None:
    steps = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(30))
    code, message = refusal(operations, "{ ...f0 } " + steps + " fragment f30 on Query { nowhere }")
    assert code == "TOO_MANY_ROOT_FIELDS"
    assert "more than 1000000000" in message


def test_introspection_is_open_where_it_is_allowed(operations: Operations) -> None:
    query = get_introspection_query(input_value_deprecation=True)
    assert operations.prepare(query, None).root_fields == {"__schema"}


@pytest.mark.parametrize("text", ["{ __schema { types { name } } }", '{ ping __type(name: "Node") { name } }'])
def test_introspection_is_closed_where_it_is_not(closed: Operations, text: str) -> None:
    assert refusal(closed, text)[0] == "INTROSPECTION_DISABLED"
    assert closed.prepare("{ __typename }", None).kind == "query"


def test_names_are_suggested_only_with_introspection(operations: Operations, closed: Operations) -> None:
    assert refusal(operations, "{ pinq }")[1] == "Cannot query field 'pinq' on type 'Query'. Did you mean 'ping'?"
    assert refusal(closed, "{ pinq }")[1] == "Cannot query field 'pinq' on type 'Query'."


def test_errors_are_few_and_short(operations: Operations) -> None:
    with pytest.raises(Rejected) as caught:
        operations.prepare("{ node { " + " ".join(f"nothing{n}" for n in range(500)) + " } }", None)
    errors = caught.value.errors
    assert len(errors) < 101
    assert sum(len(orjson.dumps(error.formatted)) for error in errors) < ERRORS_BYTES + 200
    assert code_of(errors[-1]) == "ERRORS_OMITTED"
