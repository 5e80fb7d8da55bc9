"""Usage: the sums of one's own conversations in a time."""

from typing import Any

import pytest

from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

DAY = 86_400_000
SUMS = """query($from: Timestamp!, $to: Timestamp!) {
    advisorUsage(from: $from, to: $to) { tokensUsed answers messages } }"""


async def _used(api: Api, by: Caller, start: int = 0, end: int = DAY) -> Any:
    return (await api.data(SUMS, {"from": start, "to": end}, by=by))["advisorUsage"]


async def test_sums_are_ones_own_and_of_the_time(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    advisor = await make.advisor()
    for owner, tokens in ((ann, 2**31 - 1), (ann, 2**31 - 1), (ann, None), (bob, 7)):
        conversation = await make.conversation(owner)
        await make.message(conversation, createdAt=DAY - 1)
        given = {"sender": "advisor", "advisorId": advisor["_id"], "createdAt": 0}
        await make.message(conversation, **given, tokensUsed=tokens)
        await make.message(conversation, **{**given, "createdAt": DAY}, tokensUsed=100)
    assert await _used(api, ann) == {"tokensUsed": 2.0 * (2**31 - 1), "answers": 3, "messages": 3}
    assert await _used(api, bob) == {"tokensUsed": 7.0, "answers": 1, "messages": 1}
    assert await _used(api, ann, DAY, DAY) == {"tokensUsed": 0.0, "answers": 0, "messages": 0}


async def test_sums_cost_one_call_on_an_index(api: Api, people: People) -> None:
    ann = await people.person("ann")
    await _used(api, ann)
    assert api.calls.names == ["aggregate", "aggregate"]
    assert api.calls.seen[1]["hint"] == "page_user_created"


async def test_who_has_no_profile_has_no_usage(api: Api, people: People) -> None:
    assert await _used(api, ANONYMOUS) is None
    assert await _used(api, people.service("answering")) is None


@pytest.mark.parametrize("end", [999, 1_000 + 366 * DAY + 1])
async def test_time_has_bounds(api: Api, people: People, end: int) -> None:
    ann = await people.person("ann")
    answer = await api.answer(SUMS, {"from": 1_000, "to": end}, by=ann)
    assert answer["errors"][0]["extensions"]["code"] == "OUT_OF_RANGE"
    assert await _used(api, ann, 1_000, 1_000 + 366 * DAY) == {"tokensUsed": 0.0, "answers": 0, "messages": 0}
