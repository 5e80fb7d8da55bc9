"""The marketplace, kept up to date for everybody."""

import pytest

from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.models.store.live.copies import hurry
from tests.resolvers.advisor.following import out_of_range, refusal

LIST = """subscription ($first: Int, $where: AdvisorWhere, $order: AdvisorMarketplaceOrder) {
  advisorMarketplaceChanges(first: $first, where: $where, orderBy: $order) { kind id node { persona { name } } }
}"""


async def test_everybody_hears_of_what_is_public_and_active(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    ada = await people.person("ada")
    callers = [ANONYMOUS, ada, await people.operator("root"), people.service("answering"), people.service("billing")]
    following = [await lists.follow(LIST, by=caller) for caller in callers]
    assert [await live.synced() for live in following] == [[]] * 5
    await rows.advisor(ada, name="Private")
    row = await rows.advisor(name="Public")
    assert [(await live.event())["node"] for live in following] == [{"persona": {"name": "Public"}}] * 5
    await database["advisor_advisors"].update_one({"_id": row["_id"]}, {"$set": {"status": "archived"}})
    assert [(await live.event())["kind"] for live in following] == ["REMOVED"] * 5
    await following[0].quiet()


async def test_it_goes_by_name_up_to_its_last_row(
    people: People, lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    for name in ("Ada", "Bea", "Cleo"):
        await rows.advisor(name=name)
    given = {"first": 2, "order": {"field": "NAME", "direction": "ASC"}, "where": {"category": {"eq": "business"}}}
    live = await lists.follow(LIST, given)
    assert [node["persona"]["name"] for node in await live.synced()] == ["Ada", "Bea"]
    await rows.advisor(name="Dora")
    await rows.advisor(name="Anna")
    await database["advisor_advisors"].update_one({"persona.name": "Ada"}, {"$set": {"persona.name": "Zoe"}})
    await database["advisor_advisors"].update_one({"persona.name": "Cleo"}, {"$set": {"persona.name": "Abby"}})
    events = await live.events(3)
    assert [(event["kind"], event["node"] and event["node"]["persona"]["name"]) for event in events] == [
        ("ADDED", "Anna"),
        ("REMOVED", None),
        ("ADDED", "Abby"),
    ]


async def test_wrong_arguments_are_named(lists: Lists) -> None:
    assert await refusal(lists, LIST, {"first": 0}, ANONYMOUS) == out_of_range("first", 0)
    where = {"tags": {"hasAny": ["x"] * 101}}
    found = await refusal(lists, LIST, {"where": where}, ANONYMOUS)
    assert (found["code"], found["field"]) == ("OUT_OF_RANGE", ["where", "tags", "hasAny"])
