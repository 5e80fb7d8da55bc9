"""Whatever befalls the workers and the database, no match is missed and none is made twice."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from graphql_api.matching.letter import letters
from graphql_api.matching.worker import TRAIL, Worker
from models.clock import now
from models.estate.listing import LISTINGS
from models.estate.saved_search_match import Reason
from models.store import Store
from models.store.alerts import BATCH
from models.store.connection import connect
from tests.factories import estate as make
from tests.graphql_api.matching.conftest import LEASE_SECONDS, Scene


async def test_nothing_is_missed_while_no_worker_is_there(scene: Scene) -> None:
    await scene.at_work()
    await scene.crash()
    house = await make.listing(scene.agent)
    await scene.change(house, price=450_000.0)
    scene.start()
    assert await scene.told() == [(house["_id"], "new", 500_000.0), (house["_id"], "price_cut", 450_000.0)]
    assert len(await scene.mails()) == 2


async def test_nothing_is_told_twice_when_it_died_before_it_noted_where_it_was(scene: Scene) -> None:
    await scene.at_work()
    before = await scene.trail()
    house = await make.listing(scene.agent)
    await scene.matched(1)
    await scene.crash()
    # As it is between the transaction with the match and the note of the place.
    await scene.trails.replace_one({"_id": TRAIL}, before)
    scene.start()
    after = await make.listing(scene.agent)
    assert await scene.told() == [(house["_id"], "new", 500_000.0), (after["_id"], "new", 500_000.0)]
    assert len(await scene.mails()) == 2


async def test_it_dies_in_the_middle_of_many_searches(scene: Scene) -> None:
    portals = [await make.buyer_session(scene.agent) for _ in range(BATCH + BATCH // 2)]
    for portal in portals:
        await make.saved_search(portal)
    await scene.at_work()
    before = await scene.trail()
    await make.listing(scene.agent)
    await scene.matched(1)
    await scene.crash()
    await scene.trails.replace_one({"_id": TRAIL}, before)
    scene.start()
    await scene.settled()
    assert len(await scene.matches()) == len(await scene.mails()) == len(portals) + 1
    assert len({match["savedSearchId"] for match in await scene.matches()}) == len(portals) + 1


async def test_of_two_workers_one_is_at_work(scene: Scene) -> None:
    await scene.at_work()
    scene.start()
    houses = [await make.listing(scene.agent, price=100_000.0 + number) for number in range(5)]
    assert await scene.told() == [(house["_id"], "new", house["price"]) for house in houses]
    assert len(await scene.mails()) == 5


async def test_two_workers_that_both_believe_to_be_at_work_tell_once(scene: Scene) -> None:
    house = await make.listing(scene.agent)
    listing = await scene.store.alerts.listing(house["_id"])
    assert listing is not None
    letter = letters("https://homes.example")
    results = await asyncio.gather(
        *(scene.store.alerts.tell(listing, Reason.NEW, None, letter) for _ in range(8)), return_exceptions=True
    )
    assert sum(not isinstance(told, BaseException) and told.matches for told in results) == 1
    assert (len(await scene.matches()), len(await scene.mails())) == (1, 1)


async def test_another_worker_goes_on_when_the_lease_of_a_dead_one_is_over(scene: Scene) -> None:
    await scene.at_work()
    await scene.crash()
    await scene.held_elsewhere(LEASE_SECONDS)
    scene.start()
    house = await make.listing(scene.agent)
    assert await scene.told() == [(house["_id"], "new", 500_000.0)]


async def test_a_worker_that_has_lost_the_lease_leaves_the_work_alone(scene: Scene) -> None:
    await scene.at_work()
    await scene.held_elsewhere(3600)
    with capture_logs() as logs:
        await make.listing(scene.agent)
        await scene.until(lambda: _logged(logs, "another worker matches saved searches now"))
    held = await scene.trail()
    await make.listing(scene.agent)
    await asyncio.sleep(2 * LEASE_SECONDS)
    assert await scene.trail() == held
    assert len(await scene.matches()) <= 1


async def test_one_that_is_told_to_stop_leaves_at_once(scene: Scene) -> None:
    worker = Worker(scene.store, letters("https://homes.example"), lease_seconds=3600)
    task = asyncio.create_task(worker.run())
    scene.started.append(task)
    await scene.until(lambda: _has_lease(scene))
    worker.stop()
    async with asyncio.timeout(10):
        await task
    assert "lease" not in await scene.trail()
    house = await make.listing(scene.agent)
    scene.start()
    assert await scene.told() == [(house["_id"], "new", 500_000.0)]


async def test_it_catches_up_where_mongodb_has_forgotten(scene: Scene) -> None:
    old = {"createdAt": now() - 86_400_000, "updatedAt": now() - 86_400_000}
    edited, cut, told = [await make.listing(scene.agent, **old) for _ in range(3)]
    await scene.at_work()
    await scene.change(told, price=490_000.0, priceCutAt=now(), previousPrice=500_000.0)
    await scene.settled()
    await scene.crash()
    await scene.change(edited, description="Now with a new roof.")
    await scene.change(cut, price=450_000.0, priceCutAt=now(), previousPrice=500_000.0)
    new = await make.listing(scene.agent)
    hidden = await make.listing(scene.agent, status="withdrawn")
    await _forget(scene)
    with capture_logs() as logs:
        scene.start()
        await scene.until(lambda: _logged(logs, "listings have changed unheard: catching up"))
        assert await scene.told() == [
            (told["_id"], "price_cut", 490_000.0),
            (cut["_id"], "price_cut", 450_000.0),
            (new["_id"], "new", 500_000.0),
        ]
    await scene.change(hidden, status="active")
    assert (await scene.told())[3:] == [(hidden["_id"], "back_on_market", 500_000.0)]
    assert len(await scene.mails()) == 4


async def test_it_catches_up_with_more_than_it_reads_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.store.alerts.CAUGHT_UP", 2)
    await scene.at_work()
    await scene.crash()
    at = now()
    houses = [await make.listing(scene.agent, updatedAt=at + number // 2) for number in range(5)]
    await _forget(scene)
    scene.start()
    await scene.matched(5)
    assert {key for key, *_ in await scene.told()} == {house["_id"] for house in houses}
    assert len(await scene.mails()) == 5


async def test_it_judges_by_the_row_where_mongodb_keeps_no_images(scene: Scene) -> None:
    old = {"createdAt": now() - 86_400_000, "updatedAt": now() - 86_400_000}
    cut, edited, hidden = [await make.listing(scene.agent, **old) for _ in range(3)]
    images = {"collMod": LISTINGS.collection, "changeStreamPreAndPostImages": {"enabled": False}}
    await scene.database.command(images)
    try:
        await scene.at_work()
        await scene.change(edited, price=600_000.0)
        await scene.change(hidden, status="withdrawn")
        await scene.change(cut, price=450_000.0, priceCutAt=now(), previousPrice=500_000.0)
        assert await scene.told() == [(cut["_id"], "price_cut", 450_000.0)]
    finally:
        await scene.database.command({**images, "changeStreamPreAndPostImages": {"enabled": True}})


async def test_it_waits_for_a_database_that_is_away() -> None:
    client = connect("mongodb://127.0.0.1:1/?directConnection=true", wait_seconds=0.05)
    worker = Worker(Store(client["nowhere"], 1), letters("https://homes.example"))
    with capture_logs() as logs:
        task = asyncio.create_task(worker.run())
        async with asyncio.timeout(10):
            while not await _logged(logs, "no word of listings"):  # noqa: ASYNC110  # no event for it
                await asyncio.sleep(0.02)
            assert not task.done()
            worker.stop()
            await task
    await client.close()


async def _logged(logs: list[Any], event: str) -> bool:
    return any(line["event"] == event for line in logs)


async def _has_lease(scene: Scene) -> bool:
    return bool((await scene.trail()).get("place"))


async def _forget(scene: Scene) -> None:
    """Let the stored place be behind a change, two minutes ago, that MongoDB knows nothing of."""
    async with await scene.database.watch() as stream:
        await scene.database["rubbish"].insert_one({})
        place = (await anext(stream))["_id"]["_data"]
    past = f"{(now() - 120_000) // 1000:08X}"
    await scene.trails.update_one({"_id": TRAIL}, {"$set": {"place": place[:2] + past + place[10:]}})
