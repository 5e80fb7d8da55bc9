"""The project's own modules as the laws read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("models", "resolvers", "graphql_api")
NOT_OURS = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True)
class Module:
    """A Python file of the project."""

    path: Path

    @property
    def name(self) -> str:
        """Its path within the project."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What is written in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What it means."""
        return ast.parse(self.text)

    @property
    def imports(self) -> Iterator[str]:
        """The dotted names of the modules that it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def modules(*folders: str) -> list[Module]:
    """Every Python file below the folders of the project."""
    return [
        Module(path)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if NOT_OURS.isdisjoint(path.parts)
    ]
