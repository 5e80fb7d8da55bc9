"""Budgets: so many attempts in a window that moves with the clock, by key, and a refusal says when to try again."""

import asyncio
import re
import sys
from typing import Any

import pytest

from graphql_api.auth.budgets import Budgets
from graphql_api.limits import BUDGETS
from models.errors import Code, Refusal
from resolvers.gate import Budget

ONE, OTHER = Budget.PASSWORD_OF_ADDRESS, Budget.SECRET_OF_ADDRESS


async def spent(budgets: Budgets, key: str, times: int, budget: Budget = ONE) -> int:
    """How many of so many attempts are allowed."""
    found = await asyncio.gather(*(budgets.spend(budget, key) for _ in range(times)), return_exceptions=True)
    assert {type(error) for error in found} <= {type(None), Refusal}
    return found.count(None)


async def test_so_many_are_allowed() -> None:
    budgets = Budgets({ONE: "3/minute", OTHER: "2/minute"})
    assert await spent(budgets, "192.0.2.1", 20) == 3
    # Neither another key nor another budget is touched.
    assert await spent(budgets, "192.0.2.2", 20) == 3
    assert await spent(budgets, "192.0.2.1", 20, OTHER) == 2


async def test_every_window_counts() -> None:
    budgets = Budgets({ONE: "3/second;5/hour"})
    assert await spent(budgets, "a", 20) == 3
    await asyncio.sleep(1.1)
    assert await spent(budgets, "a", 20) == 2
    await asyncio.sleep(1.1)
    assert await spent(budgets, "a", 20) == 0


async def test_a_refusal_says_when_to_try_again() -> None:
    budgets = Budgets({ONE: "1/hour"})
    await budgets.spend(ONE, "a")
    with pytest.raises(Refusal) as refused:
        await budgets.spend(ONE, "a")
    assert (refused.value.code, refused.value.field) == (Code.RATE_LIMITED, ())
    seconds = re.fullmatch(
        r"Too many sign-ins with a password from one address: try again in (\d+) s\.", refused.value.message
    )
    assert seconds is not None
    assert 3590 <= int(seconds[1]) <= 3600


@pytest.mark.parametrize("key", ["", "/", "a/b", "\0", "ä", "20/1/minute", "x" * 1_000_000])
async def test_any_text_is_a_key(key: str) -> None:
    budgets = Budgets({ONE: "1/hour"})
    assert await spent(budgets, key, 2) == 1
    assert await spent(budgets, key + "'", 2) == 1


async def test_what_strangers_send_takes_little_room() -> None:
    budgets = Budgets({ONE: "1/hour"})
    await budgets.spend(ONE, "x" * 1_000_000)
    storage: Any = budgets._limiter.storage
    assert sum(sys.getsizeof(key) for key in storage.events) < 500


def test_everything_that_may_be_tried_has_a_budget() -> None:
    assert set(BUDGETS) == set(Budget)
    Budgets(BUDGETS)


async def test_the_addresses_of_one_network_count_as_one() -> None:
    budgets = Budgets({ONE: "3/minute"})
    network, beside = (f"2001:db8:0:{part}:" for part in (1, 2))
    allowed = [await spent(budgets, f"{network}:{number:x}", 1) for number in range(1, 6)]
    assert allowed == [1, 1, 1, 0, 0]
    assert await spent(budgets, f"{beside}:1", 1) == 1
