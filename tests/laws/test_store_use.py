"""The store is asked through its doors, and only named files write past a table's rules."""

import ast
from collections.abc import Iterator

import pytest
from graphql import GraphQLSchema

from resolvers.plan import WRITES
from tests.laws.sources import PACKAGES, Module, modules

DOORS = frozenset({"read", "write", "replays", "live"})
"""What resolvers use of the store."""

HOLDERS = frozenset({"store", "principals", *DOORS})
"""Names under which the store and its parts go."""

INSIDE = frozenset({"_database", "_collection", "_writer"})

SHOWN = frozenset({"models.store", "models.store.ask", "models.store.live.caller", "models.store.pipeline"})
SHOWN_TO_VERBS = SHOWN | {
    *("models.store.live.following", "models.store.live.sources"),
    *("models.store.replay", "models.store.writing", "models.store.written"),
}
"""What resolvers import of the store: plain data and functions on it; the verbs also refusals, replays, live lists."""

PAST_THE_RULES = frozenset({"effect", "effect_one", "effect_delete", "effect_read", "hold"})
ALLOWED = {
    "resolvers/advisor/advisor_allowance.py": "counts a person's private advisors, within the room that the plan gives",
    "resolvers/advisor/advisor_archive.py": "takes the archived advisor off boards and out of conversations of others",
    "resolvers/advisor/conversation.py": "holds the person, who must not be deleted while a conversation is made",
    "resolvers/advisor/conversation_delete.py": "removes what lies below a conversation that its owner deleted",
    "resolvers/advisor/memory.py": "forgets all at once, in a conversation that is within the caller's reach",
    "resolvers/advisor/message.py": "counts the conversation's messages down",
    "resolvers/advisor/message_append.py": "appends to the answer under way, and notes whom an advisor has answered",
    "resolvers/advisor/message_regenerate.py": "empties an answer to its owner, which services alone may write",
    "resolvers/advisor/message_send.py": "counts the conversation's messages up",
    "resolvers/advisor/presence.py": "holds the person, who must not be deleted while the first presence is made",
    "resolvers/advisor/scope.py": "holds what a new row refers to until it is stored",
    "resolvers/advisor/selection.py": "counts how many chose the advisor, and holds the person who chooses",
    "resolvers/advisor/team_template.py": "takes a deleted team's name from the boards of others",
    "resolvers/advisor/typing_indicator.py": "finds whose conversation it is, for a service that may not read it",
    "resolvers/advisor/user.py": "sets the plan, which is not the person's own to change",
    "resolvers/advisor/user_delete.py": "removes all that a person leaves behind",
}
"""Files that change or read rows without asking a table's rule, each with its reason."""

OUTSIDE = [module for module in modules(*PACKAGES) if not module.name.startswith("models/store/")]


def _last(node: ast.expr) -> str:
    """The last name of an expression: `info.context.store` goes by "store"."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _attributes(module: Module) -> Iterator[ast.Attribute]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))


def _renamed(module: Module) -> Iterator[int]:
    """The lines that give the store another name, under which the laws would not know it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                yield from (node.lineno for name, value in pairs if _last(value) == "store" != _last(name))


def _past_the_rules(module: Module) -> bool:
    return any(node.attr in PAST_THE_RULES for node in _attributes(module))


def test_nobody_reaches_through_the_store_to_the_database() -> None:
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in OUTSIDE
        for node in _attributes(module)
        if node.attr in INSIDE or (node.attr == "database" and _last(node.value) in HOLDERS)
    ]
    assert not wrong, f"Ask the store's reader or writer, which join the policy: {wrong}"


@pytest.mark.parametrize("module", modules("resolvers"), ids=lambda module: module.name)
def test_resolvers_use_the_doors_of_the_store(module: Module) -> None:
    wrong = [node.lineno for node in _attributes(module) if _last(node.value) == "store" and node.attr not in DOORS]
    wrong += _renamed(module)
    assert not wrong, f"{module.name}: call the store's doors by their own names: lines {wrong}"
    shown = SHOWN_TO_VERBS if module.name.startswith("resolvers/verbs/") else SHOWN
    inside = {name for name in module.imports if name.split(".")[:2] == ["models", "store"]} - shown
    assert not inside, f"{module.name}: {sorted(inside)} is the store's own affair."


def test_only_named_files_write_past_the_rules() -> None:
    wrong = [module.name for module in OUTSIDE if module.name not in ALLOWED and _past_the_rules(module)]
    assert not wrong, f"Write through insert, update, upsert or delete, or give ALLOWED the reason why not: {wrong}"


def test_each_reason_is_needed() -> None:
    there = {module.name: module for module in OUTSIDE}
    idle = [name for name in ALLOWED if name not in there or not _past_the_rules(there[name])]
    assert not idle, f"Strike {idle} from ALLOWED: they ask the rules."


def test_every_mutation_is_a_change(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    fields = schema.mutation_type.fields.items()
    wrong = [name for name, field in fields if not field.extensions["strawberry-definition"].metadata.get(WRITES)]
    assert not wrong, f"Make {wrong} by `change`: it knows transactions, refusals and idempotency keys."
