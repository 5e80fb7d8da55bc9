"""What the papers say holds: the README's settings, operations and commands, and the recipe's imports."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module, util

import pytest
from graphql import parse, validate

from graphql_api.cli import app
from graphql_api.schema import executable_schema
from graphql_api.settings import settings_table
from tests.laws.sources import ROOT

README = (ROOT / "README.md").read_text("utf-8")
RECIPE = (ROOT / "docs/add-a-table.md").read_text("utf-8")
CODE = [
    (file, code)
    for file, section in re.findall(r"^## [^\n]*`([\w/]+)\.py`\n(.*?)(?=^## |\Z)", RECIPE, re.MULTILINE | re.DOTALL)
    for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL)
]
"""The recipe's code, each block with the file that its section writes."""


def test_the_readme_has_every_setting() -> None:
    assert settings_table() in README, "README.md: put the table that graphql_api.settings.settings_table() gives"


@pytest.mark.parametrize("operation", re.findall(r"```graphql\n(.*?)```", README, re.DOTALL))
def test_the_tour_is_valid(operation: str) -> None:
    assert validate(executable_schema(), parse(operation)) == []


def test_the_readme_names_every_command() -> None:
    named = set(re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE))
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert named == commands


def test_the_recipe_writes_a_file_in_each_room() -> None:
    rooms = {
        "models/advisor/note",
        "resolvers/advisor/note",
        "tests/factories/advisor",
        "tests/resolvers/advisor/test_note",
    }
    assert {file for file, _ in CODE} == rooms
    assert len(CODE) == RECIPE.count("```python"), "docs/add-a-table.md: code stands in a section that names its file."


@pytest.mark.parametrize(("file", "code"), CODE)
def test_the_recipe_imports_what_is_there(file: str, code: str) -> None:
    missing = [f"{module}.{name}" for module, name in _imported(code) if not _is_there(module, name)]
    assert not missing, f"docs/add-a-table.md, {file}.py: {missing} is gone; write it as it is done now."


def _imported(code: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "__name__") for alias in node.names)


def _is_there(module: str, name: str) -> bool:
    """Whether the module has the name, or the recipe has just written it."""
    if any(file == module.replace(".", "/") and name in _defined(code) for file, code in CODE):
        return True
    if util.find_spec(module) is None:
        return False
    there = import_module(module)
    return hasattr(there, name) or (hasattr(there, "__path__") and util.find_spec(f"{module}.{name}") is not None)


def _defined(code: str) -> set[str]:
    """The names that a module of this code defines."""
    found: set[str] = set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return found
