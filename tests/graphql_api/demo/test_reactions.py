"""What the demo's buyers do with homes lies within their chats, also where a search was done after one."""

import pytest
from bson import ObjectId

from graphql_api.demo.buyer.chats import context_rows, talk
from graphql_api.demo.buyer.profiles import versions
from graphql_api.demo.buyer.reactions import interaction_rows, note_rows
from graphql_api.demo.buyer.searches import searches
from graphql_api.demo.estate.agents import agents, subjects
from graphql_api.demo.estate.portals import buyer

NOW = 1_790_000_000_000
CACHED = 200


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("number", range(12))
async def test_nothing_is_done_after_the_chat(number: int) -> None:
    agent = next(agents(0, {subject: ObjectId() for subject in subjects()}))
    whom = buyer(agent, number, NOW)
    done = searches(versions(whom), CACHED, NOW)
    chat = talk(whom, done)
    if len(done) > 1 and chat.started < done[-1].row.createdAt:
        chat.active = done[-1].row.createdAt - 1
        assert chat.newest is done[0]
    rows = [*interaction_rows(chat), *context_rows(chat)]
    assert all(chat.started <= row.createdAt <= chat.active for row in rows)
    shown = {home["_id"] for home in chat.newest.homes}
    assert {row.listingId for row in [*interaction_rows(chat), *note_rows(chat)]} <= shown
    [now_talked_of] = [row for row in context_rows(chat) if row.isActive]
    assert now_talked_of.searchTransactionId == chat.newest.row.id
