"""The text of who may do what."""

from pathlib import Path

import pytest

from graphql_api.commands.access import access_text, show
from models.tables import TABLES

LINES = [" ".join(line.split()) for line in access_text().splitlines()]


@pytest.mark.parametrize(
    "line",
    [
        "AdvisorConversation update owner (userId)",
        "AdvisorTeamTemplate read anyone",
        "AdvisorTeamTemplate delete operator",
        "AdvisorThreadSummary create service answering",
        "Account update nobody",
        "AdvisorMessage update owner (userId) and sender is user, or service answering and sender is advisor or system",
        "Advisor read roleDefinition owner (ownerId), or operator, or service answering",
    ],
)
def test_says_who_may(line: str) -> None:
    assert line in LINES


def test_has_a_line_for_each_table_verb_and_private_column() -> None:
    lines = [line for line in LINES[2:] if line]
    assert len(lines) == sum(4 + len(table.policy.private) for table in TABLES)


def test_is_aligned_and_ordered() -> None:
    blocks = [block.splitlines() for block in access_text().split("\n\n")[1:]]
    assert [block[0].split()[0] for block in blocks] == sorted(table.type_name for table in TABLES)
    for block in blocks:
        assert [line.split()[1] for line in block[:4]] == ["read", "create", "update", "delete"]
    first = blocks[0][0]
    assert first.index("read") == max(len(table.type_name) for table in TABLES) + 2


def test_is_written_to_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    show(write=True)
    assert (tmp_path / "access.txt").read_text() == access_text()
