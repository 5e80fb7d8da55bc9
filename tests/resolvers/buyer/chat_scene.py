"""A buyer's chat with everything in it, and everybody who may come by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.estate.agent import AGENTS
from models.store.connection import Database
from models.table import Table
from tests.factories import buyer as make
from tests.factories import estate as make_estate
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.advisor.writing import gid

Stored = dict[str, Any]


@dataclass
class Scene:
    """Ann has opened a chat for Bea, about one search that has found one home."""

    database: Database
    ann: Party
    bob: Party
    profile: Stored
    listing: Stored
    search: Stored
    chat: Party
    other_chat: Party
    buyer: Party
    seller: Party
    operator: Caller
    account: Caller
    services: Mapping[str, Caller]

    @property
    def session(self) -> Stored:
        """The row of the chat as it was made."""
        return self.chat.row

    @property
    def home(self) -> str:
        """The global id of the home."""
        return gid(REPLIERS_LISTINGS, self.listing)

    @property
    def outsiders(self) -> list[Caller]:
        """Those who see nothing of a chat: another agent, another buyer of the same agent, portals, strangers."""
        services = [self.services[name] for name in ("enrichment", "billing", "stranger")]
        return [self.bob, self.other_chat, self.buyer, self.seller, self.account, ANONYMOUS, *services]

    async def now(self, table: Table[Any], row: Stored) -> Stored:
        """A row as it is stored."""
        found = await self.database[table.collection].find_one({"_id": row["_id"]})
        assert found is not None
        return found

    async def chat_now(self) -> Stored:
        """The chat as it is stored."""
        return await self.now(CHAT_SESSIONS, self.session)

    async def set(self, **values: Any) -> None:
        """Change columns of the chat behind the server's back."""
        await self.database[CHAT_SESSIONS.collection].update_one({"_id": self.session["_id"]}, {"$set": values})

    async def switch_off(self) -> None:
        """Ann is switched off: her agent's row, and the copies of it in her chats."""
        await self.database[AGENTS.collection].update_one({"_id": self.ann.row["_id"]}, {"$set": {"active": False}})
        mine = {"agentId": self.ann.row["_id"]}
        await self.database[CHAT_SESSIONS.collection].update_many(mine, {"$set": {"agentActive": False}})


async def scene(parties: Parties, people: People, database: Database) -> Scene:
    """Everybody, each with the rows that a real one would have."""
    ann, bob = await parties.agent("ann"), await parties.agent("bob")
    profile = await make.profile(ann.row["_id"])
    other = await make.profile(ann.row["_id"], name="Cy Buyer")
    listing, search = await make.repliers_listing(), await make.search_transaction(profile)
    chat, other_chat = await parties.chat(profile), await parties.chat(other)
    for party, found in ((chat, search), (other_chat, await make.search_transaction(other))):
        await make.chat_search_context(party.row, found)
    return Scene(
        database,
        ann,
        bob,
        profile,
        listing,
        search,
        chat,
        other_chat,
        await parties.buyer(ann),
        await parties.seller(await make_estate.listing(ann.row)),
        await people.operator("olga"),
        await people.person("paul"),
        {
            name: people.service(name)
            for name in ("analysis", "answering", "billing", "enrichment", "search", "stranger")
        },
    )


async def seen(api: Api, by: Caller, field: str, selection: str, arguments: str = "") -> Any:
    """What a root field shows somebody."""
    given = f"({arguments})" if arguments else ""
    shown = f" {{ {selection} }}" if selection else ""
    return (await api.data(f"{{ found: {field}{given}{shown} }}", by=by))["found"]


async def node(api: Api, by: Caller, row_id: str, kind: str, selection: str) -> Any:
    """What `node` shows somebody of a row."""
    document = f'{{ node(id: "{row_id}") {{ ... on {kind} {{ {selection} }} }} }}'
    return (await api.data(document, by=by))["node"]
