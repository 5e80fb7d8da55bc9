"""The buyers of the demo as their agents have written them down, version after version."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.agents import Agent
from graphql_api.demo.estate.portals import Buyer, email
from models.buyer.profile import HomeType, InputMethod, ProfileRow

MOST_VERSIONS = 3
DAYS_BETWEEN = 5
RAISE = 25_000
"""Dollars by which the budget grows with each version."""

METHODS = (InputMethod.FORM, InputMethod.VOICE, InputMethod.TEXT)


def profile_key(agent: Agent, number: int, version: int = 1) -> ObjectId:
    """The id of a version of the agent's buyer of that number."""
    return keys.fixed("buyer profile", agent.key, str(number), str(version))


def versions(buyer: Buyer) -> list[ProfileRow]:
    """All versions, oldest first; the searches for them are yet to be done."""
    last = 1 + buyer.number % MOST_VERSIONS
    return [_version(buyer, version, last) for version in range(1, last + 1)]


def _version(buyer: Buyer, version: int, last: int) -> ProfileRow:
    made = buyer.opened + (version - 1) * DAYS_BETWEEN * DAY
    replaced = made + DAYS_BETWEEN * DAY
    previous = profile_key(buyer.agent, buyer.number, version - 1) if version > 1 else None
    return ProfileRow(
        id=profile_key(buyer.agent, buyer.number, version),
        rootProfileId=profile_key(buyer.agent, buyer.number),
        parentProfileId=previous,
        profileVersion=version,
        current=version == last,
        agentId=buyer.agent.id,
        **_wishes(buyer, version),
        **_heard(buyer),
        version=1 if version == last else 2,
        createdAt=made,
        updatedAt=made if version == last else replaced,
    )


def _wishes(buyer: Buyer, version: int) -> dict[str, Any]:
    chance = keys.chance("buyer profile", buyer.agent.key, str(buyer.number))
    most = buyer.most + (version - 1) * RAISE
    least = round(most * 0.6, -4)
    drivers = _text(buyer)["drivers"]
    return {
        "name": buyer.name,
        "email": email(buyer.name, buyer.number),
        "phone": f"+1 555 01{buyer.number % 100:02}",
        "location": f"{buyer.ground['city']}, {buyer.ground['state']}",
        "budget": f"${least:,} to ${most:,}",
        "budgetMin": least,
        "budgetMax": most,
        "homeType": chance.choice((HomeType.SINGLE_FAMILY, HomeType.TOWNHOUSE, HomeType.OTHER)),
        "bedrooms": buyer.beds,
        "bathrooms": "1+" if buyer.beds < 3 else "2+",
        "mustHaveFeatures": chance.sample(texts.chats()["features"], 3)[:version],
        "preferredAreas": [buyer.ground["name"]],
        "lifestyleDrivers": drivers,
        "budgetFlexibility": chance.choice((20, 40, 60)),
        "locationFlexibility": chance.choice((30, 50, 70)),
        "timingFlexibility": chance.choice((20, 50, 80)),
    }


def _heard(buyer: Buyer) -> dict[str, Any]:
    """What nobody but the agent and the services sees."""
    text, method = _text(buyer), METHODS[buyer.number % len(METHODS)]
    said = f"{buyer.name} looks for {text['wants']}, in {buyer.ground['city']}."
    return {
        "dealbreakers": text["dealbreakers"],
        "specialNeeds": text["needs"],
        "inferredTags": text["tags"],
        "emotionalTone": text["tone"],
        "emotionalContext": text["context"],
        "priorityScore": text["score"],
        "rawInput": said,
        "voiceTranscript": said if method is InputMethod.VOICE else None,
        "inputMethod": method,
        "nlpConfidence": 100 if method is InputMethod.FORM else 88,
    }


def _text(buyer: Buyer) -> Mapping[str, Any]:
    known: list[dict[str, Any]] = texts.chats()["buyer"]
    return known[buyer.number % len(known)]
