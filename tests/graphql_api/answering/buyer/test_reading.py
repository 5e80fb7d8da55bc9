"""What the words of a question tell."""

import pytest

from graphql_api.answering.buyer.reading import read


@pytest.mark.parametrize(
    ("question", "category", "sentiment", "intent"),
    [
        ("", "GENERAL", 0.0, "BROWSING"),
        ("Hello there!", "GENERAL", 0.0, "BROWSING"),
        ("I love it! Can we schedule a tour on Saturday?", "LOGISTICS", 1.0, "SCHEDULING"),
        ("Which schools are near the park?", "LOCATION", 0.0, "BROWSING"),
        ("Does the kitchen have a view of the garden?", "FEATURES", 0.0, "BROWSING"),
        ("Is the price better than the other one?", "PRICING", 0.0, "COMPARING"),
        ("That is too expensive, I am disappointed.", "PRICING", -1.0, "BROWSING"),
        ("We are ready to make an offer.", "PRICING", 0.0, "DECIDING"),
        ("It is not good.", "GENERAL", -1.0, "BROWSING"),
        ("Not bad at all, and the kitchen is great", "FEATURES", 1.0, "BROWSING"),
        ("It isn\u2019t nice, but the garden is beautiful", "FEATURES", 0.0, "BROWSING"),
        ("nice nice terrible", "GENERAL", 0.33, "BROWSING"),
    ],
)
def test_a_question_is_read(question: str, category: str, sentiment: float, intent: str) -> None:
    assert read(question) == {
        "questionCategory": category,
        "sentimentScore": sentiment,
        "intentClassification": intent,
    }
