"""The doctor on a real MongoDB: what it reports of a sound database, and what of each thing that is wrong."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from graphql_api.commands.doctor import Problem, Report, as_json, examine, render, server_problems
from models import buyer, estate, mail
from models.account.sign_in import SIGN_INS
from models.store import inspection
from models.store.connection import Database
from models.store.indexes import IMAGES, sync
from models.store.inspection import IndexFacts, IndexState, ServerFacts
from models.tables import TABLES

HOMES = [table.collection for table in (*estate.TABLES, *buyer.TABLES)]

SOUND = ServerFacts("6.0.5", (6, 0, 5), "rs0", sharded=False, clock_ahead=0)


@pytest.fixture
async def altered(demo: Database) -> AsyncIterator[Database]:
    """A database whose indexes a test may change."""
    yield demo
    await sync(demo, TABLES, drop=True)


def printed(report: Report) -> str:
    """The words of the report as a wide terminal shows them, one space between them."""
    shown = StringIO()
    Console(width=200, file=shown).print(render(report))
    return " ".join(shown.getvalue().split())


async def command(database: Database, uri: str, folder: Path, *options: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code of `doctor`, and the kind and place of each problem that it prints."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "COLUMNS": "100"}
    environment |= {"MONGODB_URI": uri, "MONGODB_DATABASE": database.name}
    words = [sys.executable, "-m", "graphql_api", "doctor", "--json", *options]
    done = await asyncio.to_thread(
        subprocess.run, words, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, [(found["kind"], found["where"]) for found in orjson.loads(done.stdout)["problems"]]


async def test_a_sound_database_has_no_problems(demo: Database) -> None:
    report = await examine(demo, TABLES)
    assert report.problems == ()
    assert report.database == demo.name
    assert {table.collection: table.rows for table in report.tables} == {
        "accounts": 8,
        "advisor_users": 4,
        "advisor_advisors": 18,
        "advisor_user_advisors": await demo["advisor_user_advisors"].count_documents({}),
        "advisor_team_templates": 4,
        "advisor_conversations": 9,
        "advisor_messages": 60,
        "advisor_memories": await demo["advisor_memories"].count_documents({}),
        "advisor_thread_summaries": 9,
        "advisor_typing_indicators": 0,
        "advisor_user_presence": 4,
        "idempotency_keys": 0,
        **{table.collection: 0 for table in (SIGN_INS, *mail.TABLES)},
        **{name: await demo[name].count_documents({}) for name in HOMES},
        "estate_agents": 3,
        "estate_listings": 12,
        "estate_property_views": 60,
        "estate_buyer_sessions": 6,
        "buyer_repliers_listings": 36,
        "buyer_chat_sessions": 3,
    }


async def test_sees_every_declared_index(demo: Database) -> None:
    report = await examine(demo, TABLES)
    for facts, table in zip(report.tables, TABLES, strict=False):
        declared = {index.name: {*index.columns, *index.covered} for index in table.indexes}
        assert {index.name: set(index.columns) for index in facts.indexes} == {"_id_": {"_id"}, **declared}
        assert {index.state for index in facts.indexes} == {IndexState.DECLARED}
        assert all(index.size > 0 and index.since is not None for index in facts.indexes)


async def test_counts_the_uses_of_an_index(demo: Database) -> None:
    async def uses() -> int:
        table = await inspection.table(demo, "advisor_team_templates", ())
        return next(index.uses for index in table.indexes if index.name == "by_slug")

    before = await uses()
    for _ in range(3):
        await demo["advisor_team_templates"].find_one({"slug": "go-to-market"})
    assert await uses() == before + 3


async def test_tells_the_server(demo: Database) -> None:
    built = await demo.client.admin.command("buildInfo")
    facts = await inspection.server(demo)
    assert facts.version == built["version"]
    assert facts.replica_set is not None
    assert abs(facts.clock_ahead) < 30_000
    assert list(server_problems(facts)) == []


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (
            ServerFacts("6.0.5", (6, 0, 5), None, sharded=False, clock_ahead=0),
            ("standalone", "Transactions need a replica set: start mongod with --replSet and initiate it."),
        ),
        (
            ServerFacts("5.0.9", (5, 0, 9), "rs0", sharded=False, clock_ahead=0),
            ("version", "MongoDB 5.0.9 is too old: use 6.0 or a later one."),
        ),
        (
            ServerFacts("6.0.5", (6, 0, 5), "rs0", sharded=False, clock_ahead=31_000),
            ("clock", "MongoDB's clock is 31 s ahead of this machine's: let both keep time with NTP."),
        ),
        (
            ServerFacts("6.0.5", (6, 0, 5), None, sharded=True, clock_ahead=-45_500),
            ("clock", "MongoDB's clock is 45 s behind this machine's: let both keep time with NTP."),
        ),
    ],
)
def test_tells_what_is_wrong_with_the_server(facts: ServerFacts, problem: tuple[str, str]) -> None:
    assert [(found.kind, found.message) for found in server_problems(facts)] == [problem]


async def test_tells_indexes_that_are_not_as_declared(altered: Database) -> None:
    messages = altered["advisor_messages"]
    await messages.drop_index("by_sender")
    await messages.drop_index("by_advisor")
    await messages.create_index([("advisorId", -1)], name="by_advisor")
    await messages.create_index("tokensUsed", name="by_hand")
    report = await examine(altered, TABLES)
    assert set(report.problems) == {
        Problem("index_missing", "advisor_messages.by_sender", "The index is missing: `serve` makes it at its start."),
        Problem(
            "index_differing",
            "advisor_messages.by_advisor",
            "The index differs from its declaration: `doctor --drop-indexes` replaces it.",
        ),
        Problem(
            "index_unknown",
            "advisor_messages.by_hand",
            "The index is declared nowhere: declare it, or `doctor --drop-indexes` drops it.",
        ),
    }
    text = printed(report)
    assert "by_sender (missing)" in text
    assert "by_advisor (differing)" in text
    assert "by_hand (unknown)" in text


async def test_tells_images_that_are_not_as_declared(altered: Database) -> None:
    assert {table.collection for table in (await examine(altered, TABLES)).tables if table.images} == {
        table.collection for table in TABLES if table.watched
    }
    await altered.command({"collMod": "advisor_messages", IMAGES: {"enabled": False}})
    await altered.command({"collMod": "accounts", IMAGES: {"enabled": True}})
    report = await examine(altered, TABLES)
    assert set(report.problems) == {
        Problem(
            "images_missing",
            "advisor_messages",
            "No images of changed rows are kept, by which lists stay up to date: `serve` switches them on at its "
            "start.",
        ),
        Problem(
            "images_unknown",
            "accounts",
            "Images of changed rows are kept for no list: declare the table as watched, or `doctor --drop-indexes` "
            "switches them off.",
        ),
    }


async def test_tells_a_missing_collection(altered: Database) -> None:
    await altered.drop_collection("advisor_typing_indicators")
    assert (await examine(altered, TABLES)).problems == (
        Problem(
            "table_missing", "advisor_typing_indicators", "There is no such collection: `serve` makes it at its start."
        ),
    )


async def test_tables_without_invariants_are_not_asked_for_rows(demo: Database) -> None:
    await demo["advisor_users"].update_many({}, {"$inc": {"privateAdvisorCount": 1}})
    accounts = [table for table in TABLES if table.collection == "accounts"]
    report = await examine(demo, accounts)
    assert [table.collection for table in report.tables] == ["accounts", "idempotency_keys"]
    assert report.problems == ()


async def test_json_has_stable_keys(demo: Database) -> None:
    report = await examine(demo, TABLES)
    found = orjson.loads(as_json(report))
    assert list(found) == ["database", "server", "tables", "problems"]
    assert list(found["server"]) == ["version", "numbers", "replica_set", "sharded", "clock_ahead"]
    assert list(found["tables"][0]) == ["collection", "exists", "rows", "size", "size_on_disk", "indexes", "images"]
    columns = ["name", "columns", "state", "size", "uses", "since", "building"]
    assert list(found["tables"][0]["indexes"][0]) == columns
    assert found["tables"][0]["indexes"][0]["state"] == "declared"


def test_problems_come_last_and_are_counted() -> None:
    table = inspection.TableFacts(
        "advisor_messages",
        exists=True,
        rows=108_242,
        size=34_500_000,
        size_on_disk=10_900_000,
        indexes=(IndexFacts("by_sender", ("sender",), IndexState.DECLARED, 4096, 12, 1_795_258_360_567, True),),
        images=True,
    )
    text = printed(Report("demo", SOUND, (table,), (Problem("clock", "server", "The clock [is] late."),)))
    assert text.startswith("MongoDB 6.0.5, replica set rs0, database demo Tables ")
    assert "advisor_messages 108,242 34.5 MB 10.9 MB 1 4.1 kB kept Indexes " in text
    assert "by_sender (being built) sender 4.1 kB 12 2026-11-21" in text
    assert text[text.index("Wrong: 1") :].endswith("server The clock [is] late.")


def test_says_so_when_nothing_is_wrong() -> None:
    assert printed(Report("demo", SOUND, (), ())).endswith("Nothing is wrong.")


@pytest.mark.parametrize("wrong", [False, True])
async def test_the_exit_code_tells_programs(demo: Database, mongodb_uri: str, tmp_path: Path, wrong: bool) -> None:
    if wrong:
        await demo["advisor_advisors"].update_one({}, {"$inc": {"selectionCount": 5}})
    found = await command(demo, mongodb_uri, tmp_path)
    assert found == (int(wrong), [("rows", "advisor_advisors.selectionCount")] * wrong)


async def test_the_command_mends_indexes_only_when_told(altered: Database, mongodb_uri: str, tmp_path: Path) -> None:
    messages = altered["advisor_messages"]
    await messages.drop_index("by_sender")
    await messages.create_index("tokensUsed", name="by_hand")
    before = set(await messages.index_information())
    wrong = [("index_unknown", "advisor_messages.by_hand"), ("index_missing", "advisor_messages.by_sender")]
    assert await command(altered, mongodb_uri, tmp_path) == (1, wrong)
    assert set(await messages.index_information()) == before
    assert await command(altered, mongodb_uri, tmp_path, "--drop-indexes") == (0, [])
    assert set(await messages.index_information()) == before - {"by_hand"} | {"by_sender"}
