"""The chats of the demo's buyers: questions with their answers, and what these tell the agent."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.buyer.searches import Search
from graphql_api.demo.doors import Doors
from graphql_api.demo.estate.agents import Agent
from graphql_api.demo.estate.portals import Buyer
from models.buyer.chat_agent_insight import ChatAgentInsightRow, InsightStatus
from models.buyer.chat_message import AnswerStatus, ChatMessageRow
from models.buyer.chat_search_context import ChatSearchContextRow, ContextType
from models.buyer.chat_session import ChatSessionRow, ChatSessionStatus, DecisionStage
from models.estate.codes import digest
from resolvers.buyer.chat_session_weighing import fired, weigh
from resolvers.buyer.search_scoring import Home

STATUSES = (
    *(ChatSessionStatus.ACTIVE, ChatSessionStatus.ACTIVE, ChatSessionStatus.PAUSED, ChatSessionStatus.COMPLETED),
)
"""By turns; the first buyer's chat is open."""

FAILED_EVERY = 5
"""The last question of every so many chats has no answer."""

FIRST_TALK = (0, 1, 3, 4, 5)
"""The questions of an agent's first buyer, who wants a visit in the end."""

MILESTONES = (InsightStatus.ACTED_UPON, InsightStatus.DISMISSED, InsightStatus.ACKNOWLEDGED)
"""What has become of the insights before the last one, by turns."""

THOUGHT_MILLISECONDS = 4_000


@dataclass(slots=True)
class Chat:
    """A chat as it goes on; the row is made of it at the end."""

    buyer: Buyer
    searches: Sequence[Search]
    started: int
    active: int
    stage: DecisionStage = DecisionStage.BROWSING
    engagement: float = 0.0
    returns: int = 0
    messages: list[ChatMessageRow] = field(default_factory=list)
    insights: list[ChatAgentInsightRow] = field(default_factory=list)

    @property
    def id(self) -> ObjectId:
        """The id of the chat."""
        return keys.fixed("chat", self.buyer.agent.key, str(self.buyer.number))

    @property
    def below(self) -> dict[str, ObjectId]:
        """What every row of the chat says of it."""
        return {"sessionId": self.id, "agentId": self.buyer.agent.id}

    @property
    def profile(self) -> dict[str, ObjectId]:
        """The profile that the chat has begun with, and its first version, which is the same."""
        first = self.searches[0].row
        return {"profileId": first.profileId, "rootProfileId": first.rootProfileId}

    @property
    def newest(self) -> Search:
        """The last search that was done before the chat's end; there may be later ones."""
        return self.search(self.active)

    def search(self, at: int) -> Search:
        """What is talked about at that time (Unix milliseconds)."""
        return [search for search in self.searches if search.row.createdAt <= at][-1]


def link_token(doors: Doors, agent: Agent, number: int) -> str:
    """The secret of the link to the chat of the agent's buyer of that number."""
    return doors.link(agent.key, str(number))


def talk(buyer: Buyer, searches: Sequence[Search]) -> Chat:
    """The chat of a buyer, from the day after the first search to when the buyer was last there."""
    started = searches[0].row.createdAt + DAY
    chat = Chat(buyer, searches, started, started)
    chance = keys.chance("chat", buyer.agent.key, str(buyer.number))
    asked = _questions(buyer, chance)
    times = sorted(chance.randint(started, buyer.seen) for _ in asked)
    for place, (question, at) in enumerate(zip(asked, times, strict=True)):
        fails = place == len(asked) - 1 and buyer.number % FAILED_EVERY == FAILED_EVERY - 1
        _ask(chat, question, at, chance, fails=fails)
    for place, insight in enumerate(chat.insights[:-1]):
        insight.status, insight.version = MILESTONES[place % len(MILESTONES)], 2
        insight.updatedAt = insight.generatedAt + DAY // 8
    return chat


def _questions(buyer: Buyer, chance: random.Random) -> list[Mapping[str, Any]]:
    known: list[Mapping[str, Any]] = texts.chats()["question"]
    chosen = FIRST_TALK if buyer.number == 0 else sorted(chance.sample(range(len(known)), chance.randint(3, 6)))
    return [known[place] for place in chosen]


def _ask(chat: Chat, question: Mapping[str, Any], at: int, chance: random.Random, *, fails: bool) -> None:
    chat.returns += at - chat.active > DAY
    chat.active = at
    search = chat.search(at)
    home = search.homes[chance.randrange(min(3, len(search.homes)))]
    slots = _slots(home)
    told = {} if fails else _studied(question)
    end = at + THOUGHT_MILLISECONDS + chance.randrange(THOUGHT_MILLISECONDS)
    message = ChatMessageRow(
        id=keys.dated(at, chance),
        **chat.below,
        message=question["asked"].format_map(slots),
        aiResponse=None if fails else question["answered"].format_map(slots),
        answerStatus=AnswerStatus.FAILED if fails else AnswerStatus.ANSWERED,
        answeredAt=None if fails else end,
        timestamp=at,
        propertyMentioned=home["_id"],
        searchTransactionId=search.row.id,
        **told,
        version=2,
        createdAt=at,
        updatedAt=end,
    )
    chat.messages.append(message)
    if told:
        _weigh(chat, told, end)


def _studied(question: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "questionCategory": question["category"],
        "intentClassification": question["intent"],
        "sentimentScore": question["sentiment"],
        "agentPath": "search->answer",
    }


def _weigh(chat: Chat, told: Mapping[str, Any], at: int) -> None:
    """What the question makes of the chat, by the server's own rules."""
    before = {"totalQuestions": len(chat.messages), "returnVisits": chat.returns, "decisionStage": chat.stage}
    weighed = weigh(before, told)
    chat.stage, chat.engagement = weighed.decisionStage, weighed.engagementScore
    rule = fired(weighed)
    if rule is None:
        return
    insight = ChatAgentInsightRow(
        id=keys.fixed("insight", str(chat.id), str(len(chat.insights))),
        **chat.below,
        profileId=chat.profile["profileId"],
        insightType=rule.insightType,
        priority=rule.priority,
        confidenceScore=rule.confidence,
        insightMessage=rule.message,
        actionSuggested=rule.action,
        generatedAt=at,
        createdAt=at,
        updatedAt=at,
    )
    chat.insights.append(insight)


def _slots(home: Home) -> dict[str, Any]:
    return {
        "address": home["address"],
        "city": home["city"],
        "price": f"${home['price']:,}",
        "beds": home["bedrooms"],
        "foot": f"${home['price'] // home['squareFeet']:,}",
        "features": ", ".join(home["features"][:3]).lower(),
    }


def session_row(chat: Chat, doors: Doors) -> ChatSessionRow:
    """The chat itself, after all that was said and done in it."""
    return ChatSessionRow(
        id=chat.id,
        **chat.profile,
        agentId=chat.buyer.agent.id,
        sessionStart=chat.started,
        lastActivity=chat.active,
        totalQuestions=len(chat.messages),
        engagementScore=chat.engagement,
        returnVisits=chat.returns,
        decisionStage=chat.stage,
        status=STATUSES[chat.buyer.number % len(STATUSES)],
        accessTokenHash=digest(link_token(doors, chat.buyer.agent, chat.buyer.number)),
        version=1 + len(chat.messages),
        createdAt=chat.started,
        updatedAt=chat.active,
    )


def context_rows(chat: Chat) -> Iterator[ChatSearchContextRow]:
    """What the chat has talked about: the newest search that was done before the chat's end is the active one."""
    newest = chat.newest
    for search in chat.searches[: chat.searches.index(newest) + 1]:
        first = search is chat.searches[0]
        at = chat.started if first else search.row.createdAt
        yield ChatSearchContextRow(
            id=keys.fixed("context", str(chat.id), str(search.row.id)),
            **chat.below,
            searchTransactionId=search.row.id,
            contextType=ContextType.INITIAL_SEARCH if first else ContextType.REFINED_SEARCH,
            isActive=search is newest,
            createdAt=at,
            updatedAt=at if search is newest else newest.row.createdAt,
        )
