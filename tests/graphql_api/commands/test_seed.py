"""`seed` as its user meets it: a run on an empty database, a second one, and what each says."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from graphql_api.commands.seed import words
from graphql_api.demo.seeding import SeedReport

Database = AsyncDatabase[dict[str, Any]]


@pytest.fixture
async def own(client: AsyncMongoClient[dict[str, Any]]) -> AsyncIterator[Database]:
    """A database for one test, which the program opens by itself."""
    database = client[f"test_seed_{secrets.token_hex(6)}"]
    yield database
    await client.drop_database(database.name)


async def run(database: Database, uri: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program on the database; what it printed has no line breaks of the terminal's width."""
    environment = {
        "PATH": os.environ["PATH"],
        "COLUMNS": "1000",
        "PYTHONPATH": str(Path.cwd()),
        "MONGODB_URI": uri,
        "MONGODB_DATABASE": database.name,
        "AUTH_ISSUER": "https://auth.example.com/",
    }
    command = [sys.executable, "-m", "graphql_api", *words]
    return await asyncio.to_thread(
        subprocess.run, command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


async def test_seeds_once_and_again_when_told(own: Database, mongodb_uri: str, tmp_path: Path) -> None:
    first = await run(own, mongodb_uri, tmp_path, "seed")
    assert (first.returncode, first.stdout) == (0, "")
    assert "Wrote 12 accounts, 8 advisor_users, 45 advisor_user_advisors" in first.stderr
    account = await own["accounts"].find_one({"subject": "demo"})
    assert account is not None
    assert (account["issuer"], account["displayName"]) == ("https://auth.example.com/", "Demo Person")
    await own["advisor_advisors"].delete_many({})

    second = await run(own, mongodb_uri, tmp_path, "seed")
    assert second.returncode == 0
    assert second.stderr.strip() == "The demo data are there already; `seed --force` replaces them."
    assert await own["advisor_advisors"].count_documents({}) == 0

    assert (await run(own, mongodb_uri, tmp_path, "seed", "--force")).returncode == 0
    assert await own["advisor_advisors"].count_documents({}) == 18


def test_says_how_much_was_written() -> None:
    report = SeedReport({"accounts": 43, "advisor_messages": 108_242})
    assert words(report) == "Wrote 43 accounts, 108,242 advisor_messages."
