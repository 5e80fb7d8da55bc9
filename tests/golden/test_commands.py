"""Each documented operation sends exactly the commands in its golden file.

`UPDATE_GOLDEN=1 pytest tests/golden` writes the files anew: read the difference as you would read code.
"""

import os
from typing import Any

import orjson
import pytest

from tests.factories import advisor as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.golden.commands import Normaliser
from tests.golden.world import FOLDER, GOLDEN, world


async def _commands(api: Api, people: People, parties: Parties, name: str) -> list[dict[str, Any]]:
    here = await world(people, parties)
    await api.data(GOLDEN[name], here.variables(GOLDEN[name]), by=here.ann)
    normaliser = Normaliser()
    return [normaliser.command(command) for command in api.calls.seen]


@pytest.mark.parametrize("name", GOLDEN)
async def test_sends_these_commands(api: Api, people: People, parties: Parties, name: str) -> None:
    sent = orjson.dumps(await _commands(api, people, parties, name), option=orjson.OPT_INDENT_2).decode() + "\n"
    golden = FOLDER / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(sent, encoding="utf-8")
    assert golden.exists(), f"There is no {golden.name}: write it by UPDATE_GOLDEN=1 pytest tests/golden, and read it."
    assert sent == golden.read_text(encoding="utf-8"), (
        f"{name}.graphql asks MongoDB something else now. If that is meant: UPDATE_GOLDEN=1 pytest tests/golden."
    )


def test_each_golden_file_has_its_operation() -> None:
    left = {path.stem for path in FOLDER.glob("*.json")} - set(GOLDEN)
    assert not left, f"Remove {sorted(left)}: no operation sends them."


@pytest.mark.parametrize("conversations", [1, 20])
async def test_three_levels_are_four_calls_and_a_count(api: Api, people: People, conversations: int) -> None:
    ann = await people.person("ann")
    advisors = [await make.advisor(name=f"Ada {number}") for number in range(3)]
    for number in range(conversations):
        talk = await make.conversation(ann, activeAdvisorId=advisors[number % 3]["_id"])
        for turn in range(12):
            await make.message(talk, f"{turn}", sender="advisor", advisorId=advisors[turn % 3]["_id"])
    text = GOLDEN["conversations"]
    data = await api.data(text.replace("totalCount", ""), by=ann)
    # Who asks, the conversations, all their messages, all advisors of both.
    assert [next(iter(command.items())) for command in api.calls.seen] == [
        ("aggregate", "accounts"),
        ("find", "advisor_conversations"),
        ("find", "advisor_messages") if conversations == 1 else ("aggregate", 1),
        ("find", "advisor_advisors"),
    ]
    nodes = data["advisorConversations"]["nodes"]
    assert [len(node["messages"]["nodes"]) for node in nodes] == [10] * conversations
    assert nodes[0]["messages"]["nodes"][-1]["content"] == "11"
    assert {message["advisor"]["persona"]["name"] for node in nodes for message in node["messages"]["nodes"]} == {
        "Ada 0",
        "Ada 1",
        "Ada 2",
    }
    await api.data(text, by=ann)
    assert len(api.calls.seen) == 5
