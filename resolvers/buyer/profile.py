"""BuyerProfile: what an agent knows about a buyer, version by version."""

from typing import Annotated

import strawberry

from models.buyer.profile import PROFILES, HomeType, InputMethod
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.estate.agent import AGENTS
from models.policy import both
from resolvers.adjectives import INTS, TIMES, choices, orders, where
from resolvers.buyer.chat_agent_insight import OF_PROFILE as INSIGHTS_OF_PROFILE
from resolvers.buyer.chat_agent_insight import BuyerChatAgentInsight
from resolvers.buyer.chat_session import OF_PROFILE as CHATS_OF_PROFILE
from resolvers.buyer.chat_session import BuyerChatSession
from resolvers.buyer.profile_reach import listed_of_buyer, mine, watched_of_buyer
from resolvers.buyer.search_transaction import BuyerSearchTransaction
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.scalars import Timestamp
from resolvers.table import Node, choice, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import many, one
from resolvers.verbs.watch import ListChange, watched

choice(
    HomeType,
    "BuyerHomeType",
    "What kind of home a buyer looks for.",
    CONDO="A condominium.",
    TOWNHOUSE="A house in a row.",
    SINGLE_FAMILY="A house that stands alone.",
    DUPLEX="One of two homes in a house.",
    APARTMENT="A rented flat.",
    OTHER="Something else, or any.",
)
choice(
    InputMethod,
    "BuyerInputMethod",
    "How an agent gave what a profile was made from.",
    FORM="Field by field.",
    VOICE="By speaking.",
    TEXT="As a text.",
)

ALONE = "shown to the agent and the services that need it"


VERSIONS = Listing(PROFILES, orders("BuyerProfileVersion", VERSION=("-profileVersion",)), fixed=("rootProfileId",))


@node(
    PROFILES, "A version of what an agent knows about a buyer. The agent sees it, and the wishes the buyer in a chat."
)
class BuyerProfile(Node):
    id: strawberry.ID = identity(PROFILES)
    name: str = column("Name of the buyer.")
    email: str | None = column("E-mail address; shown to the agent alone.")
    phone: str | None = column("Telephone number; shown to the agent alone.")
    location: str = column("Where the buyer looks: the city first, and a comma before anything else.")
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent of the buyer.")
    budget: str = column("Budget in words.")
    budgetMin: int | None = column("Least price, in whole units of its currency.")
    budgetMax: int | None = column("Highest price.")
    homeType: HomeType = column("Kind of home.")
    bedrooms: int = column("Number of bedrooms.")
    bathrooms: str = column("Number of bathrooms, as `2+`.")
    mustHaveFeatures: list[str] = column("Features that are wanted.")
    dealbreakers: list[str] | None = column(f"What the buyer does not take; {ALONE}.")
    preferredAreas: list[str] = column("Areas that are liked.")
    lifestyleDrivers: list[str] = column("What matters in the buyer's life.")
    specialNeeds: list[str] | None = column(f"Special needs; {ALONE}.")
    budgetFlexibility: int = column("How flexible the budget is, 0 to 100 per cent.")
    locationFlexibility: int = column("How flexible the place is, 0 to 100 per cent.")
    timingFlexibility: int = column("How flexible the time is, 0 to 100 per cent.")
    emotionalContext: str | None = column(f"What moves the buyer; {ALONE}.")
    voiceTranscript: str | None = column(f"What was spoken; {ALONE}.")
    inferredTags: list[str] | None = column(f"Words that the analysis has found; {ALONE}.")
    emotionalTone: str | None = column(f"How the buyer sounds; {ALONE}.")
    priorityScore: int | None = column(f"How much the buyer is worth the agent's time, 0 to 100; {ALONE}.")
    rawInput: str | None = column(f"What the profile was made from; {ALONE}.")
    inputMethod: InputMethod = column("How the agent gave that.")
    nlpConfidence: int | None = column(f"How sure the reading is, 0 to 100 per cent; {ALONE}.")
    profileVersion: int = column("Number of the version, from 1 on; each change makes the next one.")
    current: bool = column("Whether it is the newest version.")
    parentProfileId: strawberry.ID | None = reference(PROFILES, "parentProfileId", "The version before.")
    rootProfileId: strawberry.ID = reference(PROFILES, "rootProfileId", "The first version: the same in all of them.")
    versions: Connection[Annotated["BuyerProfile", strawberry.lazy("resolvers.buyer.profile")]] = many(
        VERSIONS, "rootProfileId", "All versions of the profile, newest first.", by="rootProfileId"
    )
    latestSearch: BuyerSearchTransaction | None = one(
        SEARCH_TRANSACTIONS, "latestSearchId", "The last search for the buyer, whichever version it was done with."
    )
    insights: Connection[BuyerChatAgentInsight] = many(
        INSIGHTS_OF_PROFILE, "profileId", "What chats on this version tell about the buyer; for the agent alone."
    )
    chatSessions: Connection[BuyerChatSession] = many(
        CHATS_OF_PROFILE, "profileId", "The chats on this version, last used first."
    )
    version: int = column("Number that rises with each change of this version's row, for `expectedVersion`.")
    createdAt: Timestamp = column("When the version was made.")
    updatedAt: Timestamp = column("When its row was last changed.")
    viewerCanUpdate: bool = viewer_can(PROFILES, "update", "Whether you may change it.")
    viewerCanDelete: bool = viewer_can(PROFILES, "delete", "Whether you may delete it, with all versions.")


PROFILE_WHERE = where(PROFILES, homeType=choices(HomeType, "BuyerHomeType"), priorityScore=INTS, createdAt=TIMES)
ORDERS = orders("BuyerProfile", CREATED_AT=("-createdAt",), NAME=("name",), PRIORITY=("-priorityScore",))

MINE = Listing(
    PROFILES,
    ORDERS,
    fixed=("agentId", "current"),
    scope=lambda actor: both(mine(actor), {"current": True}),
    where=PROFILE_WHERE,
    search=True,
)


@strawberry.type
class ProfileQueries:
    buyerProfile: BuyerProfile | None = one_by_id(PROFILES, "A version of a buyer's profile.")
    buyerProfiles: Connection[BuyerProfile] = listed(
        MINE, "Your buyers, each by the newest version of the profile, last changed first; for agents."
    )
    buyerProfileVersions: Connection[BuyerProfile] = listed_of_buyer(
        VERSIONS, "All versions of a profile, newest first."
    )


@strawberry.type
class ProfileSubscriptions:
    buyerProfileChanges: ListChange[BuyerProfile] = watched(MINE, "Your buyers, kept up to date; for agents.")
    buyerProfileVersionChanges: ListChange[BuyerProfile] = watched_of_buyer(
        VERSIONS, "All versions of a profile, kept up to date."
    )
