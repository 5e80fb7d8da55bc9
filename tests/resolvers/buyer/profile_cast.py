"""Everybody who may come to a buyer's profile, and the rows that are there."""

from dataclasses import dataclass
from typing import Any

from models.buyer.profile import PROFILES
from tests.factories import buyer as make
from tests.factories import estate as make_estate
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Caller, People
from tests.resolvers.advisor.writing import gid

SECRETS: dict[str, Any] = {
    "email": "bea@secret.example",
    "phone": "+15035550100",
    "rawInput": "SECRET raw",
    "voiceTranscript": "SECRET voice",
    "emotionalContext": "SECRET context",
    "emotionalTone": "SECRET tone",
    "inferredTags": ["SECRET tag"],
    "dealbreakers": ["SECRET breaker"],
    "specialNeeds": ["SECRET need"],
    "priorityScore": 77,
    "nlpConfidence": 66,
}
"""What the buyer's chat may never see, with values that occur nowhere else."""


@dataclass(frozen=True)
class Cast:
    """`ann` is the agent of the `profile`; `callers` are all others, by what they are."""

    ann: Party
    profile: dict[str, Any]
    callers: dict[str, Caller]

    @property
    def id(self) -> str:
        """The global id of the profile."""
        return gid(PROFILES, self.profile)

    def __getitem__(self, name: str) -> Caller:
        """One of the others."""
        return self.callers[name]


async def cast(people: People, parties: Parties) -> Cast:
    """An agent with a buyer and chats, and all kinds of others."""
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    profile = await make.profile(ann.row["_id"], **SECRETS)
    other = await make.profile(ann.row["_id"], name="Cem Other", email="cem@example.com")
    listing = await make_estate.listing(ann.row)
    callers: dict[str, Caller] = {
        "chat": await parties.chat(profile),
        "other chat": await parties.chat(other),
        "other agent": bob,
        "operator": await people.operator("olga"),
        "portal": await parties.buyer(ann, buyerProfileId=profile["_id"]),
        "seller": await parties.seller(listing),
        "person": await people.person("pia"),
        **{name: people.service(name) for name in ("analysis", "answering", "search", "billing", "enrichment")},
        "anonymous": ANONYMOUS,
    }
    return Cast(ann, profile, callers)


async def agent_who_is_off(parties: Parties) -> tuple[Party, dict[str, Any]]:
    """An agent who is switched off, and his buyer."""
    off = await parties.agent("off", active=False)
    return off, await make.profile(off.row["_id"])
