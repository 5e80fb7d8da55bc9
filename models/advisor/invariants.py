"""What is always true of the advisor chat's rows: counters, copies and states that its writes keep together."""

from typing import Any

from models.advisor import BELOW_CONVERSATIONS
from models.advisor.advisor import ADVISORS, AdvisorStatus
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES, MessageSender, MessageStatus
from models.advisor.selection import SELECTIONS
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.advisor.user import USERS
from models.invariant import SERVERS_APART_MILLISECONDS, Invariant, Stage, joined
from models.table import Table

STUCK_MILLISECONDS = 3_600_000
"""An answer that nothing was added to for this long will never end by itself."""


def _counter(column: str, owner: Table[Any], counted: Table[Any], by: str, words: str, *only: Stage) -> Invariant:
    """The owner's `column` is the number of `counted` rows that hold its id in `by`."""
    rows = [{"$match": condition} for condition in only]
    return Invariant(
        name=column,
        table=owner,
        words=f"{column} is not the number of {words}",
        mend="Set it to that number.",
        stages=(
            {
                "$lookup": {
                    "from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,
                    "pipeline": [*rows, {"$count": "rows"}],
                    "as": "counted",
                }
            },
            {"$set": {"counted": {"$ifNull": [{"$first": "$counted.rows"}, 0]}}},
            {"$match": {"$expr": {"$ne": [f"${column}", "$counted"]}}},
        ),
    )


def _same_owner(child: Table[Any]) -> Invariant:
    return Invariant(
        name=f"{child.noun} owner".replace(" ", "_"),
        table=child,
        words="the conversation is gone or has another owner",
        mend="Copy the conversation's userId, or delete the row when there is no conversation.",
        stages=(
            joined(CONVERSATIONS, "conversationId", "_id", {"$project": {"userId": 1}}),
            {"$match": {"$expr": {"$ne": [{"$first": "$joined.userId"}, "$userId"]}}},
        ),
    )


LAST_MESSAGE = Invariant(
    name="updatedAt",
    table=CONVERSATIONS,
    words="updatedAt is before the last message",
    mend="Set it to the last message's createdAt.",
    stages=(
        joined(MESSAGES, "_id", "conversationId", {"$sort": {"createdAt": -1}}, {"$limit": 1}),
        {"$set": {"latest": {"$add": ["$updatedAt", SERVERS_APART_MILLISECONDS]}}},
        {"$match": {"$expr": {"$gt": [{"$first": "$joined.createdAt"}, "$latest"]}}},
    ),
)

MET = Invariant(
    name="metAdvisorIds",
    table=MESSAGES,
    words="the advisor that answered is not in the person's metAdvisorIds",
    mend="Add the message's advisorId to it.",
    stages=(
        {"$match": {"sender": MessageSender.ADVISOR.value}},
        joined(USERS, "userId", "_id", {"$project": {"metAdvisorIds": 1}}),
        {
            "$match": {
                "$expr": {"$not": {"$in": ["$advisorId", {"$ifNull": [{"$first": "$joined.metAdvisorIds"}, []]}]}}
            }
        },
    ),
)

ARCHIVED_IN_CONVERSATIONS = Invariant(
    name="archived_in_conversations",
    table=ADVISORS,
    words="archived, but still the active advisor of a conversation",
    mend="Unset activeAdvisorId in conversations that have it.",
    sample=False,
    stages=(
        {"$match": {"status": AdvisorStatus.ARCHIVED.value}},
        joined(CONVERSATIONS, "_id", "activeAdvisorId", {"$limit": 1}),
        {"$match": {"joined": {"$ne": []}}},
    ),
)

ARCHIVED_ON_BOARDS = Invariant(
    name="archived_on_boards",
    table=ADVISORS,
    words="archived, but still shown on a board",
    mend="Set hidden to true in its selections.",
    sample=False,
    stages=(
        {"$match": {"status": AdvisorStatus.ARCHIVED.value}},
        joined(SELECTIONS, "_id", "advisorId", {"$match": {"hidden": False}}, {"$limit": 1}),
        {"$match": {"joined": {"$ne": []}}},
    ),
)

STUCK = Invariant(
    name="stuck_answers",
    table=MESSAGES,
    words="the answer has been streaming for more than an hour without a new piece",
    mend="Set its status to failed, or no new answer of this advisor can begin in its conversation.",
    sample=False,
    stages=(
        # The condition on the conversation is always true and lets MongoDB use the small index of streaming answers.
        {"$match": {"status": MessageStatus.STREAMING.value, "conversationId": {"$exists": True}}},
        {"$match": {"$expr": {"$lt": ["$updatedAt", {"$subtract": [{"$toLong": "$$NOW"}, STUCK_MILLISECONDS]}]}}},
    ),
)

INVARIANTS = (
    _counter("selectionCount", ADVISORS, SELECTIONS, "advisorId", "the advisor's selections"),
    _counter(
        "privateAdvisorCount",
        *(USERS, ADVISORS, "ownerId", "the person's advisors that are not archived"),
        {"status": {"$ne": AdvisorStatus.ARCHIVED.value}},
    ),
    _counter("messageCount", CONVERSATIONS, MESSAGES, "conversationId", "the conversation's messages"),
    LAST_MESSAGE,
    MET,
    # A sign of typing may outlive its conversation by the seconds until it expires.
    *(_same_owner(child) for child in BELOW_CONVERSATIONS if child is not TYPING_INDICATORS),
    ARCHIVED_IN_CONVERSATIONS,
    ARCHIVED_ON_BOARDS,
    STUCK,
)
