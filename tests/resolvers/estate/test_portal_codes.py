"""A portal's code is its agent's alone: nobody else reads it, on whatever way."""

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema

from tests.fixtures.estate import Parties, Party
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN
from tests.resolvers.advisor.following import refusal as turned_away
from tests.resolvers.estate.portals import Cast, cast

PRIVATE = {
    "EstateBuyerSession": ("buyerName", "buyerEmail", "buyerPhone", "sessionCode"),
    "EstateSellerSession": ("sellerName", "sellerEmail", "sellerPhone", "sessionCode"),
}
EVERY_WAY = """query($id: ID!) {
    node(id: $id) { id ... on TYPE { sessionCode } }
    nodes(ids: [$id]) { ... on TYPE { sessionCode } }
    FIELD(id: $id) { sessionCode }
    FIELDs { nodes { sessionCode } edges { cursor node { sessionCode } } totalCount }
    viewer { FIELD { id sessionCode } } }"""
ROTATE_AND_SHOW = """mutation($id: ID!) {
    UPDATE(input: {id: $id, COLUMNEmail: "new@example.com"}) { SHORT { sessionCode } userErrors { message } }
    ROTATE(input: {id: $id}) { SHORT { sessionCode } userErrors { message } } }"""
CHANGES = "subscription { FIELDChanges { kind cursor node { sessionCode } } }"


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


def portal_of(scene: Cast, kind: str) -> Party:
    """Ann's portal of that type."""
    return scene.buyer if kind == "EstateBuyerSession" else scene.seller


def written(text: str, kind: str) -> str:
    """The document for a type of portals."""
    field = f"e{kind[1:]}"
    short = field.removeprefix("estate")
    names = {
        "TYPE": kind,
        "FIELD": field,
        "UPDATE": f"{field}Update",
        "ROTATE": f"{field}CodeRotate",
        "SHORT": f"{short[0].lower()}{short[1:]}",
        "COLUMN": "buyer" if kind == "EstateBuyerSession" else "seller",
    }
    for name, value in names.items():
        text = text.replace(name, value)
    return text


@pytest.mark.parametrize("kind", PRIVATE)
async def test_the_agent_alone_reads_the_code(api: Api, scene: Cast, kind: str) -> None:
    portal = portal_of(scene, kind)
    code = portal.row["sessionCode"].encode()
    everybody = {"buyer": scene.buyer, "seller": scene.seller, "operator": scene.operator, **scene.not_the_agent}
    for name, other in everybody.items():
        answer = await api.post(written(EVERY_WAY, kind), {"id": portal.id}, other)
        assert answer.status_code == 200, name
        assert code not in answer.content, name
    answer = await api.post(written(EVERY_WAY, kind), {"id": portal.id}, scene.ann)
    assert answer.content.count(code) == 5


@pytest.mark.parametrize("kind", PRIVATE)
async def test_no_write_tells_the_code(api: Api, scene: Cast, kind: str) -> None:
    portal = portal_of(scene, kind)
    code = portal.row["sessionCode"].encode()
    for name, other in {"buyer": scene.buyer, "seller": scene.seller, **scene.not_the_agent}.items():
        answer = await api.post(written(ROTATE_AND_SHOW, kind), {"id": portal.id}, other)
        assert code not in answer.content, name
        if other is portal:
            shown = [payload for payload in answer.json()["data"].values() if not payload["userErrors"]]
            assert [next(iter(payload.values())) for payload in shown] == [{"sessionCode": None}]


@pytest.mark.parametrize("kind", PRIVATE)
async def test_no_event_tells_the_code_to_others(lists: Lists, scene: Cast, kind: str) -> None:
    for name, other in {**scene.not_the_agent}.items():
        if name == "other agent":
            continue
        expected = SIGN_IN if other is ANONYMOUS else NOT_YOURS
        assert await turned_away(lists, written(CHANGES, kind), {}, other) == expected, name
    hers = await lists.follow(written(CHANGES, kind), by=scene.others["other agent"])
    mine = await lists.follow(written(CHANGES, kind), by=scene.ann)
    code = portal_of(scene, kind).row["sessionCode"]
    assert {"sessionCode": code} in await mine.synced()
    assert {"sessionCode": code} not in await hers.synced()
    text = f"mutation($id: ID!) {{ {written('ROTATE', kind)}(input: {{id: $id}}) {{ userErrors {{ code }} }} }}"
    await lists.data(text, {"id": portal_of(scene, kind).id}, by=scene.ann)
    assert (await mine.event())["node"]["sessionCode"] != code
    await hers.quiet()


@pytest.mark.parametrize("kind", PRIVATE)
async def test_nothing_private_is_found_or_ordered_by(schema: GraphQLSchema, kind: str) -> None:
    where, order = schema.get_type(f"{kind}Where"), schema.get_type(f"{kind}OrderField")
    assert isinstance(where, GraphQLInputObjectType)
    assert isinstance(order, GraphQLEnumType)
    column = "buyerProfileId" if kind == "EstateBuyerSession" else "listingId"
    assert set(where.fields) == {"active", column, "lastActive", "createdAt", "and", "or", "not"}
    assert set(order.values) == {"LAST_ACTIVE", "CREATED_AT"}
    query = schema.query_type
    assert isinstance(query, GraphQLObjectType)
    assert set(query.fields[f"e{kind[1:]}s"].args) == {"first", "after", "last", "before", "orderBy", "where"}
