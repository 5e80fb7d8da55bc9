"""The conversations of the demo: planned in a few words each, and written out one at a time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY, advisor_key
from graphql_api.demo.people import Person
from graphql_api.demo.texts import Exchange, Topic
from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import ConversationRow
from models.advisor.memory import MemoryRow
from models.advisor.message import MessageRow, MessageSender
from models.advisor.thread_summary import ThreadSummaryRow
from models.store.bulk import Document
from models.table import document

SPREAD_DAYS = 150
NEWEST_MINUTES_AGO = 4
SECOND_AT = 4
"""The exchange, counted from zero, in which a second advisor is asked; then every tenth one."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, slots=True)
class Plan:
    """A conversation to be written: its topic, its number of exchanges, and when its last message was sent."""

    person: Person
    place: int
    title: str
    topic: Topic
    exchanges: int
    ended: int
    second: str

    @property
    def answering(self) -> frozenset[str]:
        """The advisors that answer in it."""
        return frozenset({self.topic.advisor, self.second} if self.exchanges > SECOND_AT else {self.topic.advisor})


@dataclass(frozen=True, slots=True)
class Written:
    """Conversations with all that belongs to them, as they are stored; lists that grow and are emptied when sent."""

    conversations: list[Document] = field(default_factory=list)
    messages: list[Document] = field(default_factory=list)
    memories: list[Document] = field(default_factory=list)
    summaries: list[Document] = field(default_factory=list)


def plans(person: Person, number: int, exchanges: tuple[int, int], now: int) -> list[Plan]:
    """The person's conversations, newest first, over the months before `now` (Unix milliseconds)."""
    chance = keys.chance("plans", person.subject)
    current = [topic for topic in texts.topics() if topic.advisor in person.board]
    past = [topic for topic in texts.topics() if topic.advisor in person.archived]
    planned = []
    for place in range(number):
        back = (place / max(number - 1, 1)) ** 1.6 * SPREAD_DAYS * DAY
        oldest = place > 0 and place == number - 1
        topic = past[0] if oldest and past else current[place % len(current)]
        part = place // len(current)
        planned.append(
            Plan(
                person=person,
                place=place,
                title=topic.title if part == 0 or topic in past else f"{topic.title}, part {part + 1}",
                topic=topic,
                exchanges=chance.randint(*exchanges),
                ended=now - NEWEST_MINUTES_AGO * 60_000 - int(back),
                second=chance.choice([key for key in person.board if key != topic.advisor]),
            )
        )
    return planned


def key(plan: Plan) -> ObjectId:
    """The id of the conversation."""
    return keys.fixed("conversation", plan.person.subject, str(plan.place))


def write(plan: Plan, owner: ObjectId, into: Written) -> None:
    """Add the rows of a conversation of the profile `owner`."""
    chance = keys.chance("conversation", plan.person.subject, str(plan.place))
    messages = list(_messages(plan, owner, chance))
    into.conversations.append(_conversation(plan, owner, messages))
    into.messages.extend(messages)
    # Summed up and remembered after two exchanges, as the answering service would do it.
    last = messages[min(3, len(messages) - 1)]
    common = {"conversationId": key(plan), "userId": owner, "createdAt": last["createdAt"]}
    common["updatedAt"] = last["createdAt"]
    for name, value in plan.topic.memories.items():
        memory = {"advisorId": advisor_key(plan.topic.advisor), "key": name, "value": value}
        into.memories.append(document(MemoryRow(id=keys.dated(last["createdAt"], chance), **common, **memory)))
    stretch = {"startMessageId": messages[0]["_id"], "endMessageId": last["_id"], "content": plan.topic.summary}
    into.summaries.append(document(ThreadSummaryRow(id=keys.dated(last["createdAt"], chance), **common, **stretch)))


def _conversation(plan: Plan, owner: ObjectId, messages: list[Document]) -> Document:
    archived = plan.topic.advisor in plan.person.archived
    row = ConversationRow(
        id=key(plan),
        userId=owner,
        title=plan.title,
        activeAdvisorId=None if archived else advisor_key(plan.topic.advisor),
        messageCount=len(messages),
        version=1 + len(messages),
        createdAt=messages[0]["createdAt"] - 5_000,
        updatedAt=messages[-1]["createdAt"],
    )
    return document(row)


def _messages(plan: Plan, owner: ObjectId, chance: random.Random) -> Iterator[Document]:
    times = _times(plan, chance)
    for asked, answered, speaker, mentions in _spoken(plan, chance):
        common = {"conversationId": key(plan), "userId": owner}
        yield _message(next(times), chance, {**common, "sender": MessageSender.USER, "content": asked, **mentions})
        answer = {"advisorId": advisor_key(speaker), "content": answered}
        tokens = 400 + len(asked + answered) // 4 + chance.randrange(800)
        said = {**common, "sender": MessageSender.ADVISOR, **answer, "tokensUsed": tokens}
        yield _message(next(times), chance, said)


def _message(sent: int, chance: random.Random, values: Document) -> Document:
    return document(MessageRow(id=keys.dated(sent, chance), createdAt=sent, updatedAt=sent, **values))


def _spoken(plan: Plan, chance: random.Random) -> Iterator[tuple[str, str, str, Document]]:
    """Question, answer, who answers, and the question's mentions."""
    usual = _endless(texts.followups(_text(plan.topic.advisor)["category"]), chance)
    for place in range(plan.exchanges):
        slots = _slots(chance)
        if place % 10 == SECOND_AT:
            slots["name"] = _text(plan.second)["first"]
            pair = chance.choice(texts.second_opinions())
            mentions = {"mentions": [global_id.encode(ADVISORS.tag, advisor_key(plan.second))]}
            yield pair[0].format_map(slots), pair[1].format_map(slots), plan.second, mentions
        else:
            opening = plan.topic.exchanges
            pair = opening[place] if place < len(opening) else next(usual)
            yield pair[0].format_map(slots), pair[1].format_map(slots), plan.topic.advisor, {}


def _endless(pool: tuple[Exchange, ...], chance: random.Random) -> Iterator[Exchange]:
    """Each of the pool once in a random order, then all again in another one."""
    while True:
        yield from chance.sample(pool, len(pool))


def _slots(chance: random.Random) -> dict[str, Any]:
    return {
        "percent": chance.choice((5, 8, 12, 15, 20, 30)),
        "weeks": chance.randint(2, 8),
        "few": chance.randint(3, 6),
        "number": chance.randint(12, 40),
        "amount": f"{chance.randint(2, 60) * 500:,} euros",
        "day": chance.choice(DAYS),
    }


def _times(plan: Plan, chance: random.Random) -> Iterator[int]:
    """When messages were sent, the last at the plan's end: quick answers, and questions after minutes or a night."""
    pauses = []
    for _ in range(plan.exchanges):
        overnight = chance.random() < 0.1
        pauses += [chance.randint(*((25_000_000, 70_000_000) if overnight else (20_000, 600_000)))]
        pauses += [chance.randint(4_000, 25_000)]
    sent = plan.ended - sum(pauses)
    for pause in pauses:
        sent += pause
        yield sent


def _text(advisor: str) -> dict[str, Any]:
    return next(text for text in texts.advisors() if text["key"] == advisor)
