"""Reads a question by its words: what it is about, how the buyer feels, what the buyer is about to do.

It is no model: it counts words of lists, the same for everybody, and a service of one's own may say more.
"""

import re
from collections.abc import Mapping, Set
from typing import Any


def _words(text: str) -> Set[str]:
    return frozenset(text.split())


CATEGORIES: Mapping[str, Set[str]] = {
    "LOGISTICS": _words("visit tour showing appointment schedule tomorrow weekend saturday sunday when deadline move"),
    "PRICING": _words(
        "price prices cost costs expensive cheap cheaper afford budget mortgage payment tax taxes fee fees offer"
    ),
    "LOCATION": _words(
        "where location neighborhood neighbourhood area street school schools commute near nearby quiet noise park "
        "transit station safe walk"
    ),
    "FEATURES": _words(
        "bedroom bedrooms bathroom bathrooms kitchen garage garden yard pool basement balcony view size square feet "
        "floor parking heating renovated built"
    ),
}
"""Of two that are spoken of equally, the first one counts."""

GLAD = _words("love loved great perfect beautiful wonderful amazing excellent excited fantastic nice happy good best")
UPSET = _words(
    "hate dislike bad terrible awful ugly worried disappointed disappointing annoying annoyed expensive small dark "
    "noisy wrong worst sad"
)
NEGATIONS = frozenset({"not", "no", "don't", "doesn't", "isn't", "never", "didn't"})

INTENTS = (
    ("SCHEDULING", re.compile(r"\b(tour|showing|visit|appointment|schedule|see it|view it|come by|open house)\b")),
    ("DECIDING", re.compile(r"\b(offer|buy|take it|decide|decided|ready|sign|close on|final)\b")),
    ("COMPARING", re.compile(r"\b(compare|compared|better|versus|vs|than|difference|cheaper|which one|or the)\b")),
)
"""The first one that is spoken of counts; without any, the buyer looks around."""


def read(question: str) -> dict[str, Any]:
    """What the words tell, under the names of the API's analysis."""
    # Phones write another apostrophe than keyboards.
    text = question.lower().replace("\u2019", "'")
    words = re.findall(r"[a-z']+", text)
    return {
        "questionCategory": _category(words),
        "sentimentScore": _sentiment(words),
        "intentClassification": next((name for name, spoken in INTENTS if spoken.search(text)), "BROWSING"),
    }


def _category(words: list[str]) -> str:
    counts = {name: sum(word in known for word in words) for name, known in CATEGORIES.items()}
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] else "GENERAL"


def _sentiment(words: list[str]) -> float:
    """Glad words less upset ones, as a share of both; a negation up to two words before turns a word round."""
    score, number = 0, 0
    for place, word in enumerate(words):
        value = (word in GLAD) - (word in UPSET)
        if value:
            turned = NEGATIONS.intersection(words[max(0, place - 2) : place])
            score += -value if turned else value
            number += 1
    return round(score / number, 2) if number else 0.0
