"""What an agent says of a buyer: the columns, and the rows that are made of them."""

from collections.abc import Mapping
from typing import Any

from models.buyer.profile import ProfileRow
from models.validation import build

ANALYSED = ("inferredTags", "emotionalTone", "emotionalContext", "priorityScore", "nlpConfidence")
"""The columns that the analysis writes; the agent may as well."""

WRITTEN = (
    *("name", "email", "phone", "location", "budget", "budgetMin", "budgetMax", "homeType", "bedrooms", "bathrooms"),
    *("mustHaveFeatures", "dealbreakers", "preferredAreas", "lifestyleDrivers", "specialNeeds"),
    *("budgetFlexibility", "locationFlexibility", "timingFlexibility"),
    *("voiceTranscript", "rawInput", "inputMethod"),
    *ANALYSED,
)
"""The columns that an agent writes."""


def version_of(values: Mapping[str, Any]) -> ProfileRow:
    """A version with these values. Raises `Refusals`."""
    row = build(ProfileRow, {**values, "rawInput": values.get("rawInput") or ""})
    if "nlpConfidence" in values:
        # Null says that nobody knows, which is not the default.
        row.nlpConfidence = values["nlpConfidence"]
    return row
