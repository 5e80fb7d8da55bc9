"""Who answers a person's message, and the answers as they begin: empty, and streaming."""

from collections.abc import Iterator, Sequence

from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.message import ANSWERS_AT_ONCE, MESSAGES, MessageRow, MessageSender, MessageStatus
from models.policy import RowData
from models.store.ask import Ask
from models.validation import build
from resolvers.advisor.scope import choosable_by
from resolvers.verbs.write import Change


async def answering(hand: Change, message: MessageRow, conversation: RowData) -> Sequence[ObjectId]:
    """The advisors that are to answer: those that the message mentions, else the one that is active.

    None that rests, and none that is giving an answer in the conversation already: it reads the message for that.
    """
    asked = _asked(message, conversation)
    if not asked:
        return ()
    may = {"_id": {"$in": asked}, **choosable_by(message.userId)}
    ready = await hand.store.read.some(Ask(ADVISORS, frozenset({"_id"}), where=may), hand.actor, ANSWERS_AT_ONCE)
    answers = {
        "conversationId": message.conversationId,
        "advisorId": {"$in": asked},
        "status": MessageStatus.STREAMING,
    }
    under_way = await hand.store.read.some(
        Ask(MESSAGES, frozenset({"advisorId"}), where=answers), hand.actor, ANSWERS_AT_ONCE
    )
    able = {row["_id"] for row in ready} - {row["advisorId"] for row in under_way}
    return [advisor for advisor in asked if advisor in able]


def _asked(message: MessageRow, conversation: RowData) -> list[ObjectId]:
    mentioned = [key for text in message.mentions if (key := global_id.decode(ADVISORS, text)) is not None]
    active = conversation.get("activeAdvisorId")
    return mentioned[:ANSWERS_AT_ONCE] or ([] if active is None else [active])


def begun(message: MessageRow, advisors: Sequence[ObjectId]) -> Iterator[MessageRow]:
    """The answers of the advisors, in the order in which they come behind the message."""
    for place, advisor in enumerate(advisors, start=1):
        # Ids may be chosen by clients, so only a later time sorts an answer behind its question for certain.
        created = message.createdAt + place
        yield build(
            MessageRow,
            {
                "id": ObjectId(),
                "conversationId": message.conversationId,
                "userId": message.userId,
                "sender": MessageSender.ADVISOR,
                "advisorId": advisor,
                "content": "",
                "status": MessageStatus.STREAMING,
                "questionId": message.id,
                "createdAt": created,
                "updatedAt": created,
            },
        )


async def given(hand: Change, message: RowData) -> list[ObjectId]:
    """The ids of the answers that began with a stored message, in their order."""
    since = {"$gt": message["createdAt"], "$lte": message["createdAt"] + ANSWERS_AT_ONCE}
    where = {"conversationId": message["conversationId"], "createdAt": since, "questionId": message["_id"]}
    answers = await hand.store.read.some(
        Ask(MESSAGES, frozenset({"_id", "createdAt"}), where=where), hand.actor, ANSWERS_AT_ONCE
    )
    return [row["_id"] for row in sorted(answers, key=lambda row: row["createdAt"])]
