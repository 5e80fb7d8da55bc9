"""Writes the real-estate platform of the demo with its buyer chat: an agent at a time, and the agents at the end."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from bson import ObjectId
from rich.progress import Progress, TaskID

from graphql_api.demo.buyer import filling as chats
from graphql_api.demo.buyer.profiles import profile_key
from graphql_api.demo.estate import assistant, clearing, listings, offers, portals, searches, views
from graphql_api.demo.estate.agents import Agent, account_row, agent_row, agents, audit_rows, credential_row
from graphql_api.demo.estate.listings import Plan
from graphql_api.demo.estate.portals import Buyer
from graphql_api.demo.scale import Homes
from graphql_api.demo.writing import Outbox, Run
from models.account.account import ACCOUNTS
from models.estate.agent import AGENTS
from models.estate.agent_credential import AGENT_CREDENTIALS
from models.estate.agent_interaction import AGENT_INTERACTIONS
from models.estate.audit_entry import AUDIT_ENTRIES
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.offer import OFFERS, OfferRow, OfferStatus
from models.estate.property_view import PROPERTY_VIEWS
from models.estate.saved_search import SAVED_SEARCHES
from models.estate.saved_search_match import SAVED_SEARCH_MATCHES
from models.estate.seller_session import SELLER_SESSIONS

REMEMBERED = 100
"""Listings of an agent, the last ones, among which saved searches find theirs."""


async def write(run: Run, homes: Homes, shown: Progress, *, force: bool) -> None:
    """Write all of it, unless its first agent is there already; with `force` what there is goes before."""
    found = await clearing.find(run.database, run.issuer)
    if not force and clearing.complete(found):
        return
    removing = shown.add_task("Removing old demo homes", total=None)
    await clearing.clear(run.database, found)
    shown.remove_task(removing)
    task = shown.add_task("Demo listings", total=homes.listings)
    everybody = tuple(agents(homes.colleagues, found.current))
    out = Outbox(run)
    await chats.listings(out, homes.cached)
    for agent, seen in zip(everybody, _shares(homes, len(everybody)), strict=True):
        await _agent(out, agent, seen, homes, shown, task)
    await out.flush()
    await _people(run, everybody)


def _shares(homes: Homes, number: int) -> Iterator[Sequence[int]]:
    """The views of each listing, by agent: one after another they have so many listings that all are somebody's."""
    counts = views.numbers(homes.listings, homes.views)
    for place in range(number):
        yield list(islice(counts, homes.listings // number + (place < homes.listings % number)))


async def _agent(out: Outbox, agent: Agent, seen: Sequence[int], homes: Homes, shown: Progress, task: TaskID) -> None:
    now = out.run.now
    buyers = [portals.buyer(agent, number, now) for number in range(homes.buyers)]
    newest = deque[Plan](maxlen=REMEMBERED)
    for number, looks in enumerate(seen):
        plan = listings.plan(agent, number, looks, now)
        await _listing(out, plan, buyers)
        newest.append(plan)
        shown.advance(task)
    for buyer in buyers:
        await _buyer(out, buyer, homes, newest)
    await out.rows(AUDIT_ENTRIES, audit_rows(agent, out.run.doors, now))
    if newest:
        await out.rows(AGENT_INTERACTIONS, assistant.of_agent(agent, newest[0].home.place["city"], now))


async def _listing(out: Outbox, plan: Plan, buyers: Sequence[Buyer]) -> None:
    now, made = out.run.now, offers.rows(plan, buyers, out.run.now)
    await out.rows(LISTINGS, [listings.row(plan, len(made), _accepted(made))])
    await out.rows(OFFERS, made)
    await out.documents(PROPERTY_VIEWS, views.documents(plan, buyers, now))
    sellers = portals.seller_rows(plan, out.run.doors, now)
    await out.rows(SELLER_SESSIONS, sellers)
    for session in sellers:
        city, price = plan.home.place["city"], plan.home.price
        await out.rows(AGENT_INTERACTIONS, assistant.of_seller(session, plan.agent, city, price))


def _accepted(made: Sequence[OfferRow]) -> ObjectId | None:
    return next((offer.id for offer in made if offer.status is OfferStatus.ACCEPTED), None)


async def _buyer(out: Outbox, buyer: Buyer, homes: Homes, newest: Sequence[Plan]) -> None:
    now = out.run.now
    profile = profile_key(buyer.agent, buyer.number) if buyer.number < homes.profiles else None
    await out.rows(BUYER_SESSIONS, [portals.buyer_row(buyer, out.run.doors, profile, now)])
    for search in searches.search_rows(buyer, now):
        await out.rows(SAVED_SEARCHES, [search])
        await out.rows(SAVED_SEARCH_MATCHES, searches.match_rows(search, newest))
    await out.rows(AGENT_INTERACTIONS, assistant.of_buyer(buyer))
    if profile is not None:
        await chats.buyer(out, buyer, homes.cached)


async def _people(run: Run, everybody: Sequence[Agent]) -> None:
    """The agents come last: when the first is there, all is."""
    own = [agent for agent in everybody if not agent.provided]
    await run.insert(ACCOUNTS, [account_row(agent, run.issuer, run.now) for agent in everybody])
    await run.insert(AGENT_CREDENTIALS, [credential_row(agent, run.doors, run.now) for agent in own])
    await run.insert(AGENTS, [agent_row(agent, run.doors, run.now) for agent in everybody])
