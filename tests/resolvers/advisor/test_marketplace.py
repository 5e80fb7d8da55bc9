"""The marketplace: public and active advisors for everyone, filtered, ordered, searched, page by page."""

from typing import Any

import pytest

from models.advisor.persona import Persona
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

QUERY = """query (
  $where: AdvisorWhere, $orderBy: AdvisorMarketplaceOrder, $search: String, $first: Int, $after: String
) {
  advisorMarketplace(where: $where, orderBy: $orderBy, search: $search, first: $first, after: $after) {
    nodes { persona { name } } pageInfo { hasNextPage endCursor } totalCount } }"""


async def names(api: Api, by: Caller = ANONYMOUS, **variables: Any) -> list[str]:
    """The names of the advisors that are listed."""
    found = (await api.data(QUERY, variables, by=by))["advisorMarketplace"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["persona"]["name"] for node in found["nodes"]]


async def stocked(people: People) -> None:
    """Three advisors to find, and one of each kind that is not to be found."""
    ann = await people.person("ann")
    await make.advisor(name="Cy", createdAt=1, selectionCount=5, category="business", tags=["money", "law"])
    await make.advisor(name="Al", createdAt=2, selectionCount=9, category="marketing", tags=["money"], featured=True)
    await make.advisor(name="Bo", createdAt=3, selectionCount=7, category="technical", tags=["code"])
    await make.advisor(name="Inactive", status="inactive", featured=True)
    await make.advisor(name="Archived", status="archived")
    await make.advisor(name="Draft", isPublic=False)
    await make.advisor(ann, name="Private")


async def test_everyone_finds_the_same_and_nothing_else(api: Api, people: People) -> None:
    await stocked(people)
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    for caller in (ann, bob, olga, ANONYMOUS, people.service("answering")):
        assert await names(api, caller) == ["Bo", "Al", "Cy"]
        assert await names(api, caller, search="strategist") != []
        assert set(await names(api, caller, search="strategist")) == {"Al", "Bo", "Cy"}


@pytest.mark.parametrize(
    ("field", "direction", "expected"),
    [
        ("CREATED_AT", "DESC", ["Bo", "Al", "Cy"]),
        ("CREATED_AT", "ASC", ["Cy", "Al", "Bo"]),
        ("NAME", "ASC", ["Al", "Bo", "Cy"]),
        ("NAME", "DESC", ["Cy", "Bo", "Al"]),
        ("SELECTIONS", "DESC", ["Al", "Bo", "Cy"]),
        ("SELECTIONS", "ASC", ["Cy", "Bo", "Al"]),
    ],
)
async def test_each_order_whole_and_page_by_page(
    api: Api, people: People, field: str, direction: str, expected: list[str]
) -> None:
    await stocked(people)
    ann = await people.person("ann")
    order = {"field": field, "direction": direction}
    for caller in (ANONYMOUS, ann):
        assert await names(api, caller, orderBy=order) == expected
        walked: list[str] = []
        after, more = None, True
        while more:
            found = await api.data(QUERY, {"orderBy": order, "first": 1, "after": after}, by=caller)
            page = found["advisorMarketplace"]
            walked += [node["persona"]["name"] for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert walked == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"category": {"eq": "business"}}, ["Cy"]),
        ({"category": {"in": ["business", "technical"]}}, ["Bo", "Cy"]),
        ({"featured": {"eq": True}}, ["Al"]),
        ({"tags": {"has": "money"}}, ["Al", "Cy"]),
        ({"tags": {"hasAny": ["law", "code"]}}, ["Bo", "Cy"]),
        ({"persona_name": {"startsWith": "B"}}, ["Bo"]),
        ({"or": [{"category": {"eq": "technical"}}, {"featured": {"eq": True}}]}, ["Bo", "Al"]),
        ({"not": {"tags": {"has": "money"}}}, ["Bo"]),
        ({"status": {"in": ["INACTIVE", "ARCHIVED"]}}, []),
    ],
)
async def test_filters_narrow_and_never_widen(
    api: Api, people: People, where: dict[str, Any], expected: list[str]
) -> None:
    await stocked(people)
    ann = await people.person("ann")
    for caller in (ANONYMOUS, ann):
        assert await names(api, caller, where=where) == expected


async def test_a_search_comes_by_relevance(api: Api) -> None:
    await make.advisor(persona=Persona(name="Once", title="Sage", description="Knows growth and a lot besides it."))
    await make.advisor(persona=Persona(name="Growth", title="Growth", description="Growth."), tags=["growth"])
    await make.advisor(persona=Persona(name="Other", title="Sage", description="Knows nothing."))
    await make.advisor(persona=Persona(name="Hidden growth", title="Growth"), status="inactive")
    assert await names(api, search="growth") == ["Growth", "Once"]
    assert await names(api, search="GROWTH", where={"tags": {"has": "growth"}}) == ["Growth"]
    first = await api.data(QUERY, {"search": "growth", "first": 1})
    page = first["advisorMarketplace"]
    assert ([node["persona"]["name"] for node in page["nodes"]], page["totalCount"]) == (["Growth"], 2)
    second = await api.data(QUERY, {"search": "growth", "first": 1, "after": page["pageInfo"]["endCursor"]})
    assert [node["persona"]["name"] for node in second["advisorMarketplace"]["nodes"]] == ["Once"]


async def test_a_search_has_no_other_order_and_words(api: Api) -> None:
    await make.advisor()
    for variables, message in (
        ({"search": "ada", "orderBy": {"field": "NAME", "direction": "ASC"}}, "leave orderBy out"),
        ({"search": "  "}, "at least one word"),
        ({"search": "a" * 257}, "256 characters"),
        ({"first": 101}, "between 1 and 100"),
    ):
        answer = await api.answer(QUERY, variables)
        assert message in answer["errors"][0]["message"]
    for words in ('"', '"ada', "-ada", "$where", "\\", "ada -strategist"):
        answer = await api.answer(QUERY, {"search": words})
        assert "errors" not in answer, words


async def test_a_page_costs_the_same_whatever_it_holds(api: Api, people: People) -> None:
    ann = await people.person("ann")
    query = "{ advisorMarketplace { nodes { persona { name title } owner { name } } totalCount } }"
    await make.advisor(ann, isPublic=True)
    await api.data(query, by=ann)
    once = api.calls.names
    for number in range(15):
        await make.advisor(ann, isPublic=True, name=f"A{number}")
    await api.data(query, by=ann)
    assert api.calls.names == once == ["aggregate", "find", "aggregate", "find"]


async def test_owners_of_published_advisors_stay_unknown(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    await make.advisor(ann, isPublic=True)
    query = "{ advisorMarketplace { nodes { ownerId owner { name } } } }"
    hidden = {"ownerId": None, "owner": None}
    assert (await api.data(query, by=bob))["advisorMarketplace"]["nodes"] == [hidden]
    assert (await api.data(query, by=ann))["advisorMarketplace"]["nodes"] == [
        {"ownerId": ann.id, "owner": {"name": "Ann"}}
    ]
