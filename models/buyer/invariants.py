"""What is always true of the buyer chat's rows: counters, copies and states that its writes keep together."""

from collections.abc import Mapping
from typing import Any

from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS
from models.buyer.chat_message import CHAT_MESSAGES, AnswerStatus
from models.buyer.chat_search_context import CHAT_SEARCH_CONTEXTS
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.property_interaction import PROPERTY_INTERACTIONS
from models.buyer.property_note import PROPERTY_NOTES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.estate.agent import AGENTS
from models.invariant import SERVERS_APART_MILLISECONDS, Invariant, joined
from models.table import Table

STUCK_MILLISECONDS = 3_600_000
"""A question that waits for this long without a new piece of an answer is answered by nobody."""


def _copies(child: Table[Any], parent: Table[Any], by: str, columns: Mapping[str, str]) -> Invariant:
    """The child's `columns` hold what is in those of the `parent` row that its column `by` names."""
    apart = [{"$ne": [{"$first": f"$joined.{theirs}"}, f"${ours}"]} for ours, theirs in columns.items()]
    return Invariant(
        name=f"{child.noun} {parent.noun}".replace(" ", "_"),
        table=child,
        words=f"the {parent.noun} is gone, or has another {' or '.join(columns.values())}",
        mend=f"Copy {' and '.join(columns.values())} from it, or delete the row when there is no {parent.noun}.",
        stages=(
            joined(parent, by, "_id", {"$project": dict.fromkeys(columns.values(), 1)}),
            {"$match": {"$expr": {"$or": apart}}},
        ),
    )


def _of_chat(child: Table[Any], *columns: str) -> Invariant:
    return _copies(child, CHAT_SESSIONS, "sessionId", {column: column for column in ("agentId", *columns)})


_VERSIONS_THAT_ARE_CURRENT = {
    "$map": {
        "input": {"$filter": {"input": "$joined", "as": "version", "cond": "$$version.current"}},
        "as": "version",
        "in": "$$version.profileVersion",
    }
}

CURRENT_VERSION = Invariant(
    name="current",
    table=PROFILES,
    words="of its versions another one than the newest is current, or none",
    mend="Set current to true in the one with the highest profileVersion, and to false in all others.",
    stages=(
        joined(PROFILES, "rootProfileId", "rootProfileId", {"$project": {"profileVersion": 1, "current": 1}}),
        {"$match": {"$expr": {"$ne": [_VERSIONS_THAT_ARE_CURRENT, [{"$max": "$joined.profileVersion"}]]}}},
    ),
)

NEXT_VERSION = Invariant(
    name="parentProfileId",
    table=PROFILES,
    words="it is not the next version of the profile in parentProfileId",
    mend="Set parentProfileId to the version before, of the same rootProfileId, or unset it when there is none.",
    stages=(
        {"$match": {"parentProfileId": {"$ne": None}}},
        joined(PROFILES, "parentProfileId", "_id", {"$project": {"profileVersion": 1, "rootProfileId": 1}}),
        {
            "$match": {
                "$expr": {
                    "$or": [
                        {"$ne": [{"$first": "$joined.rootProfileId"}, "$rootProfileId"]},
                        {"$ne": [{"$first": "$joined.profileVersion"}, {"$subtract": ["$profileVersion", 1]}]},
                    ]
                }
            }
        },
    ),
)

TOTAL_QUESTIONS = Invariant(
    name="totalQuestions",
    table=CHAT_SESSIONS,
    words="totalQuestions is not the number of the chat's messages",
    mend="Set it to that number.",
    stages=(
        joined(CHAT_MESSAGES, "_id", "sessionId", {"$count": "rows"}),
        {"$match": {"$expr": {"$ne": ["$totalQuestions", {"$ifNull": [{"$first": "$joined.rows"}, 0]}]}}},
    ),
)

LAST_ACTIVITY = Invariant(
    name="lastActivity",
    table=CHAT_SESSIONS,
    words="lastActivity is before the last message",
    mend="Set it to the last message's timestamp.",
    stages=(
        joined(CHAT_MESSAGES, "_id", "sessionId", {"$sort": {"timestamp": -1}}, {"$limit": 1}),
        {"$set": {"latest": {"$add": ["$lastActivity", SERVERS_APART_MILLISECONDS]}}},
        {"$match": {"$expr": {"$gt": [{"$first": "$joined.timestamp"}, "$latest"]}}},
    ),
)

ACTIVE_CONTEXT = Invariant(
    name="active_context",
    table=CHAT_SESSIONS,
    words="the chat talks about no search",
    mend="Set isActive to true in the newest of its search contexts, or make one for the buyer's latest search.",
    stages=(
        joined(CHAT_SEARCH_CONTEXTS, "_id", "sessionId", {"$match": {"isActive": True}}),
        {"$match": {"joined": []}},
    ),
)

OWN_SEARCH = Invariant(
    name="searchTransactionId",
    table=CHAT_SEARCH_CONTEXTS,
    words="the search is gone, or is about another buyer than the chat",
    mend="Delete the context, and make that of a search for the chat's buyer the active one.",
    stages=(
        joined(SEARCH_TRANSACTIONS, "searchTransactionId", "_id", {"$project": {"rootProfileId": 1}}),
        {"$set": {"buyer": {"$ifNull": [{"$first": "$joined.rootProfileId"}, "gone"]}}},
        joined(CHAT_SESSIONS, "sessionId", "_id", {"$project": {"rootProfileId": 1}}),
        {"$match": {"$expr": {"$ne": [{"$first": "$joined.rootProfileId"}, "$buyer"]}}},
    ),
)

ANSWERED = Invariant(
    name="answerStatus",
    table=CHAT_MESSAGES,
    words="it counts as answered without an answer, or has one and does not, or is over and still has a draft",
    mend="Set answerStatus to answered if there is an aiResponse, else to failed, and unset aiResponseDraft.",
    stages=(
        {
            "$match": {
                "$or": [
                    {"answerStatus": AnswerStatus.ANSWERED.value, "aiResponse": None},
                    {"answerStatus": {"$ne": AnswerStatus.ANSWERED.value}, "aiResponse": {"$ne": None}},
                    {"answerStatus": {"$ne": AnswerStatus.WAITING.value}, "aiResponseDraft": {"$ne": None}},
                ]
            }
        },
    ),
)

STUCK = Invariant(
    name="stuck_questions",
    table=CHAT_MESSAGES,
    words="the question has been waiting for more than an hour without a new piece of an answer",
    mend="See that the answering service runs, or set its answerStatus to failed.",
    sample=False,
    stages=(
        {"$match": {"answerStatus": AnswerStatus.WAITING.value}},
        {"$match": {"$expr": {"$lt": ["$updatedAt", {"$subtract": [{"$toLong": "$$NOW"}, STUCK_MILLISECONDS]}]}}},
    ),
)

INVARIANTS = (
    CURRENT_VERSION,
    NEXT_VERSION,
    _copies(SEARCH_TRANSACTIONS, PROFILES, "profileId", {"agentId": "agentId", "rootProfileId": "rootProfileId"}),
    _copies(CHAT_SESSIONS, PROFILES, "profileId", {"agentId": "agentId", "rootProfileId": "rootProfileId"}),
    _copies(CHAT_SESSIONS, AGENTS, "agentId", {"agentActive": "active"}),
    _of_chat(CHAT_MESSAGES),
    _of_chat(PROPERTY_NOTES),
    _of_chat(PROPERTY_INTERACTIONS, "rootProfileId"),
    _of_chat(CHAT_AGENT_INSIGHTS, "profileId"),
    _of_chat(CHAT_SEARCH_CONTEXTS),
    TOTAL_QUESTIONS,
    LAST_ACTIVITY,
    ACTIVE_CONTEXT,
    OWN_SEARCH,
    ANSWERED,
    STUCK,
)
