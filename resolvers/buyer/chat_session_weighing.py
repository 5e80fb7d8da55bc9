"""How a question is weighed in its chat: how engaged the buyer is, how near to a decision, and what the agent should
know of it. Rules in plain numbers, the same for everybody, written down in `docs/answering.md`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from models.buyer.chat_agent_insight import InsightPriority, InsightType
from models.buyer.chat_message import MessageIntent, QuestionCategory
from models.buyer.chat_session import DecisionStage
from models.policy import RowData

STAGES = tuple(DecisionStage)
STEPS = {intent: step for step, intent in enumerate(MessageIntent)}
"""The stage that an intent speaks of has the same place among the stages."""

QUESTIONS_POINTS = 5.0
RETURNS_POINTS = 2.0
"""Most points of the ten for questions (half a point each) and for having come back (one each)."""

ENGAGED = 7.0
GLAD = 0.3
UPSET = -0.4
"""From where on a buyer counts as engaged, glad or upset."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question with its chat as it is then; an intent or a sentiment that nobody knows is none."""

    COLUMNS: ClassVar = ("questionCategory", "sentimentScore", "intentClassification", "agentPath")

    category: QuestionCategory | None
    sentiment: float
    intent: MessageIntent | None
    engagementScore: float
    decisionStage: DecisionStage


def weigh(session: RowData, found: RowData) -> Weighed:
    """What a question, of which this was `found`, makes of its chat."""
    intent = MessageIntent(found["intentClassification"]) if "intentClassification" in found else None
    category = QuestionCategory(found["questionCategory"]) if "questionCategory" in found else None
    sentiment = float(found.get("sentimentScore", 0.0))
    return Weighed(category, sentiment, intent, _engagement(session, intent, sentiment), _stage(session, intent))


def _engagement(session: RowData, intent: MessageIntent | None, sentiment: float) -> float:
    asked = min(QUESTIONS_POINTS, float(session["totalQuestions"]) / 2)
    returned = min(RETURNS_POINTS, float(session["returnVisits"]))
    step = 0 if intent is None else STEPS[intent]
    return round(max(0.0, min(10.0, asked + returned + step + sentiment)), 1)


def _stage(session: RowData, intent: MessageIntent | None) -> DecisionStage:
    """A buyer moves on at once, and falls back one stage at a time: one idle question undoes no decision."""
    before = STAGES.index(session["decisionStage"])
    return STAGES[before if intent is None else max(before - 1, STEPS[intent])]


@dataclass(frozen=True, slots=True)
class InsightRule:
    """When it `fires`, the agent is told; `confidence` is how sure the rule is."""

    insightType: InsightType
    priority: InsightPriority
    confidence: float
    message: str
    action: str
    fires: Callable[[Weighed], bool]


def _hot(seen: Weighed) -> bool:
    near = seen.intent is MessageIntent.DECIDING and seen.engagementScore >= ENGAGED
    return (near or seen.intent is MessageIntent.SCHEDULING) and seen.sentiment >= GLAD


RULES = (
    InsightRule(
        InsightType.HOT_LEAD,
        InsightPriority.URGENT,
        0.9,
        "The buyer is glad and ready to act.",
        "Call now.",
        _hot,
    ),
    InsightRule(
        InsightType.READY_TO_VIEW,
        InsightPriority.HIGH,
        0.8,
        "The buyer wants to see a home.",
        "Offer a time for a showing.",
        lambda seen: seen.intent is MessageIntent.SCHEDULING,
    ),
    InsightRule(
        InsightType.FOLLOW_UP_NEEDED,
        InsightPriority.HIGH,
        0.7,
        "The buyer is upset.",
        "Ask what is wrong.",
        lambda seen: seen.sentiment <= UPSET,
    ),
    InsightRule(
        InsightType.BUDGET_ADJUSTMENT,
        InsightPriority.MEDIUM,
        0.6,
        "The buyer is not happy with the prices.",
        "Talk about the budget.",
        lambda seen: seen.category is QuestionCategory.PRICING and seen.sentiment < 0,
    ),
    InsightRule(
        InsightType.PREFERENCES_CHANGED,
        InsightPriority.MEDIUM,
        0.5,
        "The homes are not what the buyer wants any more.",
        "Go through the wishes, and search again.",
        lambda seen: seen.category in {QuestionCategory.FEATURES, QuestionCategory.LOCATION} and seen.sentiment < 0,
    ),
)
"""The first one that fires counts."""


def fired(seen: Weighed) -> InsightRule | None:
    """The rule by which the agent is told of a question; None when there is nothing to tell."""
    return next((rule for rule in RULES if rule.fires(seen)), None)
