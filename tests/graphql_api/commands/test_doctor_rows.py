"""The doctor finds rows that break an invariant, names some of them, and says what to do."""

from typing import Any

import pytest
from bson import ObjectId

from graphql_api.commands.doctor import Problem, examine, row_problems
from models.advisor.user import USERS
from models.clock import now
from models.invariant import Invariant
from models.store import inspection
from models.store.connection import Database
from models.tables import TABLES

HOUR = 3_600_000

Change = dict[str, Any]


async def archived(database: Database) -> ObjectId:
    """The id of an archived advisor."""
    found = await database["advisor_advisors"].find_one({"status": "archived"})
    assert found is not None
    key: ObjectId = found["_id"]
    return key


@pytest.mark.parametrize(
    ("collection", "condition", "change", "where", "words"),
    [
        (
            "advisor_advisors",
            {"persona.name": "Jonas Weber"},
            {"$inc": {"selectionCount": 1}},
            "selectionCount",
            "1 row of 1,000 looked at: selectionCount is not the number of the advisor's selections",
        ),
        (
            "advisor_users",
            {"name": "Demo Person"},
            {"$set": {"privateAdvisorCount": 2}},
            "privateAdvisorCount",
            "1 row of 1,000 looked at: privateAdvisorCount is not the number of the person's advisors that are not",
        ),
        (
            "advisor_conversations",
            {"title": "Checklist for the spring launch"},
            {"$inc": {"messageCount": -1}},
            "messageCount",
            "1 row of 1,000 looked at: messageCount is not the number of the conversation's messages",
        ),
        (
            "advisor_conversations",
            {"title": "Checklist for the spring launch"},
            {"$inc": {"updatedAt": -61_000}},
            "updatedAt",
            "1 row of 1,000 looked at: updatedAt is before the last message",
        ),
        (
            "advisor_memories",
            {"key": "launch_date"},
            {"$set": {"conversationId": ObjectId()}},
            "memory_owner",
            "1 row of 1,000 looked at: the conversation is gone or has another owner",
        ),
        (
            "advisor_user_advisors",
            {"hidden": True},
            {"$set": {"hidden": False}},
            "archived_on_boards",
            "1 row: archived, but still shown on a board",
        ),
    ],
)
async def test_tells_rows_gone_wrong(
    demo: Database, collection: str, condition: Change, change: Change, where: str, words: str
) -> None:
    assert (await demo[collection].update_one(condition, change)).modified_count == 1
    (problem,) = (await examine(demo, TABLES)).problems
    assert problem.kind == "rows"
    assert problem.where.split(".")[1] == where
    assert problem.message.startswith(words)


async def test_names_three_of_the_rows_and_what_to_do(demo: Database) -> None:
    await demo["advisor_thread_summaries"].update_many({}, {"$set": {"userId": ObjectId()}})
    (problem,) = (await examine(demo, TABLES)).problems
    keys = sorted(await demo["advisor_thread_summaries"].distinct("_id"))[:3]
    assert problem == Problem(
        "rows",
        "advisor_thread_summaries.summary_owner",
        "9 rows of 1,000 looked at: the conversation is gone or has another owner "
        f"({', '.join(map(str, keys))}). "
        "Copy the conversation's userId, or delete the row when there is no conversation.",
    )


async def test_tells_an_archived_advisor_that_is_active_in_a_conversation(demo: Database) -> None:
    gone = await archived(demo)
    await demo["advisor_conversations"].update_one({}, {"$set": {"activeAdvisorId": gone}})
    (problem,) = (await examine(demo, TABLES)).problems
    assert problem.message == (
        f"1 row: archived, but still the active advisor of a conversation ({gone}). "
        "Unset activeAdvisorId in conversations that have it."
    )


async def test_tells_an_advisor_that_answered_and_was_not_met(demo: Database) -> None:
    await demo["advisor_users"].update_one({"name": "Demo Person"}, {"$set": {"metAdvisorIds": []}})
    (problem,) = (await examine(demo, TABLES)).problems
    # Three conversations of six answers each.
    assert problem.message.startswith("18 rows of 1,000 looked at: the advisor that answered is not in")


@pytest.mark.parametrize(("age", "told"), [(HOUR - 60_000, 0), (HOUR + 60_000, 1)])
async def test_tells_an_answer_that_streams_for_an_hour(demo: Database, age: int, told: int) -> None:
    stuck = {"$set": {"status": "streaming", "updatedAt": now() - age}}
    await demo["advisor_messages"].update_one({"sender": "advisor"}, stuck)
    problems = (await examine(demo, TABLES)).problems
    assert [problem.where for problem in problems] == ["advisor_messages.stuck_answers"] * told


async def test_gives_up_on_what_takes_too_long(demo: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    millions = ({"$set": {"n": {"$range": [0, 1_000_000]}}}, {"$unwind": "$n"}, {"$match": {"n": -1}})
    slow = Invariant("slow", USERS, "slow", "Wait.", millions)
    monkeypatch.setattr(inspection, "CHECK_MILLISECONDS", 10)
    assert await inspection.violations(demo, slow) is None
    monkeypatch.undo()
    assert list(row_problems(slow, None)) == [
        Problem("unexamined", "advisor_users.slow", "The rows could not be examined within 30 s: try in a quiet hour.")
    ]
