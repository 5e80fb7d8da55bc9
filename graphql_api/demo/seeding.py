"""Writes the demo data: nothing when they are there, and all of them when they are not."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from bson import ObjectId
from rich.progress import Progress

from graphql_api.demo import clearing, conversations, texts
from graphql_api.demo.advisors import advisor_key, advisor_rows, team_rows
from graphql_api.demo.conversations import Plan, Written
from graphql_api.demo.people import DEMO, Keys, Person, account_rows, people, presence_row, selection_rows, user_row
from graphql_api.demo.scale import SCALES, Scale, Size
from models.account.account import ACCOUNTS
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.presence import PRESENCES
from models.advisor.selection import SELECTIONS
from models.advisor.team_template import TEAM_TEMPLATES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.advisor.user import USERS
from models.row import Row
from models.store import bulk
from models.store.connection import Database
from models.table import Table, document


@dataclass(frozen=True, slots=True)
class SeedReport:
    """The number of rows written, by collection; empty when the demo data were there already."""

    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


async def seed(
    database: Database, *, size: Size, issuer: str, now: int, progress: Progress | None = None, force: bool = False
) -> SeedReport:
    """Write the demo data as of `now` (Unix milliseconds), with people whose tokens carry the `issuer`.

    Does nothing when the demo person has conversations, unless `force` is set: then all rows of the demo's people are
    replaced. Rows must have been opened and indexes made before.
    """
    return await fill(database, SCALES[size], issuer=issuer, now=now, progress=progress, force=force)


async def fill(
    database: Database, scale: Scale, *, issuer: str, now: int, progress: Progress | None = None, force: bool = False
) -> SeedReport:
    """Like `seed`, with as much data as the `scale` says."""
    found = await clearing.find(database, issuer)
    if not force and await clearing.complete(database, found):
        return SeedReport()
    shown = progress or Progress(disable=True)
    removing = shown.add_task("Removing old demo rows", total=None)
    lost = await clearing.clear(database, found)
    shown.remove_task(removing)
    run = _Run(database, issuer, now, found.keys)
    plans = {person: _plans(person, scale, now) for person in people(scale.visitors)}
    await _people(run, plans)
    await _advisors(run, lost)
    task = shown.add_task("Demo messages", total=2 * sum(p.exchanges for planned in plans.values() for p in planned))
    for planned in plans.values():
        await _conversations(run, planned, partial(shown.advance, task))
    return SeedReport(MappingProxyType(dict(run.counts)))


@dataclass(frozen=True, slots=True)
class _Run:
    database: Database
    issuer: str
    now: int
    ids: Keys
    counts: Counter[str] = field(default_factory=Counter)

    async def insert(self, table: Table[Any], rows: Sequence[Row]) -> None:
        await self.send(table, [document(row) for row in rows])

    async def send(self, table: Table[Any], documents: list[bulk.Document]) -> None:
        self.counts[table.collection] += await bulk.insert(self.database, table, documents)
        documents.clear()


def _plans(person: Person, scale: Scale, now: int) -> list[Plan]:
    if person.subject == DEMO:
        return conversations.plans(person, scale.conversations, scale.exchanges, now)
    return conversations.plans(person, scale.visitor_conversations, scale.visitor_exchanges, now)


async def _people(run: _Run, plans: Mapping[Person, list[Plan]]) -> None:
    await run.insert(ACCOUNTS, account_rows(tuple(plans), run.ids, run.issuer, run.now))
    users, selections, presences = [], list[Row](), []
    for person, planned in plans.items():
        met = sorted(advisor_key(name) for name in {name for plan in planned for name in plan.answering})
        users.append(user_row(person, run.ids, run.issuer, run.now, met))
        selections += selection_rows(person, run.ids, run.now)
        presences.append(presence_row(person, run.ids, run.now, conversations.key(planned[0])))
    await run.insert(USERS, users)
    await run.insert(SELECTIONS, selections)
    await run.insert(PRESENCES, presences)


async def _advisors(run: _Run, lost: frozenset[ObjectId]) -> None:
    """Advisors and teams; `lost` are advisors, not only the demo's, that the removed boards held."""
    ours = [advisor_key(text["key"]) for text in texts.advisors()]
    # Others may have chosen the demo's advisors too: all boards are counted, not the demo's alone.
    boards = await bulk.tally(run.database, SELECTIONS, "advisorId", [*ours, *lost])
    for advisor in lost.difference(ours):
        await bulk.assign(run.database, ADVISORS, advisor, {"selectionCount": boards.get(advisor, 0)})
    owners = {text["owner"]: run.ids.profile(text["owner"]) for text in texts.advisors() if "owner" in text}
    await run.insert(ADVISORS, advisor_rows(run.now, owners, boards))
    await run.insert(TEAM_TEMPLATES, team_rows(run.now))


async def _conversations(run: _Run, planned: Sequence[Plan], sent: Callable[[int], None]) -> None:
    """One person's conversations, the rows in them first; `sent` is told of each batch of messages."""
    waiting = Written()
    for plan in planned:
        conversations.write(plan, run.ids.profile(plan.person.subject), waiting)
        if len(waiting.messages) >= bulk.BATCH * bulk.AT_ONCE:
            await _send(run, waiting, sent)
    await _send(run, waiting, sent)
    await run.send(CONVERSATIONS, waiting.conversations)


async def _send(run: _Run, waiting: Written, sent: Callable[[int], None]) -> None:
    number = len(waiting.messages)
    await run.send(MESSAGES, waiting.messages)
    await run.send(MEMORIES, waiting.memories)
    await run.send(THREAD_SUMMARIES, waiting.summaries)
    sent(number)
