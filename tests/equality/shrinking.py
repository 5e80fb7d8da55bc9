"""Makes an operation on which the two ways differ as small as it can be, for people to read."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    FragmentDefinitionNode,
    Node,
    ObjectFieldNode,
    SelectionNode,
    VariableDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

Differs = Callable[[str], Awaitable[bool]]
"""Whether the two ways still differ on a document; False for one that is not valid."""

PARTS = (
    *(SelectionNode, FragmentDefinitionNode, VariableDefinitionNode),
    *(DirectiveNode, ArgumentNode, ObjectFieldNode),
)


async def smallest(text: str, differs: Differs) -> str:
    """The document without every part that the difference does not need."""
    smaller: str | None = text
    while smaller is not None:
        text, smaller = smaller, await _smaller(smaller, differs)
    return text


async def _smaller(text: str, differs: Differs) -> str | None:
    for candidate in _without_one_part(text):
        if await differs(candidate):
            return candidate
    return None


def _without_one_part(text: str) -> Iterator[str]:
    """The document without each of its parts, outer ones first; some of these are not valid."""
    document, number = parse(text), 0
    while True:
        without = _Without(number)
        candidate = visit(document, without)
        if without.left >= 0:
            return
        # The parser takes empty selections, which no other does and no client sends.
        if (shorter := print_ast(candidate)).count("{}") <= text.count("{}"):
            yield shorter
        number += 1


class _Without(Visitor):
    """Leaves out the part of this number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.left = number

    def enter(self, node: Node, *_: Any) -> Any:
        """Count the parts."""
        if not isinstance(node, PARTS):
            return None
        self.left -= 1
        return REMOVE if self.left == -1 else None
