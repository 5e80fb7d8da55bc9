"""What happened in an agent's chats on one day: exact, and the agent's alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.factories import buyer as make
from tests.fixtures.wire import Api
from tests.resolvers.buyer.chat_scene import Scene, seen

SHOWN = "day questions answered activeChats meanSentiment meanEngagement insights insightsByType { insightType number }"
START = int(datetime(2026, 5, 17, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000
EMPTY: dict[str, Any] = {
    "day": "2026-05-17",
    "questions": 0,
    "answered": 0,
    "activeChats": 0,
    "meanSentiment": None,
    "meanEngagement": None,
    "insights": 0,
    "insightsByType": [],
}


async def _stats(api: Api, by: Any, day: str = "2026-05-17") -> Any:
    return await seen(api, by, "buyerChatDailyStats", SHOWN, f'day: "{day}"')


async def test_a_day_is_summed_up(api: Api, here: Scene) -> None:
    await here.set(engagementScore=8.0)
    answered = {"answerStatus": "answered", "aiResponse": "Yes."}
    await make.chat_message(here.session, timestamp=START, sentimentScore=0.5, **answered)
    await make.chat_message(here.session, timestamp=START + DAY - 1, sentimentScore=-0.25)
    await make.chat_message(here.other_chat.row, timestamp=START + 5)
    for time in (START - 1, START + DAY):
        await make.chat_message(here.session, timestamp=time)
        await make.chat_agent_insight(here.session, generatedAt=time)
    foreign = await make.chat_session(await make.profile(here.bob.row["_id"]), engagementScore=1.0)
    await make.chat_message(foreign, timestamp=START)
    await make.chat_agent_insight(foreign, generatedAt=START)
    for kind in ("hot_lead", "ready_to_view", "ready_to_view"):
        await make.chat_agent_insight(here.session, insightType=kind, generatedAt=START + 7)
    assert await _stats(api, here.ann) == {
        "day": "2026-05-17",
        "questions": 3,
        "answered": 1,
        "activeChats": 2,
        "meanSentiment": 0.125,
        "meanEngagement": 4.0,
        "insights": 3,
        "insightsByType": [
            {"insightType": "READY_TO_VIEW", "number": 2},
            {"insightType": "HOT_LEAD", "number": 1},
        ],
    }


async def test_a_day_without_anything(api: Api, here: Scene) -> None:
    assert await _stats(api, here.ann) == EMPTY


async def test_the_numbers_are_the_agents(api: Api, here: Scene) -> None:
    await make.chat_message(here.session, timestamp=START)
    await make.chat_agent_insight(here.session, generatedAt=START)
    assert await _stats(api, here.bob) == EMPTY
    for caller in [*here.outsiders[1:], here.chat, here.operator, *here.services.values()]:
        assert await _stats(api, caller) is None, caller.name


@pytest.mark.parametrize("day", ["", "17.5.2026", "2026-02-30", "20260517", "2026-W20-7", "1969-12-31"])
async def test_a_day_is_written_in_one_way(api: Api, here: Scene, day: str) -> None:
    answer = await api.answer(f'{{ buyerChatDailyStats(day: "{day}") {{ day }} }}', by=here.ann)
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_it_costs_the_same_however_many_rows_there_are(api: Api, here: Scene) -> None:
    async def calls() -> list[str]:
        await _stats(api, here.ann)
        return [name for name in api.calls.names if name != "find"]

    await make.chat_message(here.session, timestamp=START)
    few = await calls()
    for time in range(50):
        await make.chat_message(here.session, timestamp=START + time)
    assert await calls() == few
    hints = [command["hint"] for command in api.calls.seen if "hint" in command]
    assert hints == ["by_agent_time", "page_agent_generated", "_id_"]
