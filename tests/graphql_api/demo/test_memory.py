"""Seeding keeps no more in memory the more there is to seed."""

import asyncio
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

MOST_KIB = 8_000
"""The rows of the larger run would be 22,000 more, if all were held until its end."""


async def test_memory_does_not_grow_with_the_rows(client: AsyncMongoClient[dict[str, Any]], mongodb_uri: str) -> None:
    name = f"test_memory_{secrets.token_hex(6)}"
    words = [sys.executable, "-m", "tests.graphql_api.demo.growing", mongodb_uri, name]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())}
    try:
        done = await asyncio.to_thread(
            subprocess.run, words, env=environment, capture_output=True, text=True, timeout=300, check=True
        )
        assert await client[name]["estate_property_views"].count_documents({}) == 24_000
    finally:
        await client.drop_database(name)
    assert 0 <= int(done.stdout) < MOST_KIB
