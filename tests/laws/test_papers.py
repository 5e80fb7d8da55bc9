"""What the papers say holds: the README's settings, operations and commands, and the recipe's code."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from graphql_api.cli import app
from graphql_api.schema import executable_schema
from graphql_api.settings import settings_table

README = Path("README.md").read_text()


def test_the_readme_has_every_setting() -> None:
    assert settings_table() in README, "README.md: put the table that graphql_api.settings.settings_table() gives"


@pytest.mark.parametrize("operation", re.findall(r"```graphql\n(.*?)```", README, re.DOTALL))
def test_the_tour_is_valid(operation: str) -> None:
    assert validate(executable_schema(), parse(operation)) == []


def test_the_readme_names_every_command() -> None:
    named = set(re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE))
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert named == commands
