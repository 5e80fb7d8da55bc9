"""The MongoDB that tests share takes writes, and each worker has a database of its own."""

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase


async def test_database_is_of_this_worker(database: AsyncDatabase[dict[str, Any]]) -> None:
    await database.probes.insert_one({"_id": 1})
    assert await database.probes.find().to_list() == [{"_id": 1}]
    await database.drop_collection("probes")
    assert (await database.client.admin.command("hello"))["setName"] == "rs0"
