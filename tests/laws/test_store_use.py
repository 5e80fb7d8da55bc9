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

PAST_THE_RULES = frozenset({"effect", "effect_one", "effect_insert", "effect_delete", "effect_read", "hold"})
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
    "resolvers/buyer/chat_agent_insight.py": "holds the chat that an insight is about",
    "resolvers/buyer/chat_agent_insight_found.py": "looks whether the agent was told it already",
    "resolvers/buyer/chat_message_answer.py": "weighs a question in its chat, whose scores are nobody's to write",
    "resolvers/buyer/chat_message_append.py": "appends to the draft of an answer, as MongoDB finds it",
    "resolvers/buyer/chat_message_send.py": "finds the search that the chat talks about",
    "resolvers/buyer/chat_search_context.py": "ends the context before, which nobody may edit by itself",
    "resolvers/buyer/chat_session_create.py": "holds agent and profile while a chat is opened",
    "resolvers/buyer/chat_session_reach.py": "counts what a buyer does in the chat, and holds it",
    "resolvers/buyer/profile_delete.py": "takes searches and chats with the profile, batch by batch",
    "resolvers/buyer/profile_write.py": "ends the version before, which nobody may edit by itself",
    "resolvers/buyer/property_interaction.py": "takes back the opposite opinion on a listing",
    "resolvers/buyer/search_keeping.py": "moves the open chats to the search, and notes it in all versions",
    "resolvers/buyer/search_run.py": "holds the profile while a search is kept",
    "resolvers/buyer/search_transaction_record.py": "holds the profile while a search is kept",
    "resolvers/estate/agent.py": "touches the account, by which others hear of the new agent",
    "resolvers/estate/agent_activate.py": "sets what no type shows: the credential, which the mailed secret opens",
    "resolvers/estate/agent_interaction_log.py": "finds the agent of a portal, which the service may not read",
    "resolvers/estate/agent_invite.py": "makes the account and the credential that belong to a new agent",
    "resolvers/estate/agent_password.py": "changes the credential, which no type shows",
    "resolvers/estate/agent_sign_in.py": "counts attempts, and begins and ends sign-ins, which no type shows",
    "resolvers/estate/agent_switch.py": "keeps the copies of whether an agent is switched on",
    "resolvers/estate/buyer_session.py": "holds the buyer profile that a portal is linked to",
    "resolvers/estate/buyer_session_erase.py": "removes what a buyer leaves behind who asks to be forgotten",
    "resolvers/estate/entry.py": "begins and ends sign-ins, and enters into the audit what nobody writes by hand",
    "resolvers/estate/listing.py": "holds the agent, who must not be switched off while a listing is published",
    "resolvers/estate/listing_delete.py": "removes what hangs on a listing that its agent deleted",
    "resolvers/estate/listing_enrichment_set.py": "writes quietly: neither its place in lists nor an edit suffers",
    "resolvers/estate/offer_accept.py": "brings the listing, and the other offers on it, along with the accepted one",
    "resolvers/estate/offer_create.py": "counts the listing's offers up, and ends one of the buyer's that has expired",
    "resolvers/estate/offer_expire.py": "rejects offers whose time is over",
    "resolvers/estate/offer_mail.py": "finds the address of the other side, which the caller may not read",
    "resolvers/estate/offer_move.py": "takes a step by a statement that holds the rule of whose turn it is",
    "resolvers/estate/offer_withdraw.py": "puts the listing back on the market when a deal falls through",
    "resolvers/estate/portal.py": "finds a portal by its secret, notes its use, and holds the agent who opens one",
    "resolvers/estate/property_view_track.py": "touches the buyer's portal, at most once a minute",
    "resolvers/estate/saved_search.py": "holds the portal, which must not be erased while a search is saved in it",
    "resolvers/estate/saved_search_delete.py": "removes what a deleted search has found",
    "resolvers/estate/saved_search_run.py": "notes when a search was run, which makes nobody's edit of it stale",
    "resolvers/estate/seller_session.py": "holds the listing, which gets one open portal at a time",
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
