"""An agent writes down a buyer, and each change as the next version."""

from typing import Any

import strawberry

from models.buyer.profile import PROFILES, HomeType, InputMethod, ProfileRow
from models.errors import Code, Refusal, not_found
from models.estate.rules import ANALYSIS, PRODUCT, WORKING_AGENT
from resolvers.buyer.profile import ORDERS, BuyerProfile
from resolvers.buyer.profile_input import ANALYSED, WRITTEN, version_of
from resolvers.connection import Edge
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required, user_error

OWN = frozenset({"id", "version", "createdAt", "updatedAt", "revision_id"})
"""What the next version does not take over."""

FIRST = ORDERS.order(None)


@strawberry.input
class BuyerProfileInput(Input):
    """What may be left out when a buyer is written down, as in a change."""

    phone: str | None = optional("Telephone number.")
    budgetMin: int | None = optional("Least price, in whole units of its currency.")
    budgetMax: int | None = optional("Highest price, not below the least.")
    mustHaveFeatures: list[str] | None = optional("Features that are wanted, up to 100.")
    dealbreakers: list[str] | None = optional("What the buyer does not take, up to 100; `no …` for what must be there.")
    preferredAreas: list[str] | None = optional("Areas that are liked, up to 100.")
    lifestyleDrivers: list[str] | None = optional("What matters in the buyer's life, up to 100.")
    specialNeeds: list[str] | None = optional("Special needs, up to 100.")
    budgetFlexibility: int | None = optional("How flexible the budget is, 0 to 100 per cent; 50 unless given.")
    locationFlexibility: int | None = optional("How flexible the place is, 0 to 100 per cent; 50 unless given.")
    timingFlexibility: int | None = optional("How flexible the time is, 0 to 100 per cent; 50 unless given.")
    voiceTranscript: str | None = optional("What was spoken, up to 32,000 characters.")
    rawInput: str | None = optional("What the profile was made from, up to 32,000 characters.")
    inputMethod: InputMethod | None = optional("How you give that; FORM unless given.")
    inferredTags: list[str] | None = optional("Words that say something about the buyer, up to 100.")
    emotionalTone: str | None = optional("How the buyer sounds.")
    emotionalContext: str | None = optional("What moves the buyer, up to 5,000 characters.")
    priorityScore: int | None = optional("How much the buyer is worth your time, 0 to 100; 50 unless given.")
    nlpConfidence: int | None = optional("How sure a reading is, 0 to 100 per cent; 100 unless given.")


@strawberry.input(description="A new buyer.")
class BuyerProfileCreateInput(BuyerProfileInput):
    id: strawberry.ID | None = optional("Id chosen by the client, to work offline.")
    name: str = required("Name, 1 to 200 characters.")
    email: str = required("E-mail address.")
    location: str = required("Where the buyer looks: the city first, and a comma before anything else.")
    budget: str = required("Budget in words, up to 500 characters.")
    homeType: HomeType = required("Kind of home.")
    bedrooms: int = required("Number of bedrooms, 0 to 10.")
    bathrooms: str = required("Number of bathrooms, as `2+`.")


@strawberry.type(description="The buyer that was written down.")
class BuyerProfileCreatePayload(Payload):
    profile: BuyerProfile | None = one(PROFILES, "profile", "The first version of the profile.")
    profileEdge: Edge[BuyerProfile] | None = edge(PROFILES, "profile", FIRST, "The profile in your list.")


async def create(hand: Change, input: BuyerProfileCreateInput) -> Outcome:
    """Write down a buyer of one's own."""
    key = hand.new_key(PROFILES, input.id)
    whose = {"id": key, "rootProfileId": key, "agentId": hand.profile(PRODUCT)}
    return {
        "profile": await hand.store.write.insert(PROFILES, version_of({**hand.patch(*WRITTEN), **whose}), hand.actor)
    }


@strawberry.input(description="Changes to a buyer's profile.")
class BuyerProfileUpdateInput(BuyerProfileInput):
    id: strawberry.ID = required("Newest version of the profile.")
    expectedVersion: int | None = optional(
        "Version of the row that the change was made on; a stale one writes nothing."
    )
    name: str | None = optional("Name, 1 to 200 characters.")
    email: str | None = optional("E-mail address.")
    location: str | None = optional("Where the buyer looks.")
    budget: str | None = optional("Budget in words, up to 500 characters.")
    homeType: HomeType | None = optional("Kind of home.")
    bedrooms: int | None = optional("Number of bedrooms, 0 to 10.")
    bathrooms: str | None = optional("Number of bathrooms, as `2+`.")


@strawberry.type(description="The version that was made.")
class BuyerProfileUpdatePayload(Payload):
    profile: BuyerProfile | None = one(
        PROFILES, "profile", "The new version; when yours was stale, the newest one as it is."
    )
    profileEdge: Edge[BuyerProfile] | None = edge(PROFILES, "profile", FIRST, "The same in your list.")


async def update(hand: Change, input: BuyerProfileUpdateInput) -> Outcome:
    """Make the next version of a profile; chats stay on the version they are on."""
    key = hand.key(PROFILES, input.id)
    given = await hand.readable(PROFILES, key, "agentId", "rootProfileId")
    hand.demand(WORKING_AGENT, given, "You may see this buyer profile, and not do this with it.")
    newest = await hand.store.write.hold(PROFILES, {"rootProfileId": given["rootProfileId"], "current": True})
    if newest is None:
        raise not_found(PROFILES.noun, "id")
    if (stale := _stale(newest, input)) is not None or newest["_id"] != key:
        refusal = stale or Refusal(Code.STALE_VERSION, f"Version {newest['profileVersion']} has replaced it.", "id")
        return {"profile": newest["_id"], "userErrors": [user_error(refusal)]}
    changes = hand.patch(*WRITTEN)
    if not changes:
        return {"profile": key}
    row = version_of({**_taken_over(newest), **changes, "parentProfileId": key})
    await hand.store.write.effect_one(PROFILES, {"_id": key}, {"$set": {"current": False}})
    return {"profile": await hand.store.write.insert(PROFILES, row, hand.actor)}


def _stale(newest: dict[str, Any], input: BuyerProfileUpdateInput) -> Refusal | None:
    """Why the change was not made on the newest version as it is."""
    expected = input.expectedVersion
    if expected is None or expected == newest["version"]:
        return None
    message = f"The buyer profile is at version {newest['version']}, not {expected}."
    return Refusal(Code.STALE_VERSION, message, "expectedVersion")


def _taken_over(newest: dict[str, Any]) -> dict[str, Any]:
    known = {column: newest[column] for column in ProfileRow.model_fields.keys() - OWN if column in newest}
    return {"nlpConfidence": None, **known, "profileVersion": newest["profileVersion"] + 1}


@strawberry.input(description="What an analysis has found out about a buyer.")
class BuyerProfileAnalysisSetInput(Input):
    id: strawberry.ID = required("Version of the profile that was analysed.")
    expectedVersion: int | None = optional("Version of the row that was analysed; a stale one writes nothing.")
    inferredTags: list[str] | None = optional("Words that say something about the buyer, up to 100.")
    emotionalTone: str | None = optional("How the buyer sounds; null removes it.")
    emotionalContext: str | None = optional("What moves the buyer; null removes it.")
    priorityScore: int | None = optional("How much the buyer is worth the agent's time, 0 to 100.")
    nlpConfidence: int | None = optional("How sure the reading is, 0 to 100 per cent; null where nobody knows.")


@strawberry.type(description="The profile with what was found out.")
class BuyerProfileAnalysisSetPayload(Payload):
    profile: BuyerProfile | None = one(PROFILES, "profile", "The profile as it is now.")


async def set_analysis(hand: Change, input: BuyerProfileAnalysisSetInput) -> Outcome:
    """Write the analysis into a version: no new one, since the wishes are the same."""
    key = hand.key(PROFILES, input.id)
    await hand.readable(PROFILES, key)
    hand.demand(ANALYSIS, {}, "The analysis is written by a service; change the profile instead.")
    changes = hand.patch(*ANALYSED)
    await hand.store.write.update(PROFILES, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"profile": key}


@strawberry.type
class ProfileWriteMutations:
    buyerProfileCreate: BuyerProfileCreatePayload = change(create, "Write down a buyer of yours; for agents.")
    buyerProfileUpdate: BuyerProfileUpdatePayload = change(
        update, "Change a buyer's profile, by a new version; what is absent stays, null clears."
    )
    buyerProfileAnalysisSet: BuyerProfileAnalysisSetPayload = change(
        set_analysis, "Write what an analysis found out about a buyer; for the analysis service.", current="profile"
    )
