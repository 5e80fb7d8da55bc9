"""Writes the advisor chat of the demo: people, advisors, and what the ones have asked the others."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bson import ObjectId
from rich.progress import Progress

from graphql_api.demo import clearing, conversations, texts
from graphql_api.demo.advisors import advisor_key, advisor_rows, team_rows
from graphql_api.demo.conversations import Plan, Written
from graphql_api.demo.people import DEMO, Keys, Person, account_rows, people, presence_row, selection_rows, user_row
from graphql_api.demo.scale import Scale
from graphql_api.demo.writing import WAITING, Run
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


async def write(run: Run, scale: Scale, shown: Progress, *, force: bool) -> None:
    """Write all of it, unless the demo person has conversations; with `force` what there is goes before."""
    found = await clearing.find(run.database, run.issuer)
    if not force and await clearing.complete(run.database, found):
        return
    removing = shown.add_task("Removing old demo rows", total=None)
    lost = await clearing.clear(run.database, found)
    shown.remove_task(removing)
    plans = {person: _plans(person, scale, run.now) for person in people(scale.visitors)}
    await _people(run, found.keys, plans)
    await _advisors(run, found.keys, lost)
    task = shown.add_task("Demo messages", total=2 * sum(p.exchanges for planned in plans.values() for p in planned))
    for planned in plans.values():
        await _conversations(run, found.keys, planned, partial(shown.advance, task))


def _plans(person: Person, scale: Scale, now: int) -> list[Plan]:
    if person.subject == DEMO:
        return conversations.plans(person, scale.conversations, scale.exchanges, now)
    return conversations.plans(person, scale.visitor_conversations, scale.visitor_exchanges, now)


async def _people(run: Run, ids: Keys, plans: Mapping[Person, list[Plan]]) -> None:
    await run.insert(ACCOUNTS, account_rows(tuple(plans), ids, run.issuer, run.now))
    users, selections, presences = [], list[Row](), []
    for person, planned in plans.items():
        met = sorted(advisor_key(name) for name in {name for plan in planned for name in plan.answering})
        users.append(user_row(person, ids, run.issuer, run.now, met))
        selections += selection_rows(person, ids, run.now)
        presences.append(presence_row(person, ids, run.now, conversations.key(planned[0])))
    await run.insert(USERS, users)
    await run.insert(SELECTIONS, selections)
    await run.insert(PRESENCES, presences)


async def _advisors(run: Run, ids: Keys, lost: frozenset[ObjectId]) -> None:
    """Advisors and teams; `lost` are advisors, not only the demo's, that the removed boards held."""
    ours = [advisor_key(text["key"]) for text in texts.advisors()]
    # Others may have chosen the demo's advisors too: all boards are counted, not the demo's alone.
    boards = await bulk.tally(run.database, SELECTIONS, "advisorId", [*ours, *lost])
    for advisor in lost.difference(ours):
        await bulk.assign(run.database, ADVISORS, advisor, {"selectionCount": boards.get(advisor, 0)})
    owners = {text["owner"]: ids.profile(text["owner"]) for text in texts.advisors() if "owner" in text}
    await run.insert(ADVISORS, advisor_rows(run.now, owners, boards))
    await run.insert(TEAM_TEMPLATES, team_rows(run.now))


async def _conversations(run: Run, ids: Keys, planned: Sequence[Plan], sent: Callable[[int], None]) -> None:
    """One person's conversations, the rows in them first; `sent` is told of each batch of messages."""
    waiting = Written()
    for plan in planned:
        conversations.write(plan, ids.profile(plan.person.subject), waiting)
        if len(waiting.messages) >= WAITING:
            await _send(run, waiting, sent)
    await _send(run, waiting, sent)
    await run.send(CONVERSATIONS, waiting.conversations)


async def _send(run: Run, waiting: Written, sent: Callable[[int], None]) -> None:
    number = len(waiting.messages)
    await run.send(MESSAGES, waiting.messages)
    await run.send(MEMORIES, waiting.memories)
    await run.send(THREAD_SUMMARIES, waiting.summaries)
    sent(number)
