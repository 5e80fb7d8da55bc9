"""The people of the benchmark: readers with enough to read, and writers whose conversations nobody else reads."""

from collections.abc import Iterator
from dataclasses import replace

from graphql_api.demo import conversations
from graphql_api.demo.advisors import advisor_key
from graphql_api.demo.conversations import Plan, Written
from graphql_api.demo.people import OPERATOR, Keys, Person, account_rows, user_row
from models.account.account import ACCOUNTS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.advisor.user import USERS
from models.store import bulk
from models.store.connection import Database
from models.table import document

READERS = tuple(f"reader-{place}" for place in range(8))
WRITERS = tuple(f"writer-{place}" for place in range(8))

CONVERSATIONS_READ = 240
EXCHANGES_READ = (6, 8)
"""Fewest and most exchanges, of two messages each, in a reader's conversations."""

LONG_EXCHANGES = 1_250
"""Exchanges of the one long conversation that each reader has: 2,500 messages."""

CONVERSATIONS_WRITTEN = 64
"""Conversations of each writer: enough that two requests at once seldom meet in one."""

# The mentor is somebody's private advisor: who has met it sees its name and not its title, which every peer must obey.
BOARD = (
    *("maya-lindqvist", "amara-diallo", "chloe-bennett", "grace-achieng", "theo-okafor", "priya-raman"),
    *("elena-petrova", "ingrid-solberg", "oluwaseun-grant", "demo-shop-mentor"),
)


async def settle(database: Database, issuer: str, now: int) -> None:
    """Store the people and their conversations as of `now` (Unix milliseconds); tokens carry the `issuer`."""
    planned = {person: list(_plans(person, now)) for person in _people()}
    ids = Keys({}, {})
    accounts = [row for row in account_rows(tuple(planned), ids, issuer, now) if row.subject != OPERATOR]
    users = []
    for person, plans in planned.items():
        met = sorted(advisor_key(name) for name in {name for plan in plans for name in plan.answering})
        users.append(user_row(person, ids, issuer, now, met))
    await bulk.insert(database, ACCOUNTS, [document(row) for row in accounts])
    await bulk.insert(database, USERS, [document(row) for row in users])
    for person, plans in planned.items():
        written = Written()
        for plan in plans:
            conversations.write(plan, ids.profile(person.subject), written)
        await _store(database, written)


def _people() -> Iterator[Person]:
    for subject in (*READERS, *WRITERS):
        yield Person(subject, subject.replace("-", " ").title(), board=BOARD)


def _plans(person: Person, now: int) -> Iterator[Plan]:
    if person.subject in WRITERS:
        yield from conversations.plans(person, CONVERSATIONS_WRITTEN, (1, 1), now)
        return
    plans = conversations.plans(person, CONVERSATIONS_READ, EXCHANGES_READ, now)
    yield from plans
    # The oldest, so that it stands at the end of its reader's list and in none of the pages that are asked for.
    yield replace(plans[-1], place=CONVERSATIONS_READ, title="The long conversation", exchanges=LONG_EXCHANGES)


async def _store(database: Database, written: Written) -> None:
    await bulk.insert(database, MESSAGES, written.messages)
    await bulk.insert(database, MEMORIES, written.memories)
    await bulk.insert(database, THREAD_SUMMARIES, written.summaries)
    await bulk.insert(database, CONVERSATIONS, written.conversations)
