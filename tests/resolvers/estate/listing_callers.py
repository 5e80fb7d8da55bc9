"""Everybody there is around a listing, by name, for tests of who may do what with it."""

from dataclasses import dataclass
from typing import Any

from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Caller, People

LICENCE = {"licenseNumber": "OR-1"}


@dataclass(frozen=True)
class Scene:
    """A listing of the agent ann's, and who may ask about it, strangers included."""

    ann: Party
    house: dict[str, Any]
    callers: dict[str, Caller]

    @property
    def others(self) -> dict[str, Caller]:
        """Everybody but its agent."""
        return {name: caller for name, caller in self.callers.items() if name != "agent"}


async def scene(parties: Parties, people: People, **values: Any) -> Scene:
    """A listing of these values, with everybody around."""
    ann, bob = await parties.agent("ann", **LICENCE), await parties.agent("bob", **LICENCE)
    house, other = await make.listing(ann.row, **values), await make.listing(ann.row, address="2 Other Street")
    callers: dict[str, Caller] = {
        "agent": ann,
        "other agent": bob,
        "operator": await people.operator("olga"),
        "buyer": await parties.buyer(ann),
        "other buyer": await parties.buyer(bob),
        # Open also where the listing is hidden: with its agent it would be closed.
        "seller": await parties.seller({**house, "agentActive": True}),
        "other seller": await parties.seller(other),
        "chat": await parties.chat(await make_buyer.profile(ann.row["_id"])),
        "person": await people.person("pat"),
        "anonymous": ANONYMOUS,
        **{name: people.service(name) for name in ("enrichment", "analysis", "answering", "stranger")},
    }
    return Scene(ann, house, callers)


def expected(scene: Scene, told: dict[str, Any], otherwise: Any) -> dict[str, Any]:
    """What each of the callers is told: `otherwise` unless `told` says."""
    return {name: told.get(name, otherwise) for name in scene.callers}
