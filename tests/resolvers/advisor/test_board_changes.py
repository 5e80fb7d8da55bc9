"""One's board, kept up to date, for its owner alone."""

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, People
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, out_of_range, refusal

LIST = """subscription ($last: Int, $where: AdvisorSelectionWhere) {
  advisorBoardChanges(last: $last, where: $where) { kind id node { id advisorId advisor { persona { name } } } }
}"""

SELECT = """mutation ($id: ID!) {
  advisorSelect(input: {advisorId: $id}) { selection { id } userErrors { code } }
}"""

UNSELECT = "mutation ($id: ID!) { advisorUnselect(input: {advisorId: $id}) { deletedId userErrors { code } } }"


async def test_its_owner_hears_what_comes_and_what_goes(people: People, lists: Lists) -> None:
    ada, advisor = await people.person("ada"), await rows.advisor(name="Grace")
    live = await lists.follow(LIST, by=ada)
    assert await live.synced() == []
    given = {"id": global_id.encode(ADVISORS.tag, advisor["_id"])}
    entry = (await lists.data(SELECT, given, by=ada))["advisorSelect"]["selection"]["id"]
    await lists.data(UNSELECT, given, by=ada)
    node = {"id": entry, "advisorId": given["id"], "advisor": {"persona": {"name": "Grace"}}}
    assert await live.events(2) == [
        {"kind": "ADDED", "id": entry, "node": node},
        {"kind": "REMOVED", "id": entry, "node": None},
    ]


async def test_nobody_else_hears_of_it(people: People, lists: Lists) -> None:
    ada, advisor = await people.person("ada"), await rows.advisor()
    following = [
        await lists.follow(LIST, by=each) for each in (await people.person("bob"), await people.operator("root"))
    ]
    assert [await live.synced() for live in following] == [[], []]
    await rows.selection(ada, advisor)
    for live in following:
        await live.quiet()
    assert await refusal(lists, LIST, {}, ANONYMOUS) == SIGN_IN
    for service in ("answering", "billing"):
        assert await refusal(lists, LIST, {}, people.service(service)) == NOT_YOURS
    assert await refusal(lists, LIST, {"last": 0}, ada) == out_of_range("last", 0)


async def test_what_is_hidden_leaves_the_board_and_comes_back(people: People, lists: Lists, database: Database) -> None:
    ada, advisor = await people.person("ada"), await rows.advisor()
    row = await rows.selection(ada, advisor, teamId="starters")
    every = await lists.follow(LIST, by=ada)
    of_team = await lists.follow(LIST, {"where": {"teamId": {"startsWith": "start"}}}, by=ada)
    assert [len(await live.synced()) for live in (every, of_team)] == [1, 1]
    for change in ({"hidden": True}, {"hidden": False}, {"teamId": "others"}):
        await database["advisor_user_advisors"].update_one({"_id": row["_id"]}, {"$set": change})
    assert [event["kind"] for event in await every.events(2)] == ["REMOVED", "ADDED"]
    assert [event["kind"] for event in await of_team.events(3)] == ["REMOVED", "ADDED", "REMOVED"]
    await every.quiet()
