"""How a question is weighed: the rules in numbers."""

from typing import Any

import pytest

from resolvers.buyer.chat_session_weighing import fired, weigh

CHAT = {"totalQuestions": 4, "returnVisits": 1, "decisionStage": "browsing"}


def _found(category: str | None = None, sentiment: float | None = None, intent: str | None = None) -> dict[str, Any]:
    given = {"questionCategory": category, "sentimentScore": sentiment, "intentClassification": intent}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("chat", "found", "score"),
    [
        ({}, {}, 3.0),
        ({}, _found(sentiment=-0.55), 2.5),
        ({}, _found(intent="comparing"), 4.0),
        ({}, _found(intent="scheduling", sentiment=1.0), 7.0),
        ({"totalQuestions": 0, "returnVisits": 0}, _found(sentiment=-1.0), 0.0),
        ({"totalQuestions": 99, "returnVisits": 99}, _found(intent="scheduling", sentiment=1.0), 10.0),
        ({"totalQuestions": 99, "returnVisits": 99}, {}, 7.0),
    ],
)
def test_engagement(chat: dict[str, int], found: dict[str, Any], score: float) -> None:
    assert weigh({**CHAT, **chat}, found).engagementScore == score


@pytest.mark.parametrize(
    ("before", "intent", "after"),
    [
        ("browsing", "scheduling", "ready"),
        ("browsing", "deciding", "deciding"),
        ("ready", "browsing", "deciding"),
        ("deciding", "comparing", "comparing"),
        ("comparing", None, "comparing"),
        ("browsing", "browsing", "browsing"),
    ],
)
def test_stage(before: str, intent: str | None, after: str) -> None:
    assert weigh({**CHAT, "decisionStage": before}, _found(intent=intent)).decisionStage == after


@pytest.mark.parametrize(
    ("questions", "found", "told"),
    [
        (1, _found("logistics", 0.3, "scheduling"), "hot_lead"),
        (10, _found("general", 0.3, "deciding"), "hot_lead"),
        (4, _found("general", 0.3, "deciding"), None),
        (1, _found("logistics", 0.2, "scheduling"), "ready_to_view"),
        (1, _found("general", -0.4), "follow_up_needed"),
        (1, _found("pricing", -0.1), "budget_adjustment"),
        (1, _found("features", -0.1), "preferences_changed"),
        (1, _found("location", -0.1), "preferences_changed"),
        (1, _found("pricing", 0.0), None),
        (1, {}, None),
    ],
)
def test_what_the_agent_is_told(questions: int, found: dict[str, Any], told: str | None) -> None:
    rule = fired(weigh({**CHAT, "totalQuestions": questions, "returnVisits": 0}, found))
    assert (None if rule is None else rule.insightType) == told
